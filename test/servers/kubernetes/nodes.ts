import type { Cluster } from './cluster.ts';
import type { Condition } from './object.ts';

/** Puts healthy nodes node-1 … node-n and the usual namespaces. */
export function putNodes(cluster: Cluster, count: number): void {
  for (const name of ['default', 'kube-system']) putNamespace(cluster, name);
  for (let nth = 1; nth <= count; nth++) putNode(cluster, `node-${nth}`, nth);
}

const meta = ({ chance, clock }: Cluster, name: string) => ({
  name,
  uid: chance.uid(),
  resourceVersion: '',
  creationTimestamp: clock.stamp(),
});

export function putNamespace(cluster: Cluster, name: string): void {
  if (cluster.store.get('namespaces', undefined, name)) return;
  const metadata = { ...meta(cluster, name), labels: { 'kubernetes.io/metadata.name': name } };
  const rest = { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
  cluster.store.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata, ...rest });
}

function putNode(cluster: Cluster, name: string, nth: number): void {
  const capacity = { cpu: '64', memory: '256Gi', pods: '500', 'ephemeral-storage': '500Gi' };
  const now = cluster.clock.stamp();
  const condition = (type: string, status: Condition['status'], reason: string) => ({
    ...{ type, status, reason, message: reason },
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  cluster.store.put('nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { ...meta(cluster, name), labels },
    spec: {},
    status: {
      capacity,
      allocatable: capacity,
      addresses: [
        { type: 'InternalIP', address: `10.99.1.${nth}` },
        { type: 'Hostname', address: name },
      ],
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
      nodeInfo: { kubeletVersion: 'v1.33.0-stand-in', architecture: 'amd64', operatingSystem: 'linux' },
    },
  });
}
