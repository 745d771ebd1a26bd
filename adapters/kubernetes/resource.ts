import type { Place, WorkloadKind } from '../../src/release/plan.ts';

/** A kind of object as the API server spells it. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
}

const core = (plural: string): Resource => ({ group: '', version: 'v1', plural });
const apps = (plural: string): Resource => ({ group: 'apps', version: 'v1', plural });

export const pods = core('pods');
export const events = core('events');
export const nodes = core('nodes');
export const replicaSets = apps('replicasets');
export const controllerRevisions = apps('controllerrevisions');
/** v2 first; older servers have only v1. What we read of it is the same in both. */
export const autoscalers: Resource[] = ['v2', 'v1'].map((version) => ({
  group: 'autoscaling',
  version,
  plural: 'horizontalpodautoscalers',
}));

/** What each kind of workload is called, and what keeps its past. */
export const workloads: Record<WorkloadKind, { resource: Resource; kind: string; past: Resource }> = {
  deployment: { resource: apps('deployments'), kind: 'Deployment', past: replicaSets },
  statefulset: { resource: apps('statefulsets'), kind: 'StatefulSet', past: controllerRevisions },
  daemonset: { resource: apps('daemonsets'), kind: 'DaemonSet', past: controllerRevisions },
};

export const isWorkload = (resource: Resource): boolean =>
  Object.values(workloads).some((entry) => entry.resource === resource);

/** `deployment payments in eu/prod`, as messages name a workload. */
export const say = (place: Place): string => `${place.kind} ${place.name} in ${place.cluster}/${place.namespace}`;

/** The path of a collection, of one object, or of a subresource of it. */
export function pathOf(resource: Resource, namespace?: string, name?: string, sub?: string): string {
  const root = resource.group ? `/apis/${resource.group}/${resource.version}` : `/api/${resource.version}`;
  const parts = [root, ...(namespace ? ['namespaces', namespace] : []), resource.plural];
  if (name) parts.push(encodeURIComponent(name));
  if (sub) parts.push(sub);
  return parts.join('/');
}
