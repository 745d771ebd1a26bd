import type { StandInRegistry } from '../servers/registry.ts';

/** What is released in a run: services, their targets and workloads, who may, and the catalog that says so. */

export interface Target {
  service: string;
  environment: 'staging' | 'prod';
  channel: string;
}

export interface WorkloadSpec {
  namespace: string;
  kind: 'deployment' | 'statefulset' | 'daemonset';
  name: string;
  image: string;
}

export interface Estate {
  targets: Target[];
  workloads: WorkloadSpec[];
  channels: string[];
  people: { id: string; name: string }[];
  /** release.yaml (JSON is YAML). */
  catalog: string;
  /** Makes a version exist in the registry. */
  push(service: string, version: string): void;
}

const words = 'payments search orders carts users mails stock prices taxes images feeds chats jobs files maps'.split(
  ' ',
);
const names = 'ann bob cyd dan eve fay gus hal'.split(' ');
const channels = ['C0PAY', 'C0SHOP', 'C0CORE', 'C0DATA', 'C0WEB'];
export const environments = ['staging', 'prod'] as const;

export interface EstateOptions {
  registry: StandInRegistry;
  /** Path of the kubeconfig that the workers use. */
  kubeconfig: string;
  /** How many services; each lives in both environments. */
  services: number;
  /** Put before every namespace, so that a run on a shared cluster has its own. */
  prefix: string;
}

export function makeEstate({ registry, kubeconfig, services, prefix }: EstateOptions): Estate {
  const chosen = words.slice(0, services);
  const places = { staging: [`${prefix}staging`], prod: [`${prefix}prod-a`, `${prefix}prod-b`] };
  const imageOf = (service: string) => `${registry.host}/${service}`;
  const first = (service: string) => `${imageOf(service)}:1.0.0@${registry.push(service, '1.0.0')}`;
  const catalog = {
    version: 1,
    clusters: { eu: { kubeconfig: `file:${kubeconfig}` } },
    environments: {
      staging: { places: places.staging.map(inCluster) },
      prod: {
        places: places.prod.map(inCluster),
        approvals: { required: 1, from: ['engineers'], expires: '30m' },
      },
    },
    services: Object.fromEntries(chosen.map((name, n) => [name, serviceOf(name, n, imageOf(name))])),
    teams: Object.fromEntries(channels.map((channel) => [teamOf(channel), { announce: { slack: channel } }])),
    roles: {
      engineers: {
        emails: names.map((name) => `${name}@example.com`),
        may: ['read', 'deploy', 'control', 'approve', 'rollback', 'override', 'freeze', 'lock', 'admin'],
      },
    },
  };
  return {
    targets: chosen.flatMap((service, n) =>
      environments.map((environment) => ({ service, environment, channel: channelOf(n) })),
    ),
    workloads: chosen.flatMap((name, n) =>
      [...places.staging, ...places.prod].map((namespace) => ({
        namespace,
        kind: kindOf(n),
        name,
        image: first(name),
      })),
    ),
    channels,
    people: names.map((name) => ({ id: `U0${name.toUpperCase()}`, name })),
    catalog: JSON.stringify(catalog, null, 2),
    push: (service, version) => void registry.push(service, version),
  };
}

const inCluster = (namespace: string) => ({ cluster: 'eu', namespace });
const channelOf = (n: number): string => channels[n % channels.length]!;
const teamOf = (channel: string): string => channel.slice(2).toLowerCase();

/** Mostly Deployments; one StatefulSet and one DaemonSet, because their ways back differ. */
const kindOf = (n: number): WorkloadSpec['kind'] => (n === 3 ? 'statefulset' : n === 4 ? 'daemonset' : 'deployment');

/** Short windows, so that a release takes seconds; the limits of the judge are the least that the catalog takes. */
const serviceOf = (name: string, n: number, image: string) => ({
  image,
  workload: `${kindOf(n)}/${name}`,
  team: teamOf(channelOf(n)),
  health: { stability: '1s', progressDeadline: '20s', recoveryBudget: '2m' },
});

export function manifestOf({ namespace, kind, name, image }: WorkloadSpec): object {
  const labels = { app: name };
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'app', image }], terminationGracePeriodSeconds: 1 },
  };
  const sized = kind === 'daemonset' ? {} : { replicas: 2 };
  const served = kind === 'statefulset' ? { serviceName: name } : {};
  const kinds = { deployment: 'Deployment', statefulset: 'StatefulSet', daemonset: 'DaemonSet' };
  return {
    apiVersion: 'apps/v1',
    kind: kinds[kind],
    metadata: { name, namespace, labels },
    spec: { selector: { matchLabels: labels }, template, ...sized, ...served },
  };
}
