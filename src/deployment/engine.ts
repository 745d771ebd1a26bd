import { TerminalError } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import type { Cluster, ClusterChange, Observed } from '../ports.ts';
import type { ReleaseEvent, Serving } from '../release/event.ts';
import { type PlacePlan, placeKey, type Step } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import { wakeUp } from '../wake.ts';
import type { World } from '../world.ts';
import { expectation, judgeContext, opOf } from './expectation.ts';
import { templateOf } from './template.ts';
import { onDoomed } from './verdict.ts';

/**
 * The Deployment Engine's look: start the step, write it, or judge it. The intention to write is committed before the
 * write, so that whoever turns back knows which places to visit; the write itself is idempotent by its operation id.
 */
export async function deploy(world: World, release: Release, now: number): Promise<Outcome> {
  const { cursor, plan } = release;
  const place = plan?.places[cursor.place];
  if (!plan || !place) return { event: { type: 'rolled-out', serving: servingNew(release) } };
  const step = place.steps[cursor.step] as Step;
  const cluster = clusterOf(world, place);
  if (cursor.op === undefined)
    return {
      event: {
        type: 'step-started',
        place: cursor.place,
        step: cursor.step,
        op: opOf(release, cursor.place, cursor.step),
      },
    };
  cluster.watch(place.place, release.id, () => wakeUp(world, release.id));
  if (cursor.appliedAt === undefined) {
    await cluster.apply(await changeOf(world, release, place, step, cursor.op));
    return { event: { type: 'step-applied', op: cursor.op } };
  }
  if (release.pausedInCluster) {
    await cluster.apply({
      ...identity(release, place, `${cursor.op}.go.${release.fence}`),
      set: { what: 'paused', paused: false },
    });
    return { event: { type: 'pause-applied', paused: false } };
  }
  return judged(release, place, await look(world, cluster, release, place, now), now, world);
}

/** Observed from the watch cache; what would end the step is confirmed by one fresh read. */
async function look(
  world: World,
  cluster: Cluster,
  release: Release,
  place: PlacePlan,
  now: number,
): Promise<Observed> {
  const ask = (fresh: boolean) =>
    cluster.observe(place.place, expectation(release, place), judgeContext(world, release, now), fresh);
  const seen = await ask(false);
  return seen.rollout.state === 'progressing' && !seen.takenOverBy ? seen : ask(true);
}

async function judged(release: Release, place: PlacePlan, seen: Observed, now: number, world: World): Promise<Outcome> {
  if (seen.takenOverBy) throw takenOver(place, seen.takenOverBy);
  const { rollout } = seen;
  switch (rollout.state) {
    case 'settled':
      return { event: { type: 'step-settled', counts: rollout.counts } };
    case 'doomed':
      return onDoomed(world, release, rollout, now);
    case 'progressing': {
      const troubles = rollout.troubles.slice(0, 3).map((trouble) => trouble.message);
      const event: ReleaseEvent = {
        type: 'progressed',
        counts: rollout.counts,
        waitingFor: rollout.waitingFor,
        troubles,
      };
      return isNews(release, event) ? { event } : { waitMs: 5_000 };
    }
  }
}

/** Whether people would see a difference: then it is worth an event. */
export function isNews(release: Release, event: Extract<ReleaseEvent, { type: 'progressed' }>): boolean {
  const before = JSON.stringify([release.counts, release.waitingFor, release.troubles]);
  return before !== JSON.stringify([event.counts, event.waitingFor, event.troubles]);
}

export const takenOver = (place: PlacePlan, manager: string): TerminalError =>
  new TerminalError(
    'taken-over',
    `taken over by ${manager}: somebody else changed ${place.place.kind}/${place.place.name} in ${place.place.namespace} while we were releasing it`,
    'Nothing more is written. Agree with them: then Roll back to return, take it over, or put ours back and press Resume.',
  );

export const identity = (release: Release, place: PlacePlan, op: string): Omit<ClusterChange, 'set'> => ({
  place: place.place,
  uid: place.uid,
  release: release.id,
  op,
  fence: release.fence,
  planHash: release.planHash ?? '',
});

async function changeOf(
  world: World,
  release: Release,
  place: PlacePlan,
  step: Step,
  op: string,
): Promise<ClusterChange> {
  const base = identity(release, place, op);
  if (step.kind === 'scale') return { ...base, set: { what: 'replicas', replicas: step.replicas } };
  if (place.template)
    return {
      ...base,
      set: { what: 'template', template: (await templateOf(world, place.template)).template, replicas: null },
    };
  const pick = (which: 'from' | 'to') =>
    place.containers.map((c) => ({ name: c.name, init: c.init, image: c[which].ref }));
  return { ...base, set: { what: 'images', containers: pick('to'), expect: pick('from') } };
}

/** @throws TerminalError when the catalog no longer names the cluster of a plan. */
export function clusterOf(world: World, place: PlacePlan): Cluster {
  const cluster = world.clusters.get(place.place.cluster);
  if (cluster) return cluster;
  throw new TerminalError(
    'misconfigured',
    `the catalog has no cluster ${place.place.cluster} any more`,
    'Put it back into the catalog, then press Resume.',
  );
}

function servingNew(release: Release): Serving[] {
  const version = release.plan?.to ?? '';
  return (release.plan?.places ?? []).map((place) => ({ place: placeKey(place.place), version, healthy: true }));
}
