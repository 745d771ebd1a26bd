import type { Lane } from '../src/ports.ts';

/** One queue a lane, and how many rings of it one worker answers at a time: a slow one never keeps another waiting. */
export const lanes: Record<Lane, { queue: string; concurrency: number }> = {
  deploy: { queue: 'deploy', concurrency: 20 },
  validate: { queue: 'validate', concurrency: 20 },
  recover: { queue: 'recover', concurrency: 20 },
  chat: { queue: 'chat', concurrency: 10 },
};

export const laneNames = Object.keys(lanes) as Lane[];

/** Where the queues are: which Redis, and under which prefix (a hash tag, so that they stay in one slot). */
export interface Queues {
  url: string;
  prefix?: string;
}

export const prefixOf = ({ prefix }: Queues): string => prefix ?? '{re-jobs}';

/** Back within a second of Redis' return; BullMQ's own strategy waits up to 20 s after a long outage. */
export const retryStrategy = (attempt: number): number => Math.min(100 * attempt, 1_000);

const windowMs = 500;

/**
 * Rings of one revision within half a second are one job. The window matters: BullMQ drops a job whose id is still at
 * work, and a look that rings for itself is exactly that.
 *
 * @param now any clock that moves, ms
 */
export const jobId = (id: string, rev: number, now: number): string => `${id}-${rev}-${Math.floor(now / windowMs)}`;
