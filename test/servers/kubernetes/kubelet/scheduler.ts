import type { Cluster } from '../cluster.ts';
import { recordEvent } from '../events.ts';
import type { KubeObject, Labels, Pod } from '../object.ts';

/** Binds every pod to the node that has the fewest, or says why it cannot. */
export function startScheduler(cluster: Cluster): void {
  cluster.store.subscribe(({ type, plural, object }) => {
    const pod = object as Pod;
    if (plural !== 'pods' || type !== 'ADDED' || pod.spec.nodeName) return;
    cluster.clock.after(0, () => schedule(cluster, pod));
  });
}

function schedule(cluster: Cluster, { metadata }: Pod): void {
  const pod = cluster.store.get<Pod>('pods', metadata.namespace, metadata.name);
  if (!pod || pod.metadata.uid !== metadata.uid || pod.spec.nodeName || pod.metadata.deletionTimestamp) return;
  const nodes = cluster.store.list('nodes');
  const free = nodes.filter((node) => suits(node, pod));
  const node = leastLoaded(cluster, free);
  if (node) bind(cluster, pod, node);
  else refuse(cluster, pod, nodes.length);
}

function bind(cluster: Cluster, pod: Pod, node: string): void {
  const { metadata } = pod;
  const message = `Successfully assigned ${metadata.namespace}/${metadata.name} to ${node}`;
  recordEvent(cluster, pod, { type: 'Normal', reason: 'Scheduled', message, component: 'default-scheduler' });
  cluster.store.put('pods', { ...pod, spec: { ...pod.spec, nodeName: node } });
}

export function suits(node: KubeObject, pod: Pick<Pod, 'spec'>): boolean {
  const { unschedulable } = (node.spec ?? {}) as { unschedulable?: boolean };
  const labels: Labels = node.metadata.labels ?? {};
  return !unschedulable && Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
}

function leastLoaded({ store }: Cluster, nodes: KubeObject[]): string | undefined {
  const load = new Map(nodes.map((node) => [node.metadata.name, 0]));
  for (const { spec } of store.list<Pod>('pods'))
    if (spec.nodeName && load.has(spec.nodeName)) load.set(spec.nodeName, load.get(spec.nodeName)! + 1);
  return [...load].sort(([a, x], [b, y]) => x - y || a.localeCompare(b))[0]?.[0];
}

function refuse(cluster: Cluster, pod: Pod, nodes: number): void {
  const message = `0/${nodes} nodes are available: ${nodes} node(s) didn't match Pod's node affinity.`;
  recordEvent(cluster, pod, { type: 'Warning', reason: 'FailedScheduling', message, component: 'default-scheduler' });
  const lastTransitionTime = cluster.clock.stamp();
  const unscheduled = { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable', message };
  const conditions = [{ ...unscheduled, lastProbeTime: null, lastTransitionTime }];
  cluster.store.put('pods', { ...pod, status: { phase: 'Pending', conditions, qosClass: 'BestEffort' } });
}
