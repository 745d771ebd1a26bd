import type { CoreV1Event, V1ObjectMeta } from '@kubernetes/client-node';
import type { Finding } from '../../src/deployment/rollout.ts';
import { instant } from './rollout-clock.ts';

/**
 * An Event, read once. Its count is of attempts, not of time: the kubelet's spam filter stops it growing after about
 * ten, and every spelling of a message is counted apart.
 */
export interface Fact {
  type: string;
  reason: string;
  message: string;
  count: number;
  first?: number;
  last?: number;
  /** `Pod/payments-6b8475d84c-4xqlv` */
  object: string;
  uid?: string;
  /** The container that its fieldPath names. */
  container?: string;
}

/** Reads events in whichever of their three dialects (count, series, eventTime), oldest first. */
export function readEvents(events: CoreV1Event[]): Fact[] {
  return events.map(readEvent).sort((a, b) => (a.last ?? 0) - (b.last ?? 0));
}

function readEvent(event: CoreV1Event): Fact {
  const { involvedObject: about, series } = event;
  const at = instant(event.eventTime) ?? instant(event.metadata.creationTimestamp);
  const first = instant(event.firstTimestamp) ?? at;
  return {
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    message: event.message ?? '',
    count: Math.max(event.count ?? 1, series?.count ?? 1),
    first,
    last: instant(series?.lastObservedTime) ?? instant(event.lastTimestamp) ?? at ?? first,
    object: `${about.kind ?? 'Object'}/${about.name ?? '?'}`,
    uid: about.uid,
    container: about.fieldPath?.match(/ontainers\{(.+)\}/)?.[1],
  };
}

/** Those about one object: by uid, since names come back (a StatefulSet's pods); by name where an event has none. */
export function factsAbout(facts: Fact[], kind: string, metadata: V1ObjectMeta | undefined): Fact[] {
  const object = `${kind}/${metadata?.name}`;
  return facts.filter((f) => (f.uid && metadata?.uid ? f.uid === metadata.uid : f.object === object));
}

/** How often, since when and until when something was tried and failed, over all spellings of its message. */
export function attempts(facts: Fact[]): { count: number; first?: number; last?: number; spanMs: number } {
  const times = facts.flatMap((f) => [f.first, f.last]).filter((t) => t !== undefined);
  const first = times.length > 0 ? Math.min(...times) : undefined;
  const last = times.length > 0 ? Math.max(...times) : undefined;
  return { count: facts.reduce((n, f) => n + f.count, 0), first, last, spanMs: (last ?? 0) - (first ?? 0) };
}

/** What a finding shows of its events: the last five, newest last, each cut to 500 characters. */
export const cite = (facts: Fact[]): Finding['events'] =>
  facts.slice(-5).map(({ reason, message, count, object }) => ({ reason, message: clip(message), count, object }));

/** Cuts text from the cluster to 500 characters. */
export const clip = (text: string): string => (text.length > 500 ? `${text.slice(0, 499)}…` : text);
