import type { V1Pod } from '@kubernetes/client-node';
import type { Counts } from '../../src/deployment/rollout.ts';
import { isAvailable, isDeleting, isFinished, isHealthy, isReady, nodeOf } from './pods.ts';
import { type Clock, instant, isRecent } from './rollout-clock.ts';
import type { RolloutObjects, Sides } from './rollout-revision.ts';

/**
 * Counts pods rather than reading the workload's status: the status follows the pods, never the other way round, and
 * a StatefulSet's and DaemonSet's do not say which revision is available.
 */
export function countPods(objects: RolloutObjects, sides: Sides, clock: Clock): Counts {
  const available = (pod: V1Pod) => isAvailable(pod, objects.workload.spec?.minReadySeconds ?? 0, clock.now);
  const living = objects.pods.filter((p) => sides.isOurs(p) && !isDeleting(p) && !isFinished(p));
  const excused = objects.kind === 'DaemonSet' ? excusedNodes(objects, living, available, clock) : [];
  const counted = living.filter((p) => !excused.includes(nodeOf(p) ?? ''));
  const updated = counted.filter(sides.isNew);
  const old = counted.filter((p) => !sides.isNew(p));
  return {
    desired: desiredPods(objects, living, excused),
    updated: updated.length,
    updatedReady: updated.filter(isReady).length,
    updatedAvailable: updated.filter(available).length,
    available: counted.filter(available).length,
    old: old.length,
    oldAvailable: old.filter(available).length,
  };
}

function desiredPods(objects: RolloutObjects, living: V1Pod[], excused: string[]): number {
  if (objects.kind !== 'DaemonSet') return objects.workload.spec?.replicas ?? 1;
  const wanted = objects.workload.status?.desiredNumberScheduled ?? 0;
  const without = excused.filter((node) => !living.some((p) => nodeOf(p) === node)).length;
  const missing = Math.max(0, wanted - living.length);
  return Math.max(0, wanted - (excused.length - without) - Math.min(without, missing));
}

/**
 * Nodes that a DaemonSet's rollout does not wait for: those that are not healthy, and those that joined after our
 * write, until their pod is available. What fails on them is still judged.
 */
function excusedNodes(
  { nodes = [] }: RolloutObjects,
  living: V1Pod[],
  available: (pod: V1Pod) => boolean,
  clock: Clock,
): string[] {
  const served = new Set(living.filter(available).map(nodeOf));
  return nodes
    .filter((n) => !isHealthy(n) || isRecent(instant(n.metadata?.creationTimestamp) ?? 0, clock))
    .map((n) => n.metadata?.name ?? '')
    .filter((name) => !served.has(name));
}
