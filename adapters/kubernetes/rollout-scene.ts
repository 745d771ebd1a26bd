import type { V1ReplicaSet } from '@kubernetes/client-node';
import type { Counts, JudgeContext } from '../../src/deployment/rollout.ts';
import { type Suspicion, suspect, suspectWorkload } from './doom.ts';
import type { Look, WorkloadView } from './doom-rule.ts';
import { isDeleting, type PodView, viewPod } from './pods.ts';
import { clusterClock, instant, isRecent } from './rollout-clock.ts';
import { countPods } from './rollout-counts.ts';
import { type Fact, factsAbout, readEvents } from './rollout-events.ts';
import { type RolloutObjects, type Sides, sidesOf } from './rollout-revision.ts';

/** Everything a verdict is made of, read once. */
export interface Scene {
  objects: RolloutObjects;
  sides: Sides;
  counts: Counts;
  look: Look;
  /** Pods of the new revision that are not being deleted. */
  fresh: PodView[];
  suspicions: Suspicion[];
}

/** Reads the objects. Before the controller has seen our write nothing is suspected: what there is, is of the past. */
export function survey(objects: RolloutObjects, context: JudgeContext): Scene {
  const look: Look = { ...clusterClock(context), schedulingBudget: context.schedulingBudget };
  const sides = sidesOf(objects);
  const counts = countPods(objects, sides, look);
  const facts = readEvents(objects.events);
  const fresh = objects.pods
    .filter((pod) => sides.isNew(pod) && !isDeleting(pod))
    .map((pod) => viewPod(pod, facts, objects.nodes ?? []));
  const workload = viewWorkload(objects, sides, counts, facts, look);
  const suspicions = sides.observed
    ? [...fresh.flatMap((p) => suspect(p, look)), ...suspectWorkload(workload, look)]
    : [];
  return { objects, sides, counts, look, fresh, suspicions };
}

function viewWorkload(objects: RolloutObjects, sides: Sides, counts: Counts, facts: Fact[], look: Look): WorkloadView {
  const { replicaSet } = sides;
  const kind = replicaSet ? 'ReplicaSet' : objects.kind;
  const { metadata } = replicaSet ?? objects.workload;
  return {
    creator: `${kind}/${metadata?.name ?? '?'}`,
    failure: replicaSet ? replicaFailure(replicaSet, look) : creationFailure(objects),
    events: factsAbout(facts, kind, metadata),
    missing: Math.max(0, wantedNow(objects, replicaSet, counts) - counts.updated),
    isDraining: objects.pods.some((p) => sides.isOurs(p) && isDeleting(p)),
  };
}

/** A rolling update asks for a few pods at a time: missing are only those that are asked for. */
const wantedNow = (objects: RolloutObjects, replicaSet: V1ReplicaSet | undefined, counts: Counts): number =>
  objects.kind === 'Deployment' ? (replicaSet?.spec?.replicas ?? counts.desired) : counts.desired - counts.old;

function replicaFailure(replicaSet: V1ReplicaSet, look: Look): WorkloadView['failure'] {
  const failed = replicaSet.status?.conditions?.find((c) => c.type === 'ReplicaFailure' && c.status === 'True');
  const since = instant(failed?.lastTransitionTime);
  // An old ReplicaSet that we return to may still carry the failure of its past; it is cleared at the first success.
  if (!failed || failed.reason === 'FailedDelete') return undefined;
  return { message: failed.message ?? '', since: isRecent(since, look) ? since : look.appliedAt };
}

/** A quota on ReplicaSets: the Deployment cannot even make one. */
function creationFailure(objects: RolloutObjects): WorkloadView['failure'] {
  if (objects.kind !== 'Deployment') return undefined;
  const failed = objects.workload.status?.conditions?.find((c) => c.reason === 'ReplicaSetCreateError');
  return failed && { message: failed.message ?? '', since: instant(failed.lastTransitionTime) };
}
