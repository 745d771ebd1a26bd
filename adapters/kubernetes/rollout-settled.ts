import type { V1DaemonSet, V1Deployment, V1StatefulSet } from '@kubernetes/client-node';
import type { Counts } from '../../src/deployment/rollout.ts';
import type { RolloutObjects, Sides } from './rollout-revision.ts';

/** What a Deployment that is told to stand still waits for. Its clock does not run meanwhile. */
export const paused = 'paused';

/**
 * What the rollout still waits for, in words; undefined when it is settled. As `kubectl rollout status` judges, held
 * against the pods as well, because status and pods come by different watches. `tolerated`: bad pods not waited for.
 */
export function waitingFor(objects: RolloutObjects, sides: Sides, counts: Counts, tolerated = 0): string | undefined {
  if (!sides.observed) return 'the controller to see the change';
  if (objects.kind === 'Deployment') return deployment(objects.workload, counts, tolerated);
  if (objects.workload.spec?.updateStrategy?.type === 'OnDelete') return undefined;
  if (objects.kind === 'StatefulSet') return statefulSet(objects.workload, counts, tolerated);
  return daemonSet(objects.workload, counts, tolerated);
}

function deployment({ spec, status }: V1Deployment, counts: Counts, tolerated: number): string | undefined {
  if (spec?.paused) return paused;
  const isConfirmed =
    (status?.replicas ?? 0) === counts.desired &&
    (status?.updatedReplicas ?? 0) === counts.desired &&
    (status?.availableReplicas ?? 0) >= counts.desired - tolerated;
  return replaced(counts, counts.desired, tolerated) ?? confirmed(isConfirmed);
}

/** With a partition only the ordinals above it change; the others stay old on purpose. */
function statefulSet({ spec, status }: V1StatefulSet, counts: Counts, tolerated: number): string | undefined {
  const partition = spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  const target = Math.max(0, counts.desired - partition);
  const kept = partition > 0 ? { ...counts, old: 0 } : counts;
  return replaced(kept, target, tolerated) ?? confirmed((status?.updatedReplicas ?? 0) >= target);
}

function daemonSet({ status }: V1DaemonSet, counts: Counts, tolerated: number): string | undefined {
  const isConfirmed =
    (status?.updatedNumberScheduled ?? 0) >= counts.desired &&
    (status?.numberAvailable ?? 0) >= counts.desired - tolerated;
  return replaced(counts, counts.desired, tolerated) ?? confirmed(isConfirmed);
}

function replaced(counts: Counts, target: number, tolerated: number): string | undefined {
  const { updated, updatedAvailable, desired, old } = counts;
  if (updated < target) return `${target - updated} of ${pods(target, 'new')} to be created`;
  if (updatedAvailable < target - tolerated)
    return `${target - updatedAvailable} of ${pods(target, 'new')} to become available`;
  if (old > 0) return `${pods(old, 'old')} to end`;
  return updated > desired ? `${pods(updated - desired, 'surplus')} to end` : undefined;
}

const confirmed = (isConfirmed: boolean) => (isConfirmed ? undefined : "the controller's status to say so");
const pods = (n: number, which: string) => `${n} ${which} ${n === 1 ? 'pod' : 'pods'}`;
