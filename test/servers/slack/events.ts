import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Delivery, Wire } from './delivery.ts';

/** Slack tells an event again when it was not acknowledged: at once, after a minute, after five. */
export const slackRedelivery = [0, 60_000, 300_000];

export interface EventOptions {
  tamper?: Delivery['tamper'];
  /** The app's first so many acknowledgements get lost on the way: it hears of the event again though it took it. */
  loseAcknowledgements?: number;
}

/** What became of one event. */
export interface EventOutcome {
  /** How its first delivery was taken, as Slack saw it. */
  first: Answer;
  /** Resolves when it was acknowledged or Slack gave up; counts every delivery. */
  settled: Promise<{ acknowledged: boolean; deliveries: number }>;
}

/** Delivers an event and, in the background, redelivers it. `delays` in milliseconds, one per redelivery. */
export async function sendEvent(
  wire: Wire,
  payload: Delivery['payload'],
  delays: number[],
  options: EventOptions,
  closed: AbortSignal,
): Promise<EventOutcome> {
  let toLose = options.loseAcknowledgements ?? 0;
  const attempt = async (num: number, reason: string): Promise<Answer> => {
    const retry = num === 0 ? undefined : { num, reason };
    const answer = await wire({ type: 'events_api', payload, retry, tamper: options.tamper });
    return answer.outcome === 'acknowledged' && toLose-- > 0 ? { outcome: 'timeout', after: answer.after } : answer;
  };
  const first = await attempt(0, '');
  return { first, settled: redeliver(attempt, first, delays, closed) };
}

async function redeliver(
  attempt: (num: number, reason: string) => Promise<Answer>,
  first: Answer,
  delays: number[],
  closed: AbortSignal,
) {
  let last = first;
  let deliveries = 1;
  for (const delay of delays) {
    if (final(last) || !(await waited(delay, closed))) break;
    last = await attempt(deliveries, reasonOf(last));
    deliveries += 1;
  }
  return { acknowledged: last.outcome === 'acknowledged', deliveries };
}

function final(answer: Answer): boolean {
  return answer.outcome === 'acknowledged' || (answer.outcome === 'refused' && answer.noRetry);
}

function reasonOf(answer: Answer): string {
  return { timeout: 'http_timeout', refused: 'http_error', unreachable: 'connection_failed', acknowledged: '' }[
    answer.outcome
  ];
}

async function waited(ms: number, closed: AbortSignal): Promise<boolean> {
  return wait(ms, true, { signal: closed, ref: false }).catch(() => false);
}
