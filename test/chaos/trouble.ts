import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../servers/kubernetes/chance.ts';
import type { Faults } from '../servers/kubernetes/faults.ts';
import type { RedisServer } from '../servers/redis.ts';
import type { Fault } from '../servers/slack/faults.ts';
import type { Slack } from '../servers/slack/slack.ts';

/** Faults of everything that our processes talk to. Each goes on until it is told to stop, and leaves things well. */
export interface Trouble {
  counts: { redis: number; slack: number };
  /** Resolves when all is well again. */
  stop(): Promise<void>;
}

/** Replies lost after the write, errors before it, and a slow API server with watches that break. */
export const apiFaults = (seed: string): Faults => ({
  seed,
  rules: {
    '*': { error500: 0.02, error503: 0.01 },
    read: { tooMany: 0.005, latencyMs: [1, 60] },
    // Half of it before the write takes effect: writes in flight overtake one another.
    write: { lostReply: 0.05, latencyMs: [1, 500] },
  },
  watch: { reset: 0.2, resetAfterMs: [200, 4_000], halfOpen: 0.05 },
});

export function startTrouble(redis: RedisServer, slack: Slack | undefined, chance: Chance): Trouble {
  const counts = { redis: 0, slack: 0 };
  const stopped = new AbortController();
  const going = [
    every(
      () => 2_500 + 3_000 * chance.draw('redis'),
      async () => {
        await redis.kill();
        counts.redis += 1;
        await pause(300 * chance.draw('redis down'));
        await redis.restart();
      },
    ),
    every(
      () => 2_000 * chance.draw('slack'),
      async () => {
        if (!slack) return;
        counts.slack += 1;
        slack.inject(pick(chance, 'slack method', methods), faultOf(chance));
      },
    ),
  ];

  async function every(waitMs: () => number, act: () => Promise<void>): Promise<void> {
    for (;;) {
      await pause(waitMs(), undefined, stopped).catch(() => undefined);
      if (stopped.signal.aborted) return;
      await act();
    }
  }

  return {
    counts,
    stop: async () => {
      stopped.abort();
      await Promise.all(going);
      slack?.heal();
    },
  };
}

const methods = [
  'chat.postMessage',
  'chat.update',
  'chat.update',
  'response_url',
  'users.info',
  'usergroups.list',
  'conversations.history',
];

const faults: Fault[] = [
  { kind: 'rate-limited', retryAfter: 1 },
  { kind: 'status', status: 503 },
  { kind: 'error', error: 'internal_error' },
  { kind: 'lost-reply' },
  { kind: 'lost-reply' },
  { kind: 'reset' },
  { kind: 'slow', ms: 1_500 },
];

const faultOf = (chance: Chance): Fault => pick(chance, 'slack fault', faults);

export const pick = <T>(chance: Chance, key: string, from: readonly T[]): T =>
  from[Math.floor(chance.draw(key) * from.length)]!;
