/** Trouble on request: what goes wrong with the next calls, so that a test can watch the app cope. */

export type Fault =
  /** 429 with `Retry-After`, in seconds. */
  | { kind: 'rate-limited'; retryAfter: number }
  /** An answer without content: 412, 500, 502 and so on, before anything is done. */
  | { kind: 'status'; status: number }
  /** Done at once, answered late. */
  | { kind: 'slow'; ms: number }
  /** Never answered, nothing done. */
  | { kind: 'hang' }
  /** The connection breaks before anything is done. */
  | { kind: 'reset' }
  /** It is done, and the connection breaks before the answer: the caller cannot know. */
  | { kind: 'lost-reply' };

export interface Faults {
  /** `call` as in `Call.call`, or `*` for any. `times` calls are hit; Infinity until healed. */
  inject: (call: string, fault: Fault, times?: number) => void;
  /** Forgets what was injected, for one call or for all. */
  heal: (call?: string) => void;
  /** @returns the fault that hits this call, using it up. */
  take: (call: string) => Fault | undefined;
}

export function makeFaults(): Faults {
  let planned: { call: string; fault: Fault; left: number }[] = [];
  return {
    inject(call, fault, times = 1) {
      planned.push({ call, fault, left: times });
    },
    heal(call) {
      planned = call === undefined ? [] : planned.filter((plan) => plan.call !== call);
    },
    take(call) {
      const plan = planned.find((it) => it.call === call || it.call === '*');
      if (!plan) return undefined;
      plan.left -= 1;
      if (plan.left <= 0) planned = planned.filter((it) => it !== plan);
      return plan.fault;
    },
  };
}
