/** Trouble on request: what goes wrong with the next calls of a method, so that a test can watch the app cope. */

export type Fault =
  /** 429 with `Retry-After`, in seconds. */
  | { kind: 'rate-limited'; retryAfter: number }
  /** An answer without content from something in front of Slack. */
  | { kind: 'status'; status: number }
  /** 200 with `ok: false`. */
  | { kind: 'error'; error: string }
  /** Done at once, answered late. */
  | { kind: 'slow'; ms: number }
  /** The connection breaks before anything is done. */
  | { kind: 'reset' }
  /** It is done, and the connection breaks before the answer: the caller cannot know. */
  | { kind: 'lost-reply' };

export interface Faults {
  /** `method` as in Slack's documentation, `response_url`, or `*` for any. `times` calls are hit; Infinity until healed. */
  inject: (method: string, fault: Fault, times?: number) => void;
  /** Forgets what was injected, for one method or for all. */
  heal: (method?: string) => void;
  /** @returns the fault that hits this call, using it up. */
  take: (method: string) => Fault | undefined;
}

export function makeFaults(): Faults {
  let planned: { method: string; fault: Fault; left: number }[] = [];
  return {
    inject(method, fault, times = 1) {
      planned.push({ method, fault, left: times });
    },
    heal(method) {
      planned = method === undefined ? [] : planned.filter((plan) => plan.method !== method);
    },
    take(method) {
      const plan = planned.find((it) => it.method === method || it.method === '*');
      if (!plan) return undefined;
      plan.left -= 1;
      if (plan.left <= 0) planned = planned.filter((it) => it !== plan);
      return plan.fault;
    },
  };
}
