import type { Finding, JudgeContext } from '../../src/deployment/rollout.ts';
import { crashes, ending, restarts } from './crashes.ts';
import { readyLostAt } from './doom-pods.ts';
import { disruption } from './pod-disruption.ts';
import { isReady, type PodView } from './pods.ts';
import { type Clock, clusterClock, instant, isLater, isRecent } from './rollout-clock.ts';
import { cite } from './rollout-events.ts';
import type { RolloutObjects } from './rollout-revision.ts';
import { survey } from './rollout-scene.ts';

/**
 * What broke after the rollout was settled, if anything: a restart, or readiness that was lost (also when it came
 * back since). Only pods of the new revision that stood when the window began count: one that was created later is
 * newly scaled, or stands in for a drained one, and its first minutes are no loss. Nor do pods that are being
 * deleted or evicted, nor those whose node is or was not healthy. Undefined without `settledAt`.
 */
export function stability(objects: RolloutObjects, context: JudgeContext): Finding | undefined {
  if (context.settledAt === undefined) return undefined;
  const window = clusterClock({ ...context, appliedAt: context.settledAt });
  const broken = survey(objects, context)
    .fresh.filter((p) => stoodBefore(p, window) && !disruption(p) && !nodeWasLost(p, window))
    .map((p) => restarted(p, window) ?? lostReadiness(p, window))
    .filter((finding) => finding !== undefined);
  return broken.length > context.tolerateBadPods ? broken[0] : undefined;
}

const stoodBefore = (p: PodView, window: Clock): boolean => (p.created ?? window.now) <= window.appliedAt;

const nodeWasLost = (p: PodView, window: Clock): boolean =>
  p.events.some((e) => e.reason === 'NodeNotReady' && isRecent(e.last, window));

function restarted(p: PodView, window: Clock): Finding | undefined {
  for (const c of p.containers) {
    const crash = crashes(c, window);
    if (!crash || !isLater(crash.at, window)) continue;
    return {
      cause: 'unstable',
      message: `container ${c.name} restarted after the rollout: it ${ending(crash.last)} (${restarts(c.status.restartCount)})`,
      pod: p.name,
      container: c.name,
      init: c.init,
      exitCode: crash.last.exitCode,
      reason: crash.last.reason,
      restarts: c.status.restartCount,
      since: crash.at,
      events: cite(c.events.filter((e) => isRecent(e.last, window))),
    };
  }
  return undefined;
}

function lostReadiness(p: PodView, window: Clock): Finding | undefined {
  const changed = instant(p.pod.status?.conditions?.find((c) => c.type === 'Ready')?.lastTransitionTime);
  // It was ready when the window began: that it is not now needs no clock, that it was not meanwhile does.
  if (isReady(p.pod) && !isLater(changed, window)) return undefined;
  // Not ready since its first second: the autoscaler made it in the second in which the window began.
  if (!isReady(p.pod) && (changed ?? 0) <= (p.created ?? 0)) return undefined;
  const c = p.containers.find((v) => !v.init && !v.status.ready);
  const still = isReady(p.pod) ? 'for a moment' : 'and has not regained it';
  return {
    cause: 'unstable',
    message: `pod ${p.name} lost readiness after the rollout ${still}`,
    pod: p.name,
    container: c?.name,
    init: c?.init,
    restarts: c?.status.restartCount,
    reason: 'Unready',
    since: readyLostAt(p),
    events: cite(p.events.filter((e) => e.reason === 'Unhealthy' && isRecent(e.last, window))),
  };
}
