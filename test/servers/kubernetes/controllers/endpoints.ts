import type { Cluster } from '../cluster.ts';
import { equal } from '../json.ts';
import { isReady } from '../kubelet/pod-status.ts';
import type { KubeObject, Labels, Pod } from '../object.ts';
import { isEnding } from './pod-control.ts';

interface ServiceSpec {
  selector?: Labels;
  ports?: { name?: string; port: number; targetPort?: number | string; protocol?: string }[];
}

/** Keeps Endpoints of every Service with a selector: which ready pods get its traffic. */
export function startEndpoints(cluster: Cluster): void {
  const dirty = new Set<string>();
  const mark = (service: KubeObject) => {
    if (dirty.size === 0) cluster.clock.after(0, drain);
    dirty.add(`${service.metadata.namespace}/${service.metadata.name}`);
  };
  const drain = () => {
    const turn = [...dirty];
    dirty.clear();
    for (const key of turn) write(cluster, ...(key.split('/') as [string, string]));
  };
  cluster.store.subscribe(({ plural, object }) => {
    if (plural === 'services') mark(object);
    if (plural === 'pods')
      for (const service of cluster.store.list('services', object.metadata.namespace))
        if (selects(service, object)) mark(service);
  });
}

function selects(service: KubeObject, pod: KubeObject): boolean {
  const selector = Object.entries((service.spec as ServiceSpec | undefined)?.selector ?? {});
  return selector.length > 0 && selector.every(([key, value]) => pod.metadata.labels?.[key] === value);
}

function write({ store, chance, clock }: Cluster, namespace: string, name: string): void {
  const service = store.get('services', namespace, name);
  const known = store.get('endpoints', namespace, name);
  if (!service) {
    if (known) store.remove('endpoints', known);
    return;
  }
  if (!(service.spec as ServiceSpec | undefined)?.selector) return;
  const pods = store
    .list<Pod>('pods', namespace)
    .filter((pod) => selects(service, pod) && !isEnding(pod) && pod.status.podIP);
  const subsets = subsetsOf(service.spec as ServiceSpec, pods);
  if (known && equal(known.subsets, subsets)) return;
  const fresh = { name, namespace, uid: chance.uid(), resourceVersion: '', creationTimestamp: clock.stamp() };
  store.put('endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata: known?.metadata ?? fresh, subsets });
}

function subsetsOf({ ports = [] }: ServiceSpec, pods: Pod[]): object[] {
  if (pods.length === 0) return [];
  const addresses = pods.filter(isReady).map(address);
  const notReadyAddresses = pods.filter((pod) => !isReady(pod)).map(address);
  return [
    {
      ...(addresses.length > 0 && { addresses }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
      ports: ports.map(({ name, port, targetPort, protocol = 'TCP' }) => ({
        ...(name && { name }),
        port: typeof targetPort === 'number' ? targetPort : port,
        protocol,
      })),
    },
  ];
}

const address = ({ metadata, spec, status }: Pod) => ({
  ip: status.podIP,
  nodeName: spec.nodeName,
  targetRef: { kind: 'Pod', namespace: metadata.namespace, name: metadata.name, uid: metadata.uid },
});
