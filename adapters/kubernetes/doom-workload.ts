import type { Look, Sight, WorkloadView } from './doom-rule.ts';
import { isRecent } from './rollout-clock.ts';
import { attempts, clip } from './rollout-events.ts';

/** Pods are asked for again within this time, and the quota's own count follows deletions within it, ms. */
const settles = 3_000;
/** A webhook or an API server that is away for a moment says nothing about a quota, ms. */
const persists = 60_000;
const passing =
  /failed calling webhook|time(d )?out|deadline exceeded|connection refused|being terminated|try again|etcdserver/i;

/**
 * Pods that may not be created: a quota, or an admission rule. A rolling update under a tight quota heals itself while
 * old pods go away, so it is a verdict only when nothing is going away and pods are still missing.
 */
export function creationForbidden(w: WorkloadView, look: Look): Sight | undefined {
  const events = w.events.filter((e) => e.reason === 'FailedCreate' && isRecent(e.last, look));
  const lastSuccess = w.events.filter((e) => e.reason === 'SuccessfulCreate').at(-1)?.last ?? 0;
  const isStanding = w.failure !== undefined || (events.at(-1)?.last ?? 0) > lastSuccess;
  const said = w.failure?.message ?? events.at(-1)?.message;
  if (w.missing === 0 || !isStanding || !said) return undefined;
  const since = w.failure?.since ?? attempts(events).first ?? look.now;
  const patience = passing.test(said) ? persists : settles;
  return {
    doomed: !w.isDraining && look.now - since >= patience,
    message: clip(`${w.creator} cannot create pods: ${said.replace(/^.*Error creating: /, '')}`),
    reason: 'FailedCreate',
    since,
    events,
  };
}
