import type { Look, Sight } from './doom-rule.ts';
import { condition, type PodView } from './pods.ts';
import { instant, isRecent } from './rollout-clock.ts';
import { attempts, clip, type Fact } from './rollout-events.ts';

/** The scheduler's cache is behind by moments; what still stands after this is shown, ms. */
const showAfter = 15_000;
/** Three attempts at a mount or a sandbox take two seconds, so an attempt count alone proves nothing, ms. */
const persists = 60_000;

function unscheduledSince(p: PodView): { since?: number; message: string } | undefined {
  const scheduled = condition(p.pod, 'PodScheduled');
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return undefined;
  return { since: instant(scheduled.lastTransitionTime) ?? p.created, message: scheduled.message ?? '' };
}

/**
 * A claim that does not exist is the version's own mistake although the scheduler reports it like a full cluster: no
 * node will ever do. One that exists but is not bound yet is left to `unschedulable` and its budget.
 */
export function claimMissing(p: PodView, look: Look): Sight | undefined {
  const unscheduled = unscheduledSince(p);
  if (!unscheduled || !/persistentvolumeclaim "[^"]+" not found/i.test(unscheduled.message)) return undefined;
  return {
    doomed: look.now - (unscheduled.since ?? look.now) >= showAfter,
    message: clip(`volume claim is missing: ${unscheduled.message}`),
    reason: 'Unschedulable',
    since: unscheduled.since,
    events: p.events.filter((e) => e.reason === 'FailedScheduling'),
  };
}

/** Waiting for a node may end by itself (another pod goes, the autoscaler comes): a trouble first, then the budget. */
export function unschedulable(p: PodView, look: Look): Sight | undefined {
  const unscheduled = unscheduledSince(p);
  const waited = look.now - (unscheduled?.since ?? look.now);
  if (!unscheduled || waited < showAfter) return undefined;
  return {
    doomed: waited >= look.schedulingBudget,
    message: clip(`no node can take it: ${unscheduled.message}`),
    reason: 'Unschedulable',
    since: unscheduled.since,
    events: p.events.filter((e) => /FailedScheduling|ScaleUp/.test(e.reason)),
  };
}

const absent =
  /\b(secret|configmap|persistentvolumeclaim) "(?!kube-root-ca\.crt)[^"]+" not found|references non-existent (secret|config) key/i;
/** Races of the kubelet's caches, of a new namespace and of a driver that is just starting on a new node. */
const passing = /failed to sync .*cache|not registered|kube-root-ca\.crt/i;

/** What failed before any container was made. Once an image is asked for, volumes and sandbox are there. */
function beforeStart(p: PodView, reasons: string[]): Fact[] {
  const idle = p.containers.every((c) =>
    /^(ContainerCreating|PodInitializing)?$/.test(c.status.state?.waiting?.reason ?? '-'),
  );
  if (!idle || p.containers.length === 0) return [];
  const started =
    p.events.filter((e) => ['Pulling', 'Pulled', 'Created', 'Started'].includes(e.reason)).at(-1)?.last ?? 0;
  return p.events.filter((e) => reasons.includes(e.reason) && !passing.test(e.message) && (e.last ?? 0) > started);
}

/** A missing volume source has no container reason at all: only its event tells. */
export function sourceMissing(p: PodView): Sight | undefined {
  const mounts = beforeStart(p, ['FailedMount']);
  const events = mounts.filter((e) => absent.test(e.message));
  const said = events.at(-1)?.message;
  if (!said) return undefined;
  return { doomed: true, message: clip(said), reason: 'FailedMount', since: attempts(events).first, events };
}

/** Attaching, mounting and wiring a pod are retried within seconds; what keeps failing for a minute is the platform. */
const persistent =
  (reasons: string[], what: string) =>
  (p: PodView): Sight | undefined => {
    const events = beforeStart(p, reasons);
    const tried = attempts(events);
    if (tried.count < 3) return undefined;
    const message = clip(`${what}: ${events.at(-1)?.message} (${tried.count} attempts)`);
    return { doomed: tried.spanMs >= persists, message, reason: events.at(-1)?.reason, since: tried.first, events };
  };

export const volumeUnavailable = persistent(['FailedMount', 'FailedAttachVolume'], 'its volumes cannot be mounted');
export const sandboxFailing = persistent(['FailedCreatePodSandBox'], 'its node cannot make a sandbox for it');

/** Failures below the probe's own threshold are what probes are for. Never a verdict by itself: the deadline is. */
export function probeFailing(p: PodView, look: Look): Sight | undefined {
  for (const c of p.containers.filter((v) => !v.status.ready && v.status.state?.running)) {
    const probes = c.events.filter((e) => e.reason === 'Unhealthy' && isRecent(e.last, look));
    const threshold = c.spec?.readinessProbe?.failureThreshold ?? 3;
    if (attempts(probes).count < threshold) continue;
    const said = clip(probes.at(-1)?.message ?? '');
    return {
      doomed: false,
      message: `container ${c.name} is not ready: ${said}`,
      since: readyLostAt(p),
      events: probes,
    };
  }
  return undefined;
}

export const readyLostAt = (p: PodView): number | undefined =>
  instant(condition(p.pod, 'Ready')?.lastTransitionTime) ?? p.created;
