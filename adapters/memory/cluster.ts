import { type Refusal, refuse, TransientError } from '../../src/errors.ts';
import type { Cluster, ClusterChange, Expectation, Observed, Workload } from '../../src/ports.ts';
import { type Place, placeKey, sha256 } from '../../src/release/plan.ts';
import { carry, control, isReady, nextChange, populate, type World } from './cluster-control.ts';
import { type Disturb, gone, Trouble } from './cluster-disturb.ts';
import { evidenceOf } from './cluster-evidence.ts';
import { instability, judge } from './cluster-judge.ts';
import { inspected } from './cluster-view.ts';
import { containersOf, isNew, revise, type SimWorkload, type Template } from './cluster-workload.ts';
import { applyTo, setImage, writerKey } from './cluster-write.ts';
import { memoryDigest, parseRef } from './digest.ts';

/** A workload that is there from the start, with all its pods ready. */
export interface MemoryWorkload {
  place: Place;
  /** `image` with a tag or a digest. How it behaves is in its version: see cluster-behaviour.ts. */
  containers: { name: string; init?: boolean; image: string }[];
  replicas: number;
  autoscaler?: string;
  owner?: Workload['owner'];
}

export interface MemoryClusterOptions {
  /** ms; the only clock there is. */
  now: () => number;
  workloads: MemoryWorkload[];
  name?: string;
  /** Image → its versions: a pod that runs `image@digest` behaves like the version of that digest. */
  images?: Record<string, readonly string[]>;
  /** Wakes watchers when the simulation changes by itself. Only for a clock that runs. */
  wakeTimers?: boolean;
}

export interface MemoryCluster extends Cluster {
  /** When the simulation next changes by itself, ms; a test's clock can jump there. */
  nextChange(): number | undefined;
  disturb: Disturb;
  /** Every write that took effect, in order. */
  writes: ClusterChange[];
  close(): void;
}

/** A cluster in RAM: the same promises as the real one, over a clock that is given. */
export function memoryCluster(options: MemoryClusterOptions): MemoryCluster {
  return new Simulation(options);
}

class Simulation implements MemoryCluster {
  readonly writes: ClusterChange[] = [];
  readonly disturb: Disturb;
  readonly #options: MemoryClusterOptions;
  readonly #workloads = new Map<string, SimWorkload>();
  readonly #badNodes = new Set<string>();
  readonly #world: World;
  readonly #trouble: Trouble;
  readonly #watched = new Map<string, { place: Place; wake: () => void }[]>();
  #carriedTo: number;
  #timer: NodeJS.Timeout | undefined;
  #made = 0;

  constructor(options: MemoryClusterOptions) {
    this.#options = options;
    this.#carriedTo = options.now();
    this.#trouble = new Trouble(options.name ?? 'memory', options.now);
    this.#world = { badNodes: this.#badNodes, versionOf: versionsOf(options.images ?? {}) };
    for (const workload of options.workloads) this.#create(workload);
    this.disturb = this.#disturbances();
  }

