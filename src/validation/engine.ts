import { findTarget } from '../config/catalog.ts';
import { clusterOf, identity, takenOver } from '../deployment/engine.ts';
import { expecting, windowContext } from '../deployment/expectation.ts';
import type { Finding } from '../deployment/rollout.ts';
import { onDoomed } from '../deployment/verdict.ts';
import { type Refusal, refuse } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import type { ClusterChange, Workload } from '../ports.ts';
import type { Measurement } from '../release/event.ts';
import { keys, type Successes } from '../release/keys.ts';
import { type PlacePlan, placeKey } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import { wakeUp } from '../wake.ts';
import type { World } from '../world.ts';
import { measureAll } from './checks/table.ts';

/** The Validation Service before the first write: the exact change is shown to every API server, then the service's own checks. */
export async function validateBefore(world: World, release: Release, now: number): Promise<Outcome> {
  const plan = release.plan!;
  const sinceStart = Math.min(now - release.phaseSince, believed);
  const refusals = await Promise.all(plan.places.map((place) => preflight(world, release, place, sinceStart)));
  const refusal = refusals.find((one) => one !== undefined);
  if (refusal) return { event: { type: 'failed-before-write', refusal, measurements: [] } };
  const measurements = await measureAll(world, plan.checks.before);
  const bad = measurements.find((one) => one.verdict !== 'passed');
  if (!bad) return { event: { type: 'validated', measurements } };
  const said = refuse(
    'not-now',
    `Nothing changed: the check ${bad.check} did not pass: ${bad.say}`,
    'Mend it, then ask again.',
  );
  return { event: { type: 'failed-before-write', refusal: said, measurements } };
}

/**
 * What the start has read will do for this long, ms; never what was read before it: that may show the rollout of the
 * release before us, which has ended since.
 */
const believed = 3_000;

async function preflight(
  world: World,
  release: Release,
  place: PlacePlan,
  sinceStart: number,
): Promise<Refusal | undefined> {
  const cluster = clusterOf(world, place);
  // Nothing wakes us before the write; but the cache is there by the time of the first judgement.
  cluster.watch(place.place, release.id, () => undefined);
  const workload = await cluster.inspect(place.place, sinceStart);
  const where = placeKey(place.place);
  if (!workload)
    return refuse('workload-not-found', `Nothing changed: ${where} is gone.`, 'Create it again, then ask again.');
  if (workload.paused && release.kind === 'deploy')
    return refuse(
      'workload-unsettled',
      `Nothing changed: ${where} is paused (spec.paused), so it would not roll out.`,
      'Resume it with kubectl rollout resume, then ask again.',
    );
  if (release.kind === 'deploy' && isMoving(workload)) {
    return refuse(
      'workload-unsettled',
      `Nothing changed: ${where} is in the middle of another rollout (${movesFor(workload)}).`,
      `Wait until it has settled, or "roll back ${release.target.service} in ${release.target.environment}", then ask again.`,
    );
  }
  if (place.template) return undefined;
  return cluster.dryRun(dryRunOf(release, place));
}

/** A rollout of somebody else's is under way. Pods that merely are not well do not count: the way out may be this deploy. */
const isMoving = ({ rollout }: Workload): boolean =>
  rollout.state === 'progressing' && (rollout.counts.old > 0 || rollout.counts.updated < rollout.counts.desired);

const movesFor = ({ rollout }: Workload): string =>
  rollout.state === 'progressing' ? rollout.waitingFor : 'it is not settled';

function dryRunOf(release: Release, place: PlacePlan): ClusterChange {
  const pick = (side: 'from' | 'to') =>
    place.containers.map((c) => ({ name: c.name, init: c.init, image: c[side].ref }));
  return {
    ...identity(release, place, `${release.id}.dry-run`),
    set: { what: 'images', containers: pick('to'), expect: pick('from') },
  };
}

/** How often the window is looked at when nothing wakes us, ms: one list of pods, to see that the watch is not deaf. */
const windowLook = 15_000;

