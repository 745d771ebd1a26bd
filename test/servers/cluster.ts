import type { V1ObjectMeta } from '@kubernetes/client-node';
import { KubeClient } from '../../adapters/kubernetes/client.ts';
import { type KubernetesOptions, kubernetesCluster } from '../../adapters/kubernetes/cluster.ts';
import { type ClusterAccess, connect, loadKubeConfig } from '../../adapters/kubernetes/connection.ts';
import { autoscalers, type Resource, workloads } from '../../adapters/kubernetes/resource.ts';
import type { Place, WorkloadKind } from '../../src/release/plan.ts';
import type { ClusterLab } from '../contracts/cluster-lab.ts';

/** Any disposable cluster, API only (hollow nodes will do). */
export const realKubeconfig = process.env.TEST_KUBECONFIG;
export const noRealCluster = realKubeconfig ? undefined : 'TEST_KUBECONFIG is not set';

type Body = { metadata: V1ObjectMeta; [key: string]: unknown };

const namespaces: Resource = { group: '', version: 'v1', plural: 'namespaces' };
/** How many nodes a test cluster has: two, here as there. */
const nodes = 2;
let made = 0;

/** Everybody else's hands on a cluster that speaks Kubernetes. */
export class Hands {
  readonly client: KubeClient;
  readonly #namespaces: string[] = [];

  constructor(access: ClusterAccess) {
    this.client = new KubeClient({ cluster: 'hands', connection: connect(loadKubeConfig(access)) });
  }

  async create(resource: Resource, namespace: string | undefined, body: object): Promise<void> {
    const call = { verb: 'create', resource, namespace };
    const answer = await this.client.ask({ ...call, body });
    if (!answer.ok) throw this.client.refused(call, answer);
  }

  async namespace(): Promise<string> {
    made += 1;
    const name = `t${Date.now().toString(36)}-${process.pid.toString(36)}-${made}`;
    await this.create(namespaces, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    this.#namespaces.push(name);
    return name;
  }

  /** Deletes every namespace that it made: the cluster may be somebody's. */
  async close(): Promise<void> {
    const remove = (name: string) => this.client.ask({ verb: 'delete', resource: namespaces, name });
    await Promise.allSettled(this.#namespaces.map(remove));
    await this.client.close();
  }

  /** Reads, changes, and writes as `manager`; again after a conflict. */
  async edit(place: Place, manager: string, change: (body: Body) => void): Promise<void> {
    const call = { resource: workloads[place.kind].resource, namespace: place.namespace, name: place.name };
    for (;;) {
      const body = (await this.client.read<Body>({ ...call, verb: 'get' }))!.body;
      change(body);
      const answer = await this.client.ask({ ...call, verb: 'update', body, query: { fieldManager: manager } });
      if (answer.ok) return;
      if (answer.status !== 409) throw this.client.refused({ ...call, verb: 'update' }, answer);
    }
  }

  async read(place: Place): Promise<Body | undefined> {
    const call = { resource: workloads[place.kind].resource, namespace: place.namespace, name: place.name };
    return (await this.client.read<Body>({ ...call, verb: 'get' }))?.body;
  }

  async remove(place: Place): Promise<void> {
    const call = { resource: workloads[place.kind].resource, namespace: place.namespace, name: place.name };
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
    await this.client.ask({ ...call, verb: 'delete', body });
    await eventually('the workload to be gone', async () => (await this.read(place)) === undefined);
  }

  async recreate(place: Place): Promise<void> {
    const { metadata, status: _, ...rest } = (await this.read(place))!;
    await this.remove(place);
    const { name, namespace, labels } = metadata;
    await this.create(workloads[place.kind].resource, namespace, { ...rest, metadata: { name, namespace, labels } });
  }

  /** In whichever version of the API this cluster has. */
  async autoscale(place: Place): Promise<void> {
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: workloads[place.kind].kind, name: place.name };
    for (const resource of autoscalers) {
      const body = {
        apiVersion: `${resource.group}/${resource.version}`,
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: place.name },
        spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 9 },
      };
      const answer = await this.client.ask({ verb: 'create', resource, namespace: place.namespace, body });
      if (answer.ok) return;
    }
    throw new Error('no version of autoscaling could be used');
  }
}

const image = (version: string): string => `demo/payments:${version}`;

/** A workload with an init container and a container of one image. */
export function manifest(place: Place, replicas: number, version: string): object {
  const { kind } = workloads[place.kind];
  const labels = { app: place.name };
  const containers = [{ name: 'app', image: image(version) }];
  const initContainers = [{ name: 'migrate', image: image(version) }];
  const template = { metadata: { labels }, spec: { initContainers, containers, terminationGracePeriodSeconds: 1 } };
  const spec = { selector: { matchLabels: labels }, template };
  const sized = place.kind === 'daemonset' ? {} : { replicas };
  const served = place.kind === 'statefulset' ? { serviceName: place.name } : {};
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: place.name, namespace: place.namespace, labels },
    spec: { ...spec, ...sized, ...served },
  };
}

/** Asks every 50 ms until the answer is neither false nor undefined. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | false | undefined>,
  timeoutMs = 30_000,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export interface KubernetesLab extends ClusterLab {
  hands: Hands;
}

/** A lab on anything that speaks Kubernetes; each workload gets a namespace of its own. */
export function kubernetesLab(
  access: ClusterAccess,
  options: Partial<KubernetesOptions> = {},
  more: Partial<ClusterLab> = {},
): KubernetesLab {
  const cluster = kubernetesCluster({ name: 'eu', access, ...options });
  const hands = new Hands(access);
  const make = async (kind: WorkloadKind, { replicas = 2, version = '2.4.0' } = {}): Promise<Place> => {
    const place: Place = { cluster: 'eu', namespace: await hands.namespace(), kind, name: 'payments' };
    await hands.create(workloads[kind].resource, place.namespace, manifest(place, replicas, version));
    const expected = kind === 'daemonset' ? nodes : replicas;
    const isUp = async () => {
      const rollout = (await cluster.inspect(place))?.rollout;
      return rollout?.state === 'settled' && rollout.counts.updatedAvailable === expected;
    };
    await eventually(`${kind} to have ${expected} pods`, isUp);
    return place;
  };
  return {
    cluster,
    hands,
    make,
    image,
    setImage: (place, container, to, manager) => hands.edit(place, manager, (body) => setImage(body, container, to)),
    mark: (place, mark) => hands.edit(place, 'another-installation', (body) => annotate(body, mark)),
    recreate: (place) => hands.recreate(place),
    remove: (place) => hands.remove(place),
    autoscale: (place) => hands.autoscale(place),
    until: eventually,
    now: Date.now,
    ...more,
    close: async () => {
      await cluster.close();
      await hands.close();
      await more.close?.();
    },
  };
}

function setImage(body: Body, container: string, to: string): void {
  const { containers } = (body.spec as { template: { spec: { containers: { name: string; image: string }[] } } })
    .template.spec;
  for (const each of containers) if (each.name === container) each.image = to;
}

function annotate({ metadata }: Body, mark: { release: string; op: string; fence: number }): void {
  const ours = Object.entries(mark).map(([key, value]) => [`release-engineer.dev/${key}`, String(value)]);
  metadata.annotations = { ...metadata.annotations, ...Object.fromEntries(ours) };
}