  nextChange(): number | undefined {
    const now = this.#now();
    const times = [...this.#workloads.values()].map((w) => nextChange(w, now)).filter((at) => at !== undefined);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  async inspect(place: Place): Promise<Workload | undefined> {
    await this.#trouble.pass();
    const now = this.#now();
    const w = this.#workloads.get(placeKey(place));
    return w && inspected(w, now, this.#world);
  }

  async dryRun(change: ClusterChange): Promise<Refusal | undefined> {
    await this.#trouble.pass();
    applyTo(this.#must(change.place), change, this.#now(), true);
    const refusal = this.#trouble.takeRefusal() ?? invalid(change);
    if (refusal === undefined) return undefined;
    return refuse(
      'dry-run',
      `The API server would not take this change: ${refusal}`,
      'Mend what it names, then ask again.',
    );
  }

  async apply(change: ClusterChange): Promise<{ applied: boolean }> {
    await this.#trouble.pass();
    const w = this.#must(change.place);
    const applied = applyTo(w, structuredClone(change), this.#now());
    if (applied) {
      this.writes.push(structuredClone(change));
      this.#changed(w);
    }
    this.#trouble.answer();
    return { applied };
  }

  async observe(place: Place, expect: Expectation, context: Parameters<Cluster['observe']>[2]): Promise<Observed> {
    await this.#trouble.pass();
    const w = this.#must(place);
    const rollout = judge(w, context, this.#world);
    return { rollout, takenOverBy: takenOverBy(w, expect), instability: instability(w, context, this.#world) };
  }

  async unstick(place: Place, expect: Expectation): Promise<string[]> {
    await this.#trouble.pass();
    const w = this.#must(place);
    if (place.kind !== 'statefulset' || differing(w, expect).length > 0) return [];
    const broken = w.pods.filter((pod) => !isNew(w, pod) && !isReady(pod, this.#now(), this.#world));
    w.pods = w.pods.filter((pod) => !broken.includes(pod));
    if (broken.length > 0) this.#changed(w);
    return broken.map((pod) => pod.name);
  }

  async evidence(place: Place, finding: Parameters<Cluster['evidence']>[1]) {
    try {
      await this.#trouble.pass();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      return { finding, place: placeKey(place), logs: [], missing: [error.message] };
    }
    const now = this.#now();
    return evidenceOf(this.#workloads.get(placeKey(place)), place, finding, now, this.#trouble.logsForbidden);
  }

  watch(place: Place, release: string, wake: () => void): void {
    const others = (this.#watched.get(release) ?? []).filter((w) => placeKey(w.place) !== placeKey(place));
    this.#watched.set(release, [...others, { place, wake }]);
    this.#ringLater();
  }

  unwatch(release: string): void {
    this.#watched.delete(release);
    this.#ringLater();
  }

  async missingRights(namespaces: string[]): Promise<string[]> {
    await this.#trouble.pass();
    if (!this.#trouble.logsForbidden) return [];
    return namespaces.map((namespace) => `${namespace}: not allowed to get pods/log: evidence comes without logs`);
  }

  close(): void {
    this.#watched.clear();
    clearTimeout(this.#timer);
  }

  /** The present, with everything carried up to it. */
  #now(): number {
    const now = this.#options.now();
    for (const w of this.#workloads.values()) carry(w, this.#carriedTo, now, this.#world);
    this.#carriedTo = Math.max(this.#carriedTo, now);
    return now;
  }

  #must(place: Place): SimWorkload {
    this.#now();
    const w = this.#workloads.get(placeKey(place));
    if (!w) throw gone(place);
    return w;
  }

  #create({ place, containers, replicas, autoscaler, owner }: MemoryWorkload): void {
    const of = (init: boolean) =>
      containers.filter((c) => (c.init ?? false) === init).map(({ name, image }) => ({ name, image }));
    const template: Template = {
      metadata: { labels: { app: place.name } },
      spec: { containers: of(false), ...(of(true).length > 0 ? { initContainers: of(true) } : {}) },
    };
    const uid = sha256(`${placeKey(place)} ${this.#made++}`).slice(0, 12);
    const writers = new Map(containers.map((c) => [writerKey(c.name, c.init ?? false), 'kubectl-create']));
    const past = { revisions: [], pods: [], made: 0, mark: { fence: 0 }, paused: false, version: 1 };
    const w: SimWorkload = { place, uid, template, replicas, autoscaler, owner, writers, ...past };
    revise(w, this.#options.now());
    populate(w, this.#options.now(), this.#world);
    this.#workloads.set(placeKey(place), w);
  }

  #changed(w: SimWorkload): void {
    w.version += 1;
    control(w, this.#options.now(), this.#world);
    this.#ring(placeKey(w.place));
    this.#ringLater();
  }

  #ring(key?: string): void {
    const all = [...this.#watched.values()].flat();
    for (const { place, wake } of all) if (key === undefined || placeKey(place) === key) queueMicrotask(wake);
  }

  #ringLater(): void {
    clearTimeout(this.#timer);
    const next = this.#options.wakeTimers && this.#watched.size > 0 ? this.nextChange() : undefined;
    if (next === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#ring();
        this.#ringLater();
      },
      next - this.#options.now() + 1,
    );
    this.#timer.unref();
  }

  #disturbances(): Disturb {
    const change = (place: Place, work: (w: SimWorkload) => unknown) => {
      const w = this.#must(place);
      work(w);
      revise(w, this.#options.now());
      this.#changed(w);
    };
    return {
      setImage: (place, container, image, manager) =>
        change(place, (w) => {
          const init = containersOf(w.template).find((c) => c.name === container)?.init ?? false;
          setImage(w, container, init, image, manager);
        }),
      create: (workload) => this.#create(workload),
      autoscale: (place, autoscaler) => change(place, (w) => Object.assign(w, { autoscaler })),
      scale: (place, replicas) => change(place, (w) => Object.assign(w, { replicas })),
      mark: (place, mark) => change(place, (w) => Object.assign(w, { mark: { ...mark } })),
      replace: (place) => {
        const { template, replicas } = this.#must(place);
        this.#create({ place, containers: containersOf(template), replicas });
        this.#ring(placeKey(place));
      },
      remove: (place) => {
        this.#workloads.delete(placeKey(place));
        this.#ring(placeKey(place));
      },
      node: (name, healthy) => {
        this.#now();
        if (healthy) this.#badNodes.delete(name);
        else this.#badNodes.add(name);
        for (const w of this.#workloads.values()) this.#changed(w);
      },
      unreachable: (ms) => this.#trouble.unreachable(ms),
      hang: () => this.#trouble.hang(),
      loseReplies: (count) => this.#trouble.loseReplies(count),
      refuse: (message) => this.#trouble.refuse(message),
      forbidLogs: () => this.#trouble.forbidLogs(),
    };
  }
}

/** What validation would say of a change. */
function invalid({ set }: ClusterChange): string | undefined {
  if (set.what === 'replicas' && set.replicas < 0) return `spec.replicas: Invalid value: ${set.replicas}`;
  if (set.what === 'images' && set.containers.some((c) => c.image === '')) return 'image: Required value';
  return undefined;
}

/** What a reference's version is: its tag, or the version that has its digest. */
function versionsOf(images: Record<string, readonly string[]>): (ref: string) => string {
  const byDigest = new Map<string, string>();
  for (const [image, versions] of Object.entries(images)) {
    for (const version of versions) byDigest.set(memoryDigest(image, version), version);
  }
  return (ref) => {
    const { version, digest } = parseRef(ref);
    return version ?? (digest && byDigest.get(digest)) ?? 'latest';
  };
}

const differing = (w: SimWorkload, expect: Expectation) => {
  const now = containersOf(w.template);
  return expect.containers.filter((c) => now.find((n) => n.name === c.name && n.init === c.init)?.image !== c.image);
};

function takenOverBy(w: SimWorkload, expect: Expectation): string | undefined {
  const [changed] = differing(w, expect);
  const writer = changed && w.writers.get(writerKey(changed.name, changed.init));
  const other = writer === 'release-engineer' ? undefined : writer;
  if (w.mark.release !== undefined && w.mark.release !== expect.release) return other ?? `release ${w.mark.release}`;
  return changed ? (other ?? 'somebody') : undefined;
}
