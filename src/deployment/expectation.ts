import { findTarget } from '../config/catalog.ts';
import type { Expectation } from '../ports.ts';
import type { PlacePlan } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import type { World } from '../world.ts';
import type { JudgeContext } from './rollout.ts';

/** What the workload must carry while this release holds it. A step before `apply` still carries the old images. */
export function expectation(release: Release, place: PlacePlan): Expectation {
  const index = release.plan?.places.indexOf(place) ?? 0;
  const past = release.cursor.place > index;
  const step = past ? place.steps.length - 1 : release.cursor.step;
  const applied = place.steps.slice(0, step + 1).some((one) => one.kind === 'apply');
  return expecting(release, place, applied ? 'to' : 'from');
}

export function expecting(release: Release, place: PlacePlan, side: 'from' | 'to' | 'return'): Expectation {
  const planned = (which: 'from' | 'to') =>
    place.containers.map((c) => ({ name: c.name, init: c.init, image: c[which].ref }));
  const containers = side === 'return' ? place.returnPoint.images : planned(side);
  return { release: release.id, op: lastOp(release, place, side), fence: release.fence, containers };
}

/** The same release, place and step always make the same id: a write that is tried again is recognised. */
export const opOf = (release: Release, place: number, step: number): string =>
  `${release.id}.${place}.${step}.${release.plan?.places[place]?.steps[step]?.kind}`;

/** Of what was written last at a place: a cache from before it knows nothing. */
function lastOp(release: Release, place: PlacePlan, side: 'from' | 'to' | 'return'): string {
  const index = release.plan?.places.indexOf(place) ?? 0;
  if (side === 'return') return `${release.id}.${index}.return`;
  return release.cursor.place > index ? opOf(release, index, place.steps.length - 1) : (release.cursor.op ?? '');
}

/**
 * The judge's clock and limits; the service's `health` in the catalog sets the limits. A rollout counts from the moment
 * before its write: what the cluster made of it must never look older than it.
 *
 * @param since ms of the ledger's clock
 */
export function judgeContext(
  world: World,
  release: Release,
  now: number,
  since = release.cursor.startedAt ?? now,
): JudgeContext {
  const health = findTarget(world.catalog(), release.target)?.health;
  return {
    now,
    appliedAt: since,
    best: release.cursor.best,
    progressDeadline: health?.progressDeadline ?? 600_000,
    schedulingBudget: health?.schedulingBudget ?? 300_000,
    tolerateBadPods: health?.tolerateBadPods ?? 0,
  };
}

/** In the stability window only facts count: there is no deadline any more. A place's own begins when it settled, not when the last did. */
export function windowContext(world: World, release: Release, now: number, place: number): JudgeContext {
  const last = release.steps.findLast((step) => step.place === place);
  const context = judgeContext(world, release, now, last?.startedAt ?? release.requestedAt);
  return { ...context, settledAt: last?.settledAt ?? release.rolledOutAt, progressDeadline: Number.POSITIVE_INFINITY };
}
