import {
  currentRevision,
  isNew,
  makePod,
  nextPhase,
  phaseOf,
  type SimPod,
  type SimWorkload,
} from './cluster-workload.ts';

/** What the controllers of the simulation need to know of the world. */
export interface World {
  versionOf: (ref: string) => string;
  badNodes: ReadonlySet<string>;
}

export const isReady = (pod: SimPod, now: number, { badNodes }: World): boolean =>
  phaseOf(pod, now).ready && !badNodes.has(pod.node);

/** Carries a workload from `from` to `to`, change by change, as its controller would. */
export function carry(w: SimWorkload, from: number, to: number, world: World): void {
  let at = from;
  for (;;) {
    control(w, at, world);
    const next = nextChange(w, at);
    if (next === undefined || next > to) return;
    at = next;
  }
}

/** When a workload next changes by itself, ms; undefined when it is at rest. */
export function nextChange(w: SimWorkload, now: number): number | undefined {
  const times = w.pods.map((pod) => nextPhase(pod, now)).filter((at) => at !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** Every step that is possible at this moment. */
export function control(w: SimWorkload, now: number, world: World): void {
  const step = { deployment: rolling, statefulset: ordered, daemonset: oneByOne }[w.place.kind];
  while (step(w, now, world));
}

/** Adds within the surge, takes old ones away only while enough are ready. True when it did something. */
function rolling(w: SimWorkload, now: number, world: World): boolean {
  const fresh = w.pods.filter((pod) => isNew(w, pod));
  const old = w.pods.filter((pod) => !isNew(w, pod));
  if (w.paused) return scaleAsItIs(w, now, world);
  if (fresh.length > w.replicas) return remove(w, unreadyFirst(fresh, now, world)[0]);
  const surge = Math.max(1, Math.ceil(w.replicas / 4));
  if (fresh.length < w.replicas && w.pods.length < w.replicas + surge) return add(w, makePod(w, now, world.versionOf));
  const [candidate] = unreadyFirst(old, now, world);
  if (!candidate) return false;
  const ready = w.pods.filter((pod) => isReady(pod, now, world)).length;
  return !isReady(candidate, now, world) || ready > w.replicas ? remove(w, candidate) : false;
}

/** A paused Deployment keeps its revisions as they are, and only grows or shrinks. */
function scaleAsItIs(w: SimWorkload, now: number, world: World): boolean {
  if (w.pods.length > w.replicas + 1) return remove(w, unreadyFirst(w.pods, now, world)[0]);
  return w.pods.length < w.replicas ? add(w, makePod(w, now, world.versionOf)) : false;
}

/** From the highest ordinal down, each only when all others are ready: a broken pod of the past stops it for ever. */
function ordered(w: SimWorkload, now: number, world: World): boolean {
  const name = (ordinal: number) => `${w.place.name}-${ordinal}`;
  const byOrdinal = (ordinal: number) => w.pods.find((pod) => pod.name === name(ordinal));
  const surplus = w.pods.find((pod) => Number(pod.name.split('-').at(-1)) >= w.replicas);
  if (surplus) return remove(w, surplus);
  const ordinals = Array.from({ length: w.replicas }, (_, n) => n);
  const absent = ordinals.find((n) => !byOrdinal(n));
  if (absent !== undefined) return add(w, makePod(w, now, world.versionOf, name(absent)));
  if (!w.pods.every((pod) => isReady(pod, now, world))) return false;
  const outdated = ordinals
    .toReversed()
    .map(byOrdinal)
    .find((pod) => pod && !isNew(w, pod));
  return remove(w, outdated);
}

/** One pod for each node, replaced one at a time. */
function oneByOne(w: SimWorkload, now: number, world: World): boolean {
  if (w.pods.length < w.replicas) return add(w, makePod(w, now, world.versionOf));
  const outdated = unreadyFirst(
    w.pods.filter((pod) => !isNew(w, pod)),
    now,
    world,
  )[0];
  if (!outdated) return false;
  const waiting = w.pods.some((pod) => pod !== outdated && !isReady(pod, now, world));
  return waiting ? false : remove(w, outdated);
}

const unreadyFirst = (pods: SimPod[], now: number, world: World): SimPod[] =>
  [...pods].sort((a, b) => Number(isReady(a, now, world)) - Number(isReady(b, now, world)));

function add(w: SimWorkload, pod: SimPod): boolean {
  w.pods = [...w.pods, pod];
  return true;
}

function remove(w: SimWorkload, pod: SimPod | undefined): boolean {
  w.pods = w.pods.filter((each) => each !== pod);
  return pod !== undefined;
}

/** Fills a workload with pods that have been ready for long. */
export function populate(w: SimWorkload, now: number, world: World): void {
  const ordinal = (n: number) => (w.place.kind === 'statefulset' ? `${w.place.name}-${n}` : undefined);
  const long = now - 3_600_000;
  w.pods = Array.from({ length: w.replicas }, (_, n) => makePod(w, long, world.versionOf, ordinal(n)));
  currentRevision(w).createdAt = long;
}
