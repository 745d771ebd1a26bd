import type { Again, Cluster } from '../cluster.ts';
import { equal } from '../json.ts';
import { isReady } from '../kubelet/pod-status.ts';
import type { Pod, Workload } from '../object.ts';
import { countPods, createPod, deletePod, isEnding, withoutZeros } from './pod-control.ts';

const component = 'replicaset-controller';

export const activePods = (cluster: Cluster, set: Workload): Pod[] =>
  cluster.store.controlled<Pod>(set, 'Pod').filter((pod) => !isEnding(pod));

/** Keeps as many pods as the spec says; takes away the least useful first. */
export function reconcileReplicaSet(cluster: Cluster, set: Workload, again?: Again): void {
  const pods = activePods(cluster, set);
  const missing = (set.spec.replicas ?? 0) - pods.length;
  for (let made = 0; made < missing; made++) create(cluster, set);
  for (const pod of pods.sort(leastUseful).slice(0, Math.max(0, -missing))) deletePod(cluster, set, pod, component);
  writeStatus(cluster, set, again);
}

function create(cluster: Cluster, set: Workload): void {
  const generateName = `${set.metadata.name}-`;
  const name = generateName + cluster.chance.suffix(generateName);
  createPod(cluster, set, set.spec.template, { name, generateName, labels: {}, component });
}

const leastUseful = (a: Pod, b: Pod): number =>
  Number(isReady(a)) - Number(isReady(b)) ||
  b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp) ||
  a.metadata.name.localeCompare(b.metadata.name);

function writeStatus(cluster: Cluster, set: Workload, again?: Again): void {
  const pods = activePods(cluster, set);
  const { ready, available, nextMs } = countPods(cluster, pods, set.spec.minReadySeconds);
  if (again && Number.isFinite(nextMs)) again(nextMs);
  const counts = { fullyLabeledReplicas: pods.length, readyReplicas: ready, availableReplicas: available };
  const status = { ...withoutZeros(counts), replicas: pods.length, observedGeneration: set.metadata.generation };
  if (!equal(status, set.status)) cluster.store.put('replicasets', { ...set, status });
}
