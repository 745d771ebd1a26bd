/** Every kind the stand-in stores, one a line. Discovery, routes, lists and watches are all read from this table. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
  kind: string;
  namespaced: boolean;
  /** Whether a change of spec counts up metadata.generation. */
  generation: boolean;
  subresources: readonly string[];
  /** What a fieldSelector may name besides metadata.name and metadata.namespace. */
  fields: readonly string[];
}

type Row = [groupVersion: string, plural: string, kind: string, more?: Partial<Resource>];

const workload: Partial<Resource> = { generation: true, subresources: ['status', 'scale'] };
const spec: Partial<Resource> = { generation: true, subresources: ['status'] };

const rows: Row[] = [
  ['apps/v1', 'deployments', 'Deployment', workload],
  ['apps/v1', 'statefulsets', 'StatefulSet', workload],
  ['apps/v1', 'daemonsets', 'DaemonSet', spec],
  ['apps/v1', 'replicasets', 'ReplicaSet', workload],
  ['apps/v1', 'controllerrevisions', 'ControllerRevision'],
  [
    'v1',
    'pods',
    'Pod',
    { subresources: ['status', 'log'], fields: ['spec.nodeName', 'status.phase', 'spec.restartPolicy'] },
  ],
  [
    'v1',
    'events',
    'Event',
    {
      fields: [
        'involvedObject.name',
        'involvedObject.kind',
        'involvedObject.namespace',
        'involvedObject.uid',
        'involvedObject.apiVersion',
        'involvedObject.fieldPath',
        'reason',
        'type',
        'source',
      ],
    },
  ],
  ['v1', 'nodes', 'Node', { namespaced: false, subresources: ['status'], fields: ['spec.unschedulable'] }],
  ['v1', 'namespaces', 'Namespace', { namespaced: false, subresources: ['status'], fields: ['status.phase'] }],
  ['v1', 'services', 'Service', { subresources: ['status'] }],
  ['v1', 'endpoints', 'Endpoints'],
  ['v1', 'configmaps', 'ConfigMap'],
  ['v1', 'secrets', 'Secret', { fields: ['type'] }],
  ['v1', 'resourcequotas', 'ResourceQuota', { subresources: ['status'] }],
  ['autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', { subresources: ['status'] }],
  ['policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', spec],
  ['batch/v1', 'jobs', 'Job', spec],
  ['batch/v1', 'cronjobs', 'CronJob', spec],
  ['coordination.k8s.io/v1', 'leases', 'Lease'],
  ['gateway.networking.k8s.io/v1', 'httproutes', 'HTTPRoute', spec],
];

const plain = { namespaced: true, generation: false, subresources: [], fields: [] };

function resource([groupVersion, plural, kind, more]: Row): Resource {
  const [version, group] = groupVersion.split('/').reverse() as [string, string | undefined];
  return { ...plain, ...more, group: group ?? '', version, plural, kind };
}

export const resources: readonly Resource[] = rows.map(resource);

const byKind = new Map(resources.map((entry) => [entry.kind, entry]));

export const groupVersionOf = (entry: Resource): string =>
  entry.group ? `${entry.group}/${entry.version}` : entry.version;

/** `deployments.apps`, the way the API server names a resource in its messages. */
export const qualified = (entry: Resource): string => (entry.group ? `${entry.plural}.${entry.group}` : entry.plural);

export const resourceOfKind = (kind: string): Resource | undefined => byKind.get(kind);

export const resourceAt = (groupVersion: string, plural: string): Resource | undefined =>
  resources.find((entry) => entry.plural === plural && groupVersionOf(entry) === groupVersion);
