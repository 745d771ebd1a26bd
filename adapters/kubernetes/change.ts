import type { V1Container, V1PodTemplateSpec } from '@kubernetes/client-node';
import { TerminalError } from '../../src/errors.ts';
import type { ClusterChange } from '../../src/ports.ts';
import { readMark, withMark } from './mark.ts';
import { say } from './resource.ts';
import type { WorkloadObject } from './sight.ts';
import { imageWriter } from './writers.ts';

type Named = { name: string; init: boolean; image: string };
type Template = V1PodTemplateSpec;
type Spec = { template: Template; replicas?: number; paused?: boolean };

/**
 * The object as the change wants it, or undefined when there is nothing to do: the same operation was applied before,
 * or this kind of workload has no such field. Throws TerminalError `replaced`, `stale-fence`, `taken-over`, `rejected`.
 *
 * @param autoscaler who owns the replicas, if anybody
 */
export function changed(
  object: WorkloadObject,
  change: ClusterChange,
  autoscaler: string | undefined,
): WorkloadObject | undefined {
  if (!admit(object, change)) return undefined;
  const spec = { ...(object.spec as Spec) };
  if (!setters[change.set.what]({ object, change, spec, autoscaler })) return undefined;
  const metadata = { ...object.metadata, annotations: withMark(object.metadata?.annotations, change) };
  return { ...object, metadata, spec } as unknown as WorkloadObject;
}

/** False when the same operation was applied before. */
function admit({ metadata }: WorkloadObject, { place, uid, release, op, fence }: ClusterChange): boolean {
  if (metadata?.uid !== uid) {
    const what = `${say(place)} is another object than the one that was planned`;
    throw new TerminalError(
      'replaced',
      what,
      'Somebody deleted and created it again: look at it, then ask for the release again.',
    );
  }
  const mark = readMark(metadata);
  if (mark.op === op) return false;
  // Two installations that read the same fence raise it to the same number: whoever wrote first holds it.
  const another = mark.release !== undefined && mark.release !== release;
  if (mark.fence > fence || (mark.fence === fence && another)) {
    const what = `${say(place)} is held by ${mark.release ?? 'another release'} with fence ${mark.fence}, ours is ${fence}`;
    throw new TerminalError('stale-fence', what, 'A newer release, or another installation, writes it: look there.');
  }
  return true;
}

interface Setting {
  object: WorkloadObject;
  change: ClusterChange;
  /** A copy of the spec, to be changed at its top only. */
  spec: Spec;
  autoscaler: string | undefined;
}

/** Each writes only what its name says; false when this kind of workload has no such field. */
const setters: Record<ClusterChange['set']['what'], (setting: Setting) => boolean> = {
  images: ({ object, change, spec }) => {
    const set = change.set as Extract<ClusterChange['set'], { what: 'images' }>;
    for (const to of set.containers) {
      const expected = set.expect.find((e) => e.name === to.name && e.init === to.init);
      mustBeOurs(object, change, to, [to.image, expected?.image]);
    }
    spec.template = withImages(spec.template, set.containers);
    return true;
  },
  template: ({ change, spec, autoscaler }) => {
    const set = change.set as Extract<ClusterChange['set'], { what: 'template' }>;
    spec.template = set.template as Template;
    if (set.replicas !== null && !autoscaler && change.place.kind !== 'daemonset') spec.replicas = set.replicas;
    if (change.place.kind === 'deployment') spec.paused = false;
    return true;
  },
  replicas: ({ change, spec, autoscaler }) => {
    const set = change.set as Extract<ClusterChange['set'], { what: 'replicas' }>;
    if (change.place.kind === 'daemonset') return false;
    if (autoscaler) throw takenOver(change, `its replicas belong to HorizontalPodAutoscaler ${autoscaler}`);
    spec.replicas = set.replicas;
    return true;
  },
  paused: ({ change, spec }) => {
    const set = change.set as Extract<ClusterChange['set'], { what: 'paused' }>;
    if (change.place.kind !== 'deployment') return false;
    spec.paused = set.paused;
    return true;
  },
};

function mustBeOurs(object: WorkloadObject, change: ClusterChange, to: Named, allowed: (string | undefined)[]): void {
  const now = listOf(object.spec?.template, to.init).find((c) => c.name === to.name);
  if (now && allowed.includes(now.image)) return;
  const writer = imageWriter(object.metadata, to.name, to.init)?.manager ?? 'somebody';
  if (!now) throw takenOver(change, `${writer} removed container ${to.name}`);
  throw takenOver(
    change,
    `${writer} set container ${to.name} to ${now.image}, the plan knows ${allowed.join(' and ')}`,
  );
}

const takenOver = ({ place }: ClusterChange, why: string): TerminalError =>
  new TerminalError(
    'taken-over',
    `${say(place)}: ${why}`,
    'Ask them, then press Resume or Roll back, or take it over.',
  );

const listOf = (template: Template | undefined, init: boolean): V1Container[] =>
  (init ? template?.spec?.initContainers : template?.spec?.containers) ?? [];

function withImages(template: Template, containers: Named[]): Template {
  const renew = (init: boolean) =>
    listOf(template, init).map((c) => {
      const to = containers.find((each) => each.name === c.name && each.init === init);
      return to ? { ...c, image: to.image } : c;
    });
  const spec = { ...template.spec!, containers: renew(false) };
  if (template.spec?.initContainers) spec.initContainers = renew(true);
  return { ...template, spec };
}

/** Whether a change can touch replicas, so that who owns them must be known. */
export const touchesReplicas = ({ set }: ClusterChange): boolean =>
  set.what === 'replicas' || (set.what === 'template' && set.replicas !== null);
