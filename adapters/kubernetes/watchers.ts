import type { Place } from '../../src/release/plan.ts';
import { NamespaceCache, workloadKey } from './cache.ts';
import { calm } from './calm.ts';
import type { KubeClient } from './client.ts';
import type { WatchPace } from './watch.ts';

const calmMs = 250;

interface Watched {
  place: Place;
  wake: () => void;
}

interface Shared {
  cache: NamespaceCache;
  closing?: NodeJS.Timeout;
}

export interface WatchersOptions {
  client: KubeClient;
  onTrouble?: (error: unknown) => void;
  /** Called when nobody looks at a place any more. */
  onLeft?: (place: Place) => void;
  pace?: WatchPace;
  /** How long a namespace is still watched after its last release ended, ms. */
  lingerMs?: number;
}

/** Who wants to be woken, and one shared watch set for each namespace in which somebody does. */
export class Watchers {
  readonly #options: WatchersOptions;
  /** By release: a release may watch several places, a place may be watched by several releases. */
  readonly #watched = new Map<string, Watched[]>();
  readonly #shared = new Map<string, Shared>();

  constructor(options: WatchersOptions) {
    this.#options = options;
  }

  cacheOf(namespace: string): NamespaceCache | undefined {
    return this.#shared.get(namespace)?.cache;
  }

  add(place: Place, release: string, wake: () => void): void {
    const key = workloadKey(place);
    const others = (this.#watched.get(release) ?? []).filter(
      (w) => w.place.namespace !== place.namespace || workloadKey(w.place) !== key,
    );
    const watched: Watched = { place, wake: calm(() => this.#wake(watched, wake), calmMs) };
    this.#watched.set(release, [...others, watched]);
    this.#open(place.namespace).cover(place.kind);
  }

  remove(release: string): void {
    const left = this.#watched.get(release) ?? [];
    this.#watched.delete(release);
    for (const { place } of left) {
      if (!this.#all().some((w) => same(w.place, place))) this.#options.onLeft?.(place);
      if (!this.#all().some((w) => w.place.namespace === place.namespace)) this.#closeLater(place.namespace);
    }
  }

  async close(): Promise<void> {
    const shared = [...this.#shared.values()];
    this.#shared.clear();
    this.#watched.clear();
    for (const { closing } of shared) clearTimeout(closing);
    await Promise.all(shared.map(({ cache }) => cache.close()));
  }

  /** A late one, after the release left, wakes nobody; what a receiver throws is its own trouble. */
  #wake(watched: Watched, wake: () => void): void {
    if (!this.#all().includes(watched)) return;
    try {
      wake();
    } catch (error) {
      this.#options.onTrouble?.(error);
    }
  }

  #all(): Watched[] {
    return [...this.#watched.values()].flat();
  }

  #open(namespace: string): NamespaceCache {
    const shared = this.#shared.get(namespace) ?? { cache: this.#makeCache(namespace) };
    clearTimeout(shared.closing);
    shared.closing = undefined;
    this.#shared.set(namespace, shared);
    return shared.cache;
  }

  #makeCache(namespace: string): NamespaceCache {
    const { client, onTrouble, pace } = this.#options;
    const inHere = () => this.#all().filter((w) => w.place.namespace === namespace);
    return new NamespaceCache({
      client,
      namespace,
      pace,
      onTrouble,
      onChange: (workload) => {
        for (const { place, wake } of inHere()) if (workloadKey(place) === workload) wake();
      },
      onSync: () => {
        for (const { wake } of inHere()) wake();
      },
    });
  }

  #closeLater(namespace: string): void {
    const shared = this.#shared.get(namespace);
    if (!shared || shared.closing) return;
    shared.closing = setTimeout(() => {
      this.#shared.delete(namespace);
      shared.cache.close().catch((error) => this.#options.onTrouble?.(error));
    }, this.#options.lingerMs ?? 60_000);
    shared.closing.unref();
  }
}

const same = (a: Place, b: Place): boolean => a.namespace === b.namespace && workloadKey(a) === workloadKey(b);