/**
 * After: a stability window in which no container of the new revision may restart or lose its readiness, then the
 * service's own checks. Promote ends the window early, never the checks; a check that cannot tell asks a person.
 */
export async function validateAfter(world: World, release: Release, now: number): Promise<Outcome> {
  const plan = release.plan!;
  const windowEnds =
    (release.rolledOutAt ?? now) + (findTarget(world.catalog(), release.target)?.health.stability ?? 60_000);
  const left = release.promoted ? 0 : windowEnds - now;
  const unstable = await watchPlaces(world, release, now, left <= 0);
  if (unstable) return unstable;
  if (left > 0) return { waitMs: Math.min(left, windowLook) };
  const measurements = await measureAll(world, plan.checks.after);
  const bad = measurements.find((one) => one.verdict === 'failed');
  if (bad) return checkFailed(world, release, bad, now);
  const unsure = measurements.find((one) => one.verdict !== 'passed');
  if (unsure && !release.unsureAccepted) return inconclusive(release, unsure);
  return succeeded(world, release, measurements, now);
}

async function watchPlaces(world: World, release: Release, now: number, fresh: boolean): Promise<Outcome | undefined> {
  for (const index of (release.plan?.places ?? []).keys()) {
    const outcome = await stable(world, release, index, now, fresh);
    if (outcome) return outcome;
  }
  return undefined;
}

async function stable(
  world: World,
  release: Release,
  index: number,
  now: number,
  fresh: boolean,
): Promise<Outcome | undefined> {
  const place = release.plan?.places[index] as PlacePlan;
  const cluster = clusterOf(world, place);
  cluster.watch(place.place, release.id, () => wakeUp(world, release.id));
  const ask = (again: boolean) =>
    cluster.observe(place.place, expecting(release, place, 'to'), windowContext(world, release, now, index), again);
  let seen = await ask(fresh);
  const alarming = () =>
    seen.takenOverBy !== undefined || seen.instability !== undefined || seen.rollout.state === 'doomed';
  if (!fresh && alarming()) seen = await ask(true);
  if (seen.takenOverBy) throw takenOver(place, seen.takenOverBy);
  if (seen.rollout.state === 'doomed') return onDoomed(world, release, seen.rollout, now, index);
  if (!seen.instability) return undefined;
  return onDoomed(world, release, { finding: seen.instability, counts: seen.rollout.counts }, now, index);
}

function checkFailed(world: World, release: Release, bad: Measurement, now: number): Promise<Outcome> {
  const finding: Finding = { cause: 'check-failed', message: `${bad.check}: ${bad.say}`, events: [] };
  return onDoomed(world, release, { finding }, now, (release.plan?.places.length ?? 1) - 1);
}

const inconclusive = (release: Release, unsure: Measurement): Outcome => ({
  event: {
    type: 'errored',
    fence: release.fence,
    trouble: {
      code: 'inconclusive',
      say: `the check ${unsure.check} could not tell: ${unsure.say}`,
      hint: 'Resume to ask again, Promote to call it good, or Roll back.',
    },
  },
});

async function succeeded(world: World, release: Release, measurements: Measurement[], now: number): Promise<Outcome> {
  const plan = release.plan!;
  // Where no pod was wanted nothing has run: that is no success which "staging first" could build on.
  if (plan.places.every(({ desired }) => desired === 0))
    return { event: { type: 'succeeded', measurements, serving: release.serving } };
  const key = keys.succeeded(release.target);
  const { records } = await world.ledger.read([key]);
  const before = (records[0]?.value as Successes | undefined) ?? {};
  return {
    event: { type: 'succeeded', measurements, serving: release.serving },
    records: [{ key, value: newest({ ...before, [plan.toDigest]: now }) }],
    guards: [{ key, rev: records[0]?.rev ?? 0 }],
  };
}

/** The last fifty are enough: "staging first" asks about what was released lately. */
const newest = (all: Successes): Successes =>
  Object.fromEntries(
    Object.entries(all)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 50),
  );
