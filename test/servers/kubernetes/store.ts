import { controllerOf, type KubeObject } from './object.ts';

export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  plural: string;
  object: KubeObject;
  previous?: KubeObject;
  version: number;
  /** The object as JSON, made once for all watches. */
  json?: string;
}

type Listener = (change: Change) => void;
type Names = Map<string, KubeObject>;

function orNew<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/**
 * All objects, one resourceVersion counter, and a bounded history for watches. Objects are never changed in place:
 * a write puts a new one, so what a reader holds stays as it was.
 */
export class Store {
  readonly #objects = new Map<string, Map<string, Names>>();
  readonly #children = new Map<string, Set<KubeObject>>();
  readonly #listeners = new Set<Listener>();
  readonly #historyLimit: number;
  #history: Change[] = [];
  #version = 1000;
  #compactedAt = 1000;

  /** @param historyLimit how many changes a watch can go back before it hears 410 Gone */
  constructor(historyLimit: number) {
    this.#historyLimit = historyLimit;
  }

  get version(): number {
    return this.#version;
  }

  get<T extends KubeObject>(plural: string, namespace: string | undefined, name: string): T | undefined {
    return this.#names(plural, namespace).get(name) as T | undefined;
  }

  list<T extends KubeObject>(plural: string, namespace?: string): T[] {
    if (namespace !== undefined) return [...this.#names(plural, namespace).values()] as T[];
    return [...(this.#objects.get(plural)?.values() ?? [])].flatMap((names) => [...names.values()]) as T[];
  }

  count(plural: string, namespace: string | undefined): number {
    return this.#names(plural, namespace).size;
  }

  /** What this owner controls. */
  controlled<T extends KubeObject>(owner: KubeObject, kind: string): T[] {
    const children = this.#children.get(owner.metadata.uid) ?? [];
    return [...children].filter((child) => child.kind === kind) as T[];
  }

  /** Writes a new version and tells everyone. Returns the object with its resourceVersion. */
  put<T extends KubeObject>(plural: string, object: T): T {
    const { namespace, name } = object.metadata;
    const names = this.#names(plural, namespace);
    const previous = names.get(name);
    const stored = this.#versioned(object);
    names.set(name, stored);
    this.#reindex(previous, stored);
    this.#tell({ type: previous ? 'MODIFIED' : 'ADDED', plural, object: stored, previous, version: this.#version });
    return stored;
  }

  remove(plural: string, object: KubeObject): void {
    const { namespace, name } = object.metadata;
    const previous = this.#names(plural, namespace).get(name);
    if (!previous) return;
    this.#names(plural, namespace).delete(name);
    this.#reindex(previous, undefined);
    const stored = this.#versioned(previous);
    this.#tell({ type: 'DELETED', plural, object: stored, previous, version: this.#version });
  }

  /** Changes after a version, or undefined when history no longer reaches back to it. */
  since(version: number): Change[] | undefined {
    if (version < this.#compactedAt) return undefined;
    return this.#history.filter((change) => change.version > version);
  }

  /** Forgets all history, as etcd does every few minutes: older watches hear 410 Gone. */
  compact(): void {
    this.#version++;
    this.#history = [];
    this.#compactedAt = this.#version;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #names(plural: string, namespace = ''): Names {
    const namespaces = orNew(this.#objects, plural, () => new Map<string, Names>());
    return orNew(namespaces, namespace, () => new Map<string, KubeObject>());
  }

  #versioned<T extends KubeObject>(object: T): T {
    this.#version++;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
  }

  #reindex(previous: KubeObject | undefined, next: KubeObject | undefined): void {
    const before = previous && controllerOf(previous)?.uid;
    if (previous && before) this.#children.get(before)?.delete(previous);
    const after = next && controllerOf(next)?.uid;
    if (!next || !after) return;
    orNew(this.#children, after, () => new Set<KubeObject>()).add(next);
  }

  #tell(change: Change): void {
    this.#history.push(change);
    if (this.#history.length > this.#historyLimit * 2) this.#shorten();
    for (const listener of this.#listeners) listener(change);
  }

  #shorten(): void {
    this.#history = this.#history.slice(-this.#historyLimit);
    this.#compactedAt = this.#history[0]!.version - 1;
  }
}
