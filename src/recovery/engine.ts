import { findTarget } from '../config/catalog.ts';
import { clusterOf, identity, isNews, takenOver } from '../deployment/engine.ts';
import { expecting, judgeContext } from '../deployment/expectation.ts';
import { causes } from '../deployment/rollout.ts';
import { templateOf } from '../deployment/template.ts';
import { TransientError } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import type { Observed } from '../ports.ts';
import type { ReleaseEvent, Serving, Trouble } from '../release/event.ts';
import { type PlacePlan, placeKey } from '../release/plan.ts';
import type { Release, Return } from '../release/release.ts';
import { wakeUp } from '../wake.ts';
import type { World } from '../world.ts';

/** Evidence is gathered beside the way back, for this long at most, ms. */
const evidenceBudget = 2_000;
const defaultBudget = 600_000;

/**
 * The Recovery Manager's look: write every touched place back, last first, then verify each. The way back has a time
 * budget of its own; when it is spent, or a place will not come back, a person is called.
 */
export async function recover(world: World, release: Release, now: number): Promise<Outcome> {
  const returning = release.returning;
  if (!returning || !release.plan) return { waitMs: 60_000 };
  if (now - returning.since > (health(world, release)?.recoveryBudget ?? defaultBudget)) {
    return wayBackFailed(
      `did not come back within ${Math.round((now - returning.since) / 60_000)} min; ${release.retryingWhat ?? release.waitingFor ?? ''}`,
    );
  }
  const unwritten = returning.order.filter((place) => !returning.written.some((done) => done.place === place));
  if (unwritten.length > 0) return writeNext(world, release, unwritten);
  const unverified = returning.order.find((place) => !returning.done.includes(place));
  if (unverified === undefined) return over(world, release);
  return verify(world, release, returning, unverified, now);
}

const health = (world: World, release: Release) => findTarget(world.catalog(), release.target)?.health;

const placeOf = (release: Release, index: number): PlacePlan => release.plan?.places[index] as PlacePlan;

/** The next place that can be written: one that cannot be reached, or is gone, never keeps the others on the bad version. */
async function writeNext(world: World, release: Release, places: number[]): Promise<Outcome> {
  const errors: unknown[] = [];
  for (const place of places) {
    try {
      return await writeBack(world, release, place);
    } catch (error) {
      errors.push(error);
    }
  }
  throw errors.find((error) => error instanceof TransientError) ?? errors[0];
}

/** The sealed template goes back with its digests. It is written even if nothing of ours arrived: its fence shuts out a late write. */
async function writeBack(world: World, release: Release, index: number): Promise<Outcome> {
  const place = placeOf(release, index);
  const cluster = clusterOf(world, place);
  const late = evidenceOf(world, release);
  cluster.watch(place.place, release.id, () => wakeUp(world, release.id));
  const kept = await templateOf(world, place.returnPoint.record);
  const op = `${release.id}.${index}.return.${release.fence}`;
  const scaled = place.steps.some((step) => step.kind === 'scale');
  await cluster.apply({
    ...identity(release, place, op),
    set: { what: 'template', template: kept.template, replicas: scaled ? kept.replicas : null },
  });
  return { event: { type: 'return-written', place: index, op }, late };
}

/** Started before the write and not awaited by it: pods of the bad version are gone soon after. */
async function evidenceOf(world: World, release: Release): Promise<ReleaseEvent | undefined> {
  const { finding, failedPlace } = release;
  if (!finding || failedPlace === undefined || release.evidence) return undefined;
  const place = placeOf(release, failedPlace);
  const evidence = await Promise.resolve()
    .then(() => clusterOf(world, place).evidence(place.place, finding, evidenceBudget))
    .catch((error: unknown) => ({
      finding,
      place: placeKey(place.place),
      logs: [],
      missing: [`evidence: ${error instanceof Error ? error.message : error}`],
    }));
  return { type: 'evidence', evidence };
}

/** A process that died took its evidence with it: what is left of it is gathered before the release ends. */
async function over(world: World, release: Release): Promise<Outcome> {
  const lost = await evidenceOf(world, release);
  return { event: lost ?? { type: 'rolled-back', serving: release.returned } };
}

async function verify(world: World, release: Release, returning: Return, index: number, now: number): Promise<Outcome> {
  const place = placeOf(release, index);
  const cluster = clusterOf(world, place);
  const expect = expecting(release, place, 'return');
  cluster.watch(place.place, release.id, () => wakeUp(world, release.id));
  const ask = (fresh: boolean) =>
    cluster.observe(place.place, expect, judgeContext(world, release, now, returning.since), fresh);
  const cached = await ask(false);
  const seen = cached.rollout.state === 'progressing' && !cached.takenOverBy ? cached : await ask(true);
  if (seen.rollout.state === 'progressing' && place.place.kind === 'statefulset')
    await cluster.unstick(place.place, expect);
  return cameBack(release, place, index, seen);
}

function cameBack(release: Release, place: PlacePlan, index: number, { rollout, takenOverBy }: Observed): Outcome {
  if (takenOverBy)
    return { event: { type: 'errored', fence: release.fence, trouble: { ...terms(takenOver(place, takenOverBy)) } } };
  if (rollout.state === 'settled') {
    const serving: Serving = {
      place: placeKey(place.place),
      version: place.returnPoint.version,
      healthy: true,
      counts: rollout.counts,
    };
    return { event: { type: 'returned', place: index, serving } };
  }
  // What the platform does wrong may pass within the budget; a version that fails itself will not.
  if (rollout.state === 'doomed' && causes[rollout.finding.cause].blame === 'version')
    return wayBackFailed(rollout.finding.message);
  const waitingFor = rollout.state === 'doomed' ? rollout.finding.message : rollout.waitingFor;
  const troubles = rollout.troubles.slice(0, 3).map((trouble) => trouble.message);
  const event: ReleaseEvent = { type: 'progressed', counts: rollout.counts, waitingFor, troubles };
  return isNews(release, event) ? { event } : { waitMs: 5_000 };
}

const terms = (error: { message: string; hint: string }): Trouble => ({
  code: 'taken-over',
  say: error.message,
  hint: error.hint,
});

const wayBackFailed = (say: string): Outcome => ({
  event: {
    type: 'recovery-failed',
    trouble: {
      code: 'way-back',
      say: `the way back failed too: ${say}`,
      hint: 'A person must look now. The commands to do it by hand are in the thread.',
    },
  },
});
