import type { CoreV1Event } from '@kubernetes/client-node';
import type { Place, WorkloadKind } from '../../src/release/plan.ts';
import type { KubeClient, Query } from './client.ts';
import { events, pods, type Resource, workloads } from './resource.ts';
import type { KubeObject } from './sight.ts';
import { Watch, type WatchPace } from './watch.ts';

/** Normal events that no verdict ever stands on. What is left is warnings, and what the kubelet says about probes. */
const chatter = [
  'Scheduled',
  'Pulling',
  'Pulled',
  'Created',
  'Started',
  'SuccessfulCreate',
  'SuccessfulDelete',
  'ScalingReplicaSet',
];
export const eventQuery: Query = { fieldSelector: chatter.map((reason) => `reason!=${reason}`).join(',') };

export interface CacheOptions {
  client: KubeClient;
  namespace: string;
  /** Called with `deployment/payments` when something in that workload's chain changed. */
  onChange: (workload: string) => void;
  /** Called when any list came in: anything may have changed. */
  onSync: () => void;
  onTrouble?: (error: unknown) => void;
  pace?: WatchPace;
}

export const workloadKey = (place: Pick<Place, 'kind' | 'name'>): string => `${place.kind}/${place.name}`;

const kindByName = new Map(Object.entries(workloads).map(([key, { kind }]) => [kind, key as WorkloadKind]));

/** What one namespace says, watched once for all releases in it. Only the kinds that are in use are watched. */
export class NamespaceCache {
  readonly #options: CacheOptions;
  readonly #watches = new Map<string, Watch>();

  constructor(options: CacheOptions) {
    this.#options = options;
  }

  /** Watches what the judgement of such a workload needs. */
  cover(kind: WorkloadKind): void {
    const { resource, past } = workloads[kind];
    for (const each of [resource, past, pods, events]) this.#start(each);
  }

  /** The watch of a resource where there is one, synced or not. */
  watch(resource: Resource): Watch | undefined {
    return this.#watches.get(resource.plural);
  }

  async close(): Promise<void> {
    for (const watch of this.#watches.values()) watch.close();
    await Promise.all([...this.#watches.values()].map((watch) => watch.ended));
  }

  #start(resource: Resource): void {
    if (this.#watches.has(resource.plural)) return;
    const { client, namespace, onSync, onTrouble, pace } = this.#options;
    const query = resource === events ? eventQuery : {};
    const onChange = (object: KubeObject) => this.#changed(resource, object);
    this.#watches.set(
      resource.plural,
      new Watch({ client, resource, namespace, query, onChange, onSync, onTrouble, pace }),
    );
  }

  #changed(resource: Resource, object: KubeObject): void {
    const workload = resource === events ? this.#subject(object as CoreV1Event) : this.#chain(resource, object);
    if (workload) this.#options.onChange(workload);
  }

  #chain(resource: Resource, object: KubeObject): string | undefined {
    const kind = Object.entries(workloads).find(([, entry]) => entry.resource === resource)?.[0] as WorkloadKind;
    if (kind) return workloadKey({ kind, name: object.metadata?.name ?? '' });
    const owner = object.metadata?.ownerReferences?.find((ref) => ref.controller);
    return owner && this.#named(owner.kind, owner.name);
  }

  /** The workload at the end of the chain that starts with an object of this kind and name. */
  #named(kind: string, name: string): string | undefined {
    const workload = kindByName.get(kind);
    if (workload) return workloadKey({ kind: workload, name });
    if (kind === 'Pod') return this.#ownerOf(pods, name);
    if (kind !== 'ReplicaSet') return undefined;
    return this.#ownerOf(workloads.deployment.past, name) ?? `deployment/${name.replace(/-[^-]+$/, '')}`;
  }

  #ownerOf(resource: Resource, name: string): string | undefined {
    const object = this.watch(resource)?.byName(name);
    return object && this.#chain(resource, object);
  }

  #subject(event: CoreV1Event): string | undefined {
    return this.#named(event.involvedObject.kind ?? '', event.involvedObject.name ?? '');
  }
}
