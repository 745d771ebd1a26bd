import type { V1ContainerStateTerminated } from '@kubernetes/client-node';
import { type ContainerView, isWaiting } from './pods.ts';
import { type Clock, instant, isRecent } from './rollout-clock.ts';

/** How often a container ended since our write, and how it ended last. */
export interface Crashes {
  count: number;
  last: V1ContainerStateTerminated;
  at?: number;
}

/** One restart is not a loop: it may be a lost lease, a slow neighbour, a node. Two are. */
export const loopAt = 2;

/** A container that ran at least this long since its last end, ms, and twice as long as before, is over it. */
const calm = 60_000;

/**
 * Counts by restartCount and lastState: a loop alternates between waiting, terminated and running, and may be Ready at
 * the moment one looks. Undefined when it never ended since our write, or when an init container did its work.
 */
export function crashes(c: ContainerView, clock: Clock): Crashes | undefined {
  const { state, lastState, restartCount } = c.status;
  const runsOnce = c.init && !c.sidecar;
  if (runsOnce && (state?.terminated?.exitCode === 0 || state?.running)) return undefined;
  const ends = [state?.terminated, lastState?.terminated].filter((t) => t !== undefined && t !== null);
  const ours = ends.filter((t) => isRecent(instant(t.finishedAt), clock));
  const last = ours[0];
  if (!last) return undefined;
  const isDown = Boolean(state?.terminated) || isWaiting(c, 'CrashLoopBackOff');
  const sinceBirth = restartCount + (isDown ? 1 : 0);
  const seen = isWaiting(c, 'CrashLoopBackOff') ? loopAt : ours.length;
  // Restarts of a pod that is older than our write belong to the past, except those that still show.
  const count = isRecent(c.podCreated, clock) ? Math.max(sinceBirth, ours.length) : seen;
  return { count, last, at: instant(last.finishedAt) };
}

/** Whether it has been up and ready long enough since that not to be a loop any more. */
export function hasRecovered(c: ContainerView, { last }: Crashes, clock: Clock): boolean {
  const since = instant(c.status.state?.running?.startedAt);
  if (since === undefined || !c.status.ready) return false;
  const before = (instant(last.finishedAt) ?? 0) - (instant(last.startedAt) ?? instant(last.finishedAt) ?? 0);
  return clock.now - since >= Math.max(calm, 2 * before);
}

/** `exits with code 1`, `is killed (code 137)`. */
export function ending({ exitCode, reason, signal }: V1ContainerStateTerminated): string {
  if (reason === 'OOMKilled') return 'is killed for using more memory than its limit';
  if (exitCode === 137 || signal === 9) return 'is killed (code 137)';
  return exitCode === 0 ? 'ends with code 0 though it should keep running' : `exits with code ${exitCode}`;
}

export const restarts = (n: number): string => (n === 1 ? '1 restart' : `${n} restarts`);
