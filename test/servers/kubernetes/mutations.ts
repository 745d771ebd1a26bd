import { appendFileSync } from 'node:fs';
import { equal } from './json.ts';
import type { KubeObject, Labels, WorkloadSpec } from './object.ts';

/** One write that a client made, as a checker needs it to prove that nothing was applied twice, late or over another. */
export interface Mutation {
  /** Counts from 1; the order in which writes took effect. */
  n: number;
  /** ms since 1970, API server's clock. */
  t: number;
  verb: 'create' | 'update' | 'patch' | 'delete';
  namespace: string;
  kind: string;
  name: string;
  resourceVersion: string;
  generation: number;
  /** What differs: the spec, our annotations, or the whole object. */
  changed: ('spec' | 'annotations' | 'object')[];
  /** Only `release-engineer.dev/…`. */
  annotations: { before: Labels; after: Labels };
  /** Container (init containers included) → image. */
  images: { before: Labels; after: Labels };
  replicas?: number;
  paused?: boolean;
  fieldManager: string;
  userAgent: string;
}

export interface Write {
  verb: Mutation['verb'];
  before?: KubeObject;
  after?: KubeObject;
  fieldManager: string;
  userAgent: string;
}

const logged = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Service', 'HTTPRoute']);

/** Append-only, in memory and where wanted as JSON lines that survive the process. Only clients' writes come here. */
export class MutationLog {
  readonly #entries: Mutation[] = [];
  readonly #file: string | undefined;
  readonly #now: () => number;

  constructor(now: () => number, file?: string) {
    this.#now = now;
    this.#file = file;
  }

  get entries(): readonly Mutation[] {
    return this.#entries;
  }

  /** Records a write when it changed the spec or our annotations of something that is rolled out, or ended a pod. */
  record(write: Write): void {
    const object = write.after ?? write.before;
    if (!object || !(logged.has(object.kind) || (object.kind === 'Pod' && write.verb === 'delete'))) return;
    const changed = changes(write);
    if (changed.length === 0) return;
    const entry = { n: this.#entries.length + 1, t: this.#now(), ...describe(write, object), changed };
    this.#entries.push(entry);
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }
}

function changes({ before, after }: Write): Mutation['changed'] {
  if (!before || !after) return ['object'];
  const spec = equal(before.spec, after.spec) ? [] : (['spec'] as const);
  const annotations = equal(ours(before), ours(after)) ? [] : (['annotations'] as const);
  return [...spec, ...annotations];
}

function describe(write: Write, object: KubeObject): Omit<Mutation, 'n' | 't' | 'changed'> {
  const { verb, before, after, fieldManager, userAgent } = write;
  const { namespace = '', name, resourceVersion, generation = 0 } = object.metadata;
  const { replicas, paused } = (object.spec ?? {}) as Partial<WorkloadSpec>;
  return {
    verb,
    namespace,
    kind: object.kind,
    name,
    resourceVersion,
    generation,
    annotations: { before: ours(before), after: ours(after) },
    images: { before: images(before), after: images(after) },
    ...(replicas !== undefined && { replicas }),
    ...(paused !== undefined && { paused }),
    fieldManager,
    userAgent,
  };
}

const ours = (object: KubeObject | undefined): Labels =>
  Object.fromEntries(
    Object.entries(object?.metadata.annotations ?? {}).filter(([key]) => key.startsWith('release-engineer.dev/')),
  );

function images(object: KubeObject | undefined): Labels {
  const spec = (object?.spec as Partial<WorkloadSpec> | undefined)?.template?.spec;
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return Object.fromEntries(containers.map(({ name, image }) => [name, image]));
}
