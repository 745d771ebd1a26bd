/** Teams' rate limits, as far as they bind us. Left out of the options: no limit. */

export interface Rates {
  /** Most calls within so many milliseconds, per conversation; a channel with all its threads is one. */
  perConversation: Window[];
  /** The same for reading members. */
  membersPerConversation: Window[];
  /** All calls of the app in one tenant. */
  perTenant: Window[];
}

export interface Window {
  calls: number;
  ms: number;
}

/** What Microsoft documents: bots/how-to/rate-limit. */
export const teamsRates: Rates = {
  perConversation: [
    { calls: 7, ms: 1_000 },
    { calls: 8, ms: 2_000 },
    { calls: 60, ms: 30_000 },
    { calls: 1_800, ms: 3_600_000 },
  ],
  membersPerConversation: [
    { calls: 14, ms: 1_000 },
    { calls: 16, ms: 2_000 },
    { calls: 120, ms: 30_000 },
    { calls: 3_600, ms: 3_600_000 },
  ],
  perTenant: [{ calls: 50, ms: 1_000 }],
};

/** A judge: `Retry-After` in seconds for a call that comes too soon, else undefined. A refused call costs nothing. */
export type Rate = (call: string, conversation: string) => number | undefined;

export function makeRates(rates: Partial<Rates>, now: () => number): Rate {
  const seen = new Map<string, number[]>();
  return (call, conversation) => {
    const reads = call.startsWith('getMember') || call === 'getPagedMembers';
    const own = (reads ? rates.membersPerConversation : rates.perConversation) ?? [];
    const keys: [string, Window[]][] = [
      [`${reads ? 'read' : 'write'} ${conversation}`, own],
      ['tenant', rates.perTenant ?? []],
    ];
    const waits = keys.flatMap(([key, windows]) => windows.map((it) => waitFor(seen.get(key) ?? [], it, now())));
    const longest = Math.max(0, ...waits);
    if (longest > 0) return Math.ceil(longest / 1000);
    for (const [key] of keys) seen.set(key, [...(seen.get(key) ?? []), now()]);
    return undefined;
  };
}

/** @returns milliseconds until one more call fits. */
function waitFor(calls: number[], window: Window, now: number): number {
  const recent = calls.filter((at) => at > now - window.ms);
  return recent.length < window.calls ? 0 : recent[recent.length - window.calls]! + window.ms - now;
}
