import type { CoreV1Event, V1Node, V1Pod } from '@kubernetes/client-node';
import { TerminalError } from '../../src/errors.ts';
import { type Place, placeKey } from '../../src/release/plan.ts';
import { eventQuery, type NamespaceCache } from './cache.ts';
import type { KubeClient, Query } from './client.ts';
import { events, nodes, pods, type Resource, workloads } from './resource.ts';
import type { RolloutObjects } from './rollout-revision.ts';
import { selectorText } from './selector.ts';
import { gather, type KubeObject, suspectNodes, type WorkloadObject } from './sight.ts';

/**
 * Observed state may be this old, ms. Pods say first what happens, so a quiet watch of them is held against one list;
 * what is around them changes with them, and asking for it as often would double what a quiet rollout costs.
 */
const maxAge = { pods: 10_000, others: 40_000 };
/** A pod this young may well not be ready yet, ms. */
const starting = 10_000;
/** What we were not allowed to read is not asked for again within this time, ms. */
const forbiddenFor = 300_000;

export interface Seen {
  objects: RolloutObjects;
  /** The API server's clock, ms. */
  serverTime: number;
}

type Read = { at: number; objects: KubeObject[] };

/** What is asked for even when the watch is young. */
type Fresh = 'all' | 'workload-and-pods' | 'nothing';

/** Reads a workload and what is around it, from the watch cache where that is young, else by a request. */
export class Reader {
  readonly #client: KubeClient;
  readonly #cacheOf: (namespace: string) => NamespaceCache | undefined;
  /** The last read of each place and resource: a quiet watch is no reason to ask again at every look. */
  readonly #reads = new Map<string, Map<string, Read>>();
  #nodesForbiddenAt = Number.NEGATIVE_INFINITY;
  #eventsForbiddenAt = Number.NEGATIVE_INFINITY;

  constructor(client: KubeClient, cacheOf: (namespace: string) => NamespaceCache | undefined) {
    this.#client = client;
    this.#cacheOf = cacheOf;
  }

  /** One request for each resource: 4 for a Deployment in good health. Undefined when there is no such workload. */
  async fresh(place: Place): Promise<Seen | undefined> {
    return this.#see(place, 'all');
  }

  /** What a plan needs: `fresh` without events, which say nothing of what runs. */
  async plain(place: Place): Promise<Seen | undefined> {
    return this.#see(place, 'all', []);
  }

  /** Two requests: enough to confirm that nothing is wrong. What is around the pods is believed while it is young. */
  async confirmed(place: Place): Promise<Seen | undefined> {
    return this.#see(place, 'workload-and-pods');
  }

  /** As `fresh`, but what the watch said lately is believed. */
  async cached(place: Place): Promise<Seen | undefined> {
    return this.#see(place, 'nothing');
  }

  /** Forgets what was read of a place: nobody looks at it any more. */
  forget(place: Place): void {
    this.#reads.delete(placeKey(place));
  }

  async #see(place: Place, fresh: Fresh, known?: CoreV1Event[]): Promise<Seen | undefined> {
    const { resource, past } = workloads[place.kind];
    const one = () => this.#one(place, resource);
    const isIt = (object: KubeObject) => object.metadata?.name === place.name;
    const found = await this.#get(place, resource, fresh !== 'nothing', one, isIt);
    const [workload] = found as [WorkloadObject | undefined];
    if (!workload) return undefined;
    const labelSelector = selectorText(workload.spec?.selector);
    const all = (what: Resource, query: Query) =>
      this.#get(
        place,
        what,
        fresh === 'all' || (fresh !== 'nothing' && what === pods),
        () => this.#list(place, what, query),
        () => true,
      );
    const [pastObjects, podObjects, eventObjects] = await Promise.all([
      all(past, { labelSelector }),
      all(pods, { labelSelector }),
      known ?? all(events, eventQuery),
    ]);
    const nodeObjects = await this.#nodes(place, podObjects as V1Pod[], fresh === 'all');
    const objects = gather(
      place,
      workload,
      pastObjects,
      podObjects as V1Pod[],
      eventObjects as CoreV1Event[],
      nodeObjects,
    );
    return { objects, serverTime: this.#client.serverNow() };
  }

  async #get(
    place: Place,
    resource: Resource,
    fresh: boolean,
    ask: () => Promise<KubeObject[]>,
    mine: (object: KubeObject) => boolean,
  ): Promise<KubeObject[]> {
    const watch = this.#cacheOf(place.namespace)?.watch(resource);
    const kept = this.#reads.get(placeKey(place))?.get(resource.plural);
    const keptAge = kept ? performance.now() - kept.at : Number.POSITIVE_INFINITY;
    const watchAge = watch?.age ?? Number.POSITIVE_INFINITY;
    if (!fresh && Math.min(watchAge, keptAge) < (resource === pods ? maxAge.pods : maxAge.others)) {
      return watchAge <= keptAge ? watch!.objects.filter(mine) : kept!.objects;
    }
    const at = performance.now();
    const objects = await ask();
    if (watch) this.#keep(place, resource, objects, at);
    return objects;
  }

  /** `at`: when it was asked. What a watch says after that may be newer, even if it comes before the answer. */
  #keep(place: Place, resource: Resource, objects: KubeObject[], at: number): void {
    const key = placeKey(place);
    const reads = this.#reads.get(key) ?? new Map<string, Read>();
    reads.set(resource.plural, { at, objects });
    this.#reads.set(key, reads);
  }

  async #one(place: Place, resource: Resource): Promise<KubeObject[]> {
    const { namespace, name } = place;
    const answer = await this.#client.read<KubeObject>({ verb: 'get', resource, namespace, name });
    return answer ? [answer.body] : [];
  }

  async #list(place: Place, resource: Resource, query: Query): Promise<KubeObject[]> {
    const { namespace } = place;
    if (resource === events && performance.now() - this.#eventsForbiddenAt < forbiddenFor) return [];
    try {
      return (await this.#client.list<KubeObject>({ verb: 'list', resource, namespace }, query)).items;
    } catch (error) {
      if (resource !== events || !isForbidden(error)) throw error;
      this.#eventsForbiddenAt = performance.now();
      return [];
    }
  }

  /** Nodes of pods that are not ready, where we may read nodes: undefined where we may not. */
  async #nodes(place: Place, podObjects: V1Pod[], fresh: boolean): Promise<V1Node[] | undefined> {
    const forbidden = () => performance.now() - this.#nodesForbiddenAt < forbiddenFor;
    if (forbidden()) return undefined;
    const kept = this.#reads.get(placeKey(place))?.get(nodes.plural);
    if (!fresh && kept && performance.now() - kept.at < maxAge.others) return kept.objects as V1Node[];
    const madeBefore = fresh ? Number.POSITIVE_INFINITY : this.#client.serverNow() - starting;
    const at = performance.now();
    const found = await Promise.all(suspectNodes(podObjects, madeBefore).map((name) => this.#node(name)));
    if (forbidden()) return undefined;
    const objects = found.filter((node) => node !== undefined);
    if (found.length > 0) this.#keep(place, nodes, objects, at);
    return objects;
  }

  async #node(name: string): Promise<V1Node | undefined> {
    try {
      return (await this.#client.read<V1Node>({ verb: 'get', resource: nodes, name }))?.body;
    } catch (error) {
      if (!isForbidden(error)) throw error;
      this.#nodesForbiddenAt = performance.now();
      return undefined;
    }
  }
}

const isForbidden = (error: unknown): boolean => error instanceof TerminalError && error.code === 'forbidden';
