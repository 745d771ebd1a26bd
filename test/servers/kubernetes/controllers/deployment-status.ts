import type { Again, Cluster } from '../cluster.ts';
import { equal } from '../json.ts';
import type { Condition, Workload } from '../object.ts';
import { limits, type Sets, wanted } from './deployment-size.ts';
import { withStatus } from './managed-status.ts';
import { withoutZeros } from './pod-control.ts';

interface Counts {
  replicas: number;
  updatedReplicas: number;
  readyReplicas: number;
  availableReplicas: number;
}

/** When each Deployment last moved forward: uid → ms. The seconds of a condition are too coarse for a deadline. */
const movedAt = new WeakMap<Cluster, Map<string, number>>();

/** Counts, conditions and the progress deadline, in the words of the deployment controller. */
export function writeDeploymentStatus(cluster: Cluster, deployment: Workload, sets: Sets, again: Again): void {
  const counts = countSets(sets);
  const old = deployment.status ?? {};
  const progressing = progress(cluster, deployment, sets, counts, again);
  const conditions = [availability(deployment, counts), ...(progressing ? [progressing] : [])];
  const status = {
    observedGeneration: deployment.metadata.generation,
    ...withoutZeros({ ...counts, unavailableReplicas: Math.max(0, counts.replicas - counts.availableReplicas) }),
    conditions: conditions.map((condition) => timed(cluster, condition, old.conditions)),
  };
  if (!equal(status, old)) cluster.store.put('deployments', withStatus(cluster, deployment, status));
}

function countSets({ current, old }: Sets): Counts {
  const all = [...old, ...(current ? [current] : [])];
  const sum = (key: string) => all.reduce((total, set) => total + Number(set.status?.[key] ?? 0), 0);
  return {
    replicas: sum('replicas'),
    updatedReplicas: Number(current?.status?.replicas ?? 0),
    readyReplicas: sum('readyReplicas'),
    availableReplicas: sum('availableReplicas'),
  };
}

function availability(deployment: Workload, { availableReplicas }: Counts): Condition {
  const type = 'Available';
  if (availableReplicas >= wanted(deployment) - limits(deployment).unavailable)
    return {
      type,
      status: 'True',
      reason: 'MinimumReplicasAvailable',
      message: 'Deployment has minimum availability.',
    };
  return {
    type,
    status: 'False',
    reason: 'MinimumReplicasUnavailable',
    message: 'Deployment does not have minimum availability.',
  };
}

const type = 'Progressing';

function progress(
  cluster: Cluster,
  deployment: Workload,
  { current }: Sets,
  counts: Counts,
  again: Again,
): Condition | undefined {
  const known = deployment.status?.conditions?.find((condition) => condition.type === type);
  if (deployment.spec.paused)
    return { type, status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' };
  if (!current) return known;
  const set = `ReplicaSet "${current.metadata.name}"`;
  const all = wanted(deployment);
  const isComplete = [counts.replicas, counts.updatedReplicas, counts.availableReplicas].every(
    (count) => count === all,
  );
  if (isComplete)
    return { type, status: 'True', reason: 'NewReplicaSetAvailable', message: `${set} has successfully progressed.` };
  if (
    known?.reason === 'NewReplicaSetAvailable' &&
    counts.replicas === counts.updatedReplicas &&
    known.message?.startsWith(set)
  )
    return known;
  if (hasMoved(deployment, counts, set)) moved(cluster, deployment);
  else if (isLate(cluster, deployment, again))
    return { type, status: 'False', reason: 'ProgressDeadlineExceeded', message: `${set} has timed out progressing.` };
  else if (known && known.reason !== 'NewReplicaSetAvailable') return known;
  return { type, status: 'True', reason: 'ReplicaSetUpdated', message: `${set} is progressing.` };
}

/** More updated, ready or available pods, fewer old ones, or another template. */
function hasMoved(deployment: Workload, counts: Counts, set: string): boolean {
  const before = deployment.status ?? {};
  const was = (key: keyof Counts) => Number(before[key] ?? 0);
  const other = before.conditions?.find((condition) => condition.type === type);
  if (!other || (other.reason === 'NewReplicaSetAvailable' && !other.message?.startsWith(set))) return true;
  const oldPods = was('replicas') - was('updatedReplicas');
  return (
    counts.updatedReplicas > was('updatedReplicas') ||
    counts.readyReplicas > was('readyReplicas') ||
    counts.availableReplicas > was('availableReplicas') ||
    counts.replicas - counts.updatedReplicas < oldPods
  );
}

function moved(cluster: Cluster, deployment: Workload): void {
  if (!movedAt.has(cluster)) movedAt.set(cluster, new Map());
  movedAt.get(cluster)!.set(deployment.metadata.uid, cluster.clock.now());
}

function isLate(cluster: Cluster, deployment: Workload, again: Again): boolean {
  const deadlineMs = (deployment.spec.progressDeadlineSeconds ?? 600) * 1000;
  const since = movedAt.get(cluster)?.get(deployment.metadata.uid) ?? cluster.clock.now();
  const left = since + deadlineMs - cluster.clock.now();
  if (left > 0) again(left);
  return left <= 0;
}

function timed(cluster: Cluster, condition: Condition, old: Condition[] | undefined): Condition {
  const before = old?.find(({ type }) => type === condition.type);
  const now = cluster.clock.stamp();
  const isSame = before?.reason === condition.reason && before?.message === condition.message;
  const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : now;
  return { ...condition, lastTransitionTime, lastUpdateTime: isSame ? before?.lastUpdateTime : now };
}
