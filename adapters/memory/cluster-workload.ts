import type { ContainerImage, Workload } from '../../src/ports.ts';
import { canonicalJson, type Place, placeKey, sha256 } from '../../src/release/plan.ts';
import { type Behaviour, behaviourOf, type Phase, worstOf } from './cluster-behaviour.ts';
import { memoryDigest, parseRef } from './digest.ts';

type Named = { name: string; image: string };
export type Template = {
  metadata?: { labels?: Record<string, string> };
  spec: { containers: Named[]; initContainers?: Named[] };
};

export interface SimRevision {
  number: number;
  template: Template;
  createdAt: number;
  release?: string;
}

export interface SimPod {
  name: string;
  node: string;
  revision: SimRevision;
  born: number;
  behaviour: Behaviour;
  /** The container that the behaviour is about. */
  container: string;
  /** Readiness takes a little longer for some pods than for others, ms. */
  lag: number;
}

/** One simulated workload. */
export interface SimWorkload {
  place: Place;
  uid: string;
  version: number;
  template: Template;
  replicas: number;
  paused: boolean;
  autoscaler?: string;
  owner?: Workload['owner'];
  mark: Workload['mark'];
  /** Who last wrote a container's image. */
  writers: Map<string, string>;
  revisions: SimRevision[];
  pods: SimPod[];
  made: number;
}

export const containersOf = (template: Template): ContainerImage[] => [
  ...(template.spec.initContainers ?? []).map(({ name, image }) => ({ name, init: true, image })),
  ...template.spec.containers.map(({ name, image }) => ({ name, init: false, image })),
];

export const currentRevision = (w: SimWorkload): SimRevision => w.revisions.at(-1)!;
export const isNew = (w: SimWorkload, pod: SimPod): boolean => pod.revision === currentRevision(w);

/** The revision of the template: a template that was there before comes back under a new number, as in Kubernetes. */
export function revise(w: SimWorkload, now: number): void {
  const same = w.revisions.find((r) => canonicalJson(r.template) === canonicalJson(w.template));
  if (same && same === w.revisions.at(-1)) return;
  const revision = same ?? { number: 0, template: w.template, createdAt: now };
  revision.number = (w.revisions.at(-1)?.number ?? 0) + 1;
  revision.release = w.mark.release;
  w.revisions = [...w.revisions.filter((r) => r !== revision), revision].slice(-11);
}

export const phaseOf = (pod: SimPod, now: number): Phase =>
  pod.behaviour.phases.findLast((phase) => phaseStart(pod, phase) <= now) ?? pod.behaviour.phases[0]!;

/** Instant at which a phase of a pod begins, ms. */
export const phaseStart = (pod: SimPod, phase: Phase): number => pod.born + phase.at + (phase.at > 0 ? pod.lag : 0);

/** The next time that a pod changes by itself after `now`, ms. */
export const nextPhase = (pod: SimPod, now: number): number | undefined =>
  pod.behaviour.phases.map((phase) => phaseStart(pod, phase)).find((at) => at > now);

const nodes = ['node-1', 'node-2', 'node-3'];

/** Makes a pod of the newest revision. `name` for ordinals; else it gets one. */
export function makePod(w: SimWorkload, now: number, versionOf: (ref: string) => string, name?: string): SimPod {
  const revision = currentRevision(w);
  const containers = containersOf(revision.template);
  const all = containers.map((c) => behaviourOf(versionOf(c.image)));
  const about = worstOf(all);
  const suffix = sha256(`${placeKey(w.place)} ${w.made}`);
  const node = nodes[w.made % nodes.length]!;
  w.made += 1;
  return {
    name: name ?? `${w.place.name}-${sha256(canonicalJson(revision.template)).slice(0, 9)}-${suffix.slice(0, 5)}`,
    node,
    revision,
    born: now,
    behaviour: all[about]!,
    container: containers[about]!.name,
    lag: Number.parseInt(suffix.slice(0, 4), 16) % 1_000,
  };
}

/** The digest that a reference stands for. */
export function digestOf(ref: string): string {
  const { image, version = 'latest', digest } = parseRef(ref);
  return digest ?? memoryDigest(image, version);
}
