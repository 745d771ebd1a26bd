import type { JudgeContext } from '../../src/deployment/rollout.ts';

/** Kubernetes stamps whole seconds, and two clocks that we accept differ by at most two (architecture.md, Time). */
const slack = 2_000;

/** The judge's time, on the API server's clock: the only one that ages of objects may be compared with. All ms. */
export interface Clock {
  now: number;
  appliedAt: number;
}

/** Moves the ledger's instants of a context onto the API server's clock. */
export function clusterClock(context: JudgeContext): Clock {
  const offset = (context.clusterNow ?? context.now) - context.now;
  return { now: context.now + offset, appliedAt: context.appliedAt + offset };
}

/** Reads a timestamp of an object: a Date from the typed client, a string from a watch. Undefined when there is none. */
export function instant(value: Date | string | null | undefined): number | undefined {
  if (value === null || value === undefined) return undefined;
  const at = value instanceof Date ? value.getTime() : Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}

/** Whether something stamped `at` may have happened after our write. What has no time is believed to be recent. */
export const isRecent = (at: number | undefined, clock: Clock): boolean =>
  at === undefined || at >= clock.appliedAt - slack;

/** Whether something stamped `at` surely happened after our write. */
export const isLater = (at: number | undefined, clock: Clock): boolean =>
  at !== undefined && at > clock.appliedAt + slack;
