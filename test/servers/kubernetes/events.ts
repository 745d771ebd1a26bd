import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import { nameHash } from './json.ts';
import type { KubeObject } from './object.ts';
import type { Store } from './store.ts';

export interface Happening {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  component: string;
  /** The node, for events that a kubelet sends. */
  host?: string;
  /** `spec.containers{app}` */
  fieldPath?: string;
}

interface World {
  store: Store;
  clock: Clock;
  chance: Chance;
}

/** The kubelet's spam filter: counts of one event stop here. */
const mostCounts = 22;
/** Oldest go first beyond this, as they would after an hour. */
const mostPerNamespace = 2000;

/** Records an event; the same thing said again about the same object counts up instead of making a new one. */
export function recordEvent(world: World, about: KubeObject, happening: Happening): void {
  const { namespace, name: subject, uid } = about.metadata;
  const { reason, message, fieldPath = '' } = happening;
  const name = `${subject}.${nameHash(`${uid} ${fieldPath} ${reason} ${message}`, 16)}`;
  const known = world.store.get('events', namespace, name);
  if (!known) {
    world.store.put('events', fresh(world, about, happening, name));
    forgetOldest(world.store, namespace);
  } else if (Number(known.count) < mostCounts)
    world.store.put('events', { ...known, count: Number(known.count) + 1, lastTimestamp: world.clock.stamp() });
}

function fresh({ clock, chance }: World, about: KubeObject, happening: Happening, name: string): KubeObject {
  const { type, reason, message, component, host, fieldPath } = happening;
  const { namespace, name: subject, uid, resourceVersion } = about.metadata;
  const now = clock.stamp();
  const reference = { kind: about.kind, namespace, name: subject, uid, apiVersion: about.apiVersion, resourceVersion };
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name, namespace, uid: chance.uid(), resourceVersion: '', creationTimestamp: now },
    involvedObject: { ...reference, ...(fieldPath && { fieldPath }) },
    reason,
    message,
    source: { component, ...(host && { host }) },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    type,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  };
}

function forgetOldest(store: Store, namespace: string | undefined): void {
  if (store.count('events', namespace) <= mostPerNamespace) return;
  for (const event of store.list('events', namespace).slice(0, 200)) store.remove('events', event);
}
