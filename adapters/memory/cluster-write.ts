import { TerminalError } from '../../src/errors.ts';
import type { ClusterChange } from '../../src/ports.ts';
import type { Place } from '../../src/release/plan.ts';
import { containersOf, revise, type SimWorkload, type Template } from './cluster-workload.ts';

export const fieldManager = 'release-engineer';
const say = (place: Place): string => `${place.kind} ${place.name} in ${place.cluster}/${place.namespace}`;

/**
 * Carries out a change by the same rules as the API server's: uid, op, fence, then the fields. True when it wrote.
 * Throws TerminalError `replaced`, `stale-fence`, `taken-over`.
 */
export function applyTo(w: SimWorkload, change: ClusterChange, now: number, dry = false): boolean {
  if (!admit(w, change)) return false;
  const write = setters[change.set.what](w, change);
  if (!write) return false;
  if (dry) return true;
  write();
  w.version += 1;
  w.mark = { release: change.release, op: change.op, fence: change.fence };
  revise(w, now);
  return true;
}

function admit(w: SimWorkload, { place, uid, release, op, fence }: ClusterChange): boolean {
  if (w.uid !== uid) {
    const what = `${say(place)} is another object than the one that was planned`;
    throw new TerminalError(
      'replaced',
      what,
      'Somebody deleted and created it again: look at it, then ask for the release again.',
    );
  }
  if (w.mark.op === op) return false;
  const another = w.mark.release !== undefined && w.mark.release !== release;
  if (w.mark.fence > fence || (w.mark.fence === fence && another)) {
    const what = `${say(place)} is held by ${w.mark.release ?? 'another release'} with fence ${w.mark.fence}, ours is ${fence}`;
    throw new TerminalError('stale-fence', what, 'A newer release, or another installation, writes it: look there.');
  }
  return true;
}

/** Each judges first and gives back the write; undefined when this kind of workload has no such field. */
const setters: Record<
  ClusterChange['set']['what'],
  (w: SimWorkload, change: ClusterChange) => (() => void) | undefined
> = {
  images: (w, change) => {
    const set = change.set as Extract<ClusterChange['set'], { what: 'images' }>;
    for (const to of set.containers) mustBeOurs(w, change, to, set.expect);
    return () => {
      for (const to of set.containers) setImage(w, to.name, to.init, to.image, fieldManager);
    };
  },
  template: (w, change) => {
    const set = change.set as Extract<ClusterChange['set'], { what: 'template' }>;
    return () => {
      w.template = structuredClone(set.template) as Template;
      for (const c of containersOf(w.template)) w.writers.set(writerKey(c.name, c.init), fieldManager);
      if (set.replicas !== null && !w.autoscaler && w.place.kind !== 'daemonset') w.replicas = set.replicas;
      w.paused = false;
    };
  },
  replicas: (w, change) => {
    const set = change.set as Extract<ClusterChange['set'], { what: 'replicas' }>;
    if (w.place.kind === 'daemonset') return undefined;
    if (w.autoscaler) throw takenOver(change, `its replicas belong to HorizontalPodAutoscaler ${w.autoscaler}`);
    return () => {
      w.replicas = set.replicas;
    };
  },
  paused: (w, change) => {
    const set = change.set as Extract<ClusterChange['set'], { what: 'paused' }>;
    if (w.place.kind !== 'deployment') return undefined;
    return () => {
      w.paused = set.paused;
    };
  },
};

type Named = { name: string; init: boolean; image: string };

function mustBeOurs(w: SimWorkload, change: ClusterChange, to: Named, expect: Named[]): void {
  const now = containersOf(w.template).find((c) => c.name === to.name && c.init === to.init);
  const expected = expect.find((e) => e.name === to.name && e.init === to.init);
  if (now && (now.image === to.image || now.image === expected?.image)) return;
  const writer = w.writers.get(writerKey(to.name, to.init)) ?? 'somebody';
  if (!now) throw takenOver(change, `${writer} removed container ${to.name}`);
  throw takenOver(change, `${writer} set container ${to.name} to ${now.image}`);
}

const takenOver = ({ place }: ClusterChange, why: string): TerminalError =>
  new TerminalError(
    'taken-over',
    `${say(place)}: ${why}`,
    'Ask them, then press Resume or Roll back, or take it over.',
  );

export const writerKey = (name: string, init: boolean): string => `${init ? 'init ' : ''}${name}`;

/** Writes one container's image in a new template, and who did it. */
export function setImage(w: SimWorkload, name: string, init: boolean, image: string, manager: string): void {
  const renew = (c: { name: string; image: string }) => (c.name === name ? { ...c, image } : c);
  const { containers, initContainers } = w.template.spec;
  const spec = init ? { initContainers: initContainers?.map(renew) } : { containers: containers.map(renew) };
  w.template = { ...w.template, spec: { ...w.template.spec, ...spec } };
  w.writers.set(writerKey(name, init), manager);
}
