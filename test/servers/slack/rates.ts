import type { Json } from './validation.ts';

/** Slack's rate limits, as far as they bind us. Left out of the options: no limit. */
export interface Rates {
  /** chat.postMessage: about one per second and channel. */
  postsPerSecondPerChannel?: number;
  /** chat.update: tier 3, 50 and more per minute. */
  updatesPerMinute?: number;
}

/** What Slack promises in its documentation. */
export const slackRates: Required<Rates> = { postsPerSecondPerChannel: 1, updatesPerMinute: 50 };

interface Window {
  key: string;
  calls: number;
  ms: number;
}

/** @returns a judge: `Retry-After` in seconds for a call that comes too soon, else undefined. A refused call costs nothing. */
export function makeRates(rates: Rates, now: () => number): (method: string, args: Json) => number | undefined {
  const seen = new Map<string, number[]>();
  return (method, args) => {
    const window = windowOf(rates, method, args);
    if (!window) return undefined;
    const recent = (seen.get(window.key) ?? []).filter((at) => at > now() - window.ms);
    const full = recent.length >= window.calls;
    seen.set(window.key, full ? recent : [...recent, now()]);
    return full ? Math.max(1, Math.ceil((recent[0]! + window.ms - now()) / 1000)) : undefined;
  };
}

function windowOf(rates: Rates, method: string, args: Json): Window | undefined {
  const { postsPerSecondPerChannel: posts, updatesPerMinute: updates } = rates;
  if (method === 'chat.postMessage' && posts) return { key: `post ${args.channel}`, calls: posts, ms: 1000 };
  if (method === 'chat.update' && updates) return { key: 'update', calls: updates, ms: 60_000 };
  return undefined;
}
