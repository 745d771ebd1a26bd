import type { CoreV1Event, V1Node, V1ObjectMeta, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { Place } from '../../src/release/plan.ts';
import { isReady, nodeOf } from './pods.ts';
import { workloads } from './resource.ts';
import { instant } from './rollout-clock.ts';
import type { RolloutObjects } from './rollout-revision.ts';

/** What every object has. */
export interface KubeObject {
  metadata?: V1ObjectMeta;
}

export type WorkloadObject = RolloutObjects['workload'];

/** A workload and everything around it, as the judge wants them. */
export function gather(
  place: Place,
  workload: WorkloadObject,
  past: KubeObject[],
  pods: V1Pod[],
  events: CoreV1Event[],
  nodes?: V1Node[],
): RolloutObjects {
  const mine = past.filter((object) => isControlledBy(object, workload));
  const owners = [workload, ...mine];
  const own = pods.filter((pod) => owners.some((owner) => isControlledBy(pod, owner)));
  const uids = new Set([...owners, ...own].map((object) => object.metadata?.uid));
  const around = { pods: own, events: events.filter((e) => uids.has(e.involvedObject.uid)), nodes };
  const kind = workloads[place.kind].kind;
  return (
    kind === 'Deployment'
      ? { kind, workload, replicaSets: mine as V1ReplicaSet[], ...around }
      : { kind, workload, controllerRevisions: mine, ...around }
  ) as RolloutObjects;
}

export const isControlledBy = (object: KubeObject, owner: KubeObject): boolean =>
  (object.metadata?.ownerReferences ?? []).some((ref) => ref.controller && ref.uid === owner.metadata?.uid);

/**
 * Nodes worth asking about: those of pods that are not ready. Healthy pods need no explanation, nor do those that were
 * made after `madeBefore`, ms: they are just starting.
 */
export function suspectNodes(pods: V1Pod[], madeBefore: number, most = 4): string[] {
  const isOld = (pod: V1Pod) => (instant(pod.metadata?.creationTimestamp) ?? 0) < madeBefore;
  const names = pods.filter((pod) => !isReady(pod) && isOld(pod)).map(nodeOf);
  return [...new Set(names.filter((name) => name !== undefined))].slice(0, most);
}
