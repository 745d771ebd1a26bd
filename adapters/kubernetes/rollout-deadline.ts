import type { JudgeContext } from '../../src/deployment/rollout.ts';
import { rankOf, type Suspicion, worst } from './doom.ts';
import { readyLostAt } from './doom-pods.ts';
import { isAvailable, isFinished, type PodView } from './pods.ts';
import type { Scene } from './rollout-scene.ts';

/** What the deadline says. `late`: pods that had their time. `expired`: nobody is left who still has some. */
export interface Overdue {
  late: Suspicion[];
  expired: boolean;
}

/**
 * The clock runs from our write or the last new maximum of simultaneously available pods, so a pod that comes and goes
 * never winds it back (argo-rollouts#3765). A pod that was created later (the autoscaler, a drained node) gets the
 * whole time of its own, but not more than twice the deadline in all.
 */
export function overdue(scene: Scene, context: JudgeContext): Overdue {
  const { counts, look, sides } = scene;
  const { best, appliedAt, now, progressDeadline } = context;
  const lastProgress = counts.updatedAvailable > best.available ? now : Math.max(appliedAt, best.at);
  const idle = now - lastProgress;
  if (idle < progressDeadline) return { late: [], expired: false };
  const hadTime = (p: PodView) => idle >= 2 * progressDeadline || look.now - (p.created ?? 0) >= progressDeadline;
  const laggards = sides.observed ? scene.fresh.filter((p) => isLagging(p, scene)) : [];
  const late = laggards.filter(hadTime);
  return { late: late.map((p) => lateness(p, scene, idle)), expired: late.length === laggards.length };
}

const isLagging = ({ pod }: PodView, { objects, look }: Scene): boolean =>
  !isFinished(pod) && !isAvailable(pod, objects.workload.spec?.minReadySeconds ?? 0, look.now);

/** The trouble that it already had explains it best, unless its containers got over that and just are not ready. */
function lateness(p: PodView, { suspicions }: Scene, idle: number): Suspicion {
  const known = worst(suspicions.filter((s) => s.finding.pod === p.name));
  const allRunning = p.containers.length > 0 && p.containers.every((c) => c.init || c.status.state?.running);
  if (known && (known.doomed || !allRunning || known.finding.cause === 'node-trouble'))
    return { ...known, doomed: true };
  const laggard = p.containers.find((c) => !c.init && !c.status.ready);
  const inherited = known?.finding.cause === 'not-ready' ? known.finding : undefined;
  const because = inherited ? `: ${inherited.message}` : '';
  return {
    doomed: true,
    rank: rankOf('not-ready'),
    finding: {
      cause: 'not-ready',
      message: `pod ${p.name} did not become available within ${seconds(idle)}${because}`,
      pod: p.name,
      container: inherited?.container ?? laggard?.name,
      init: laggard ? laggard.init : undefined,
      restarts: laggard?.status.restartCount,
      reason: inherited?.reason ?? 'Unready',
      since: inherited?.since ?? readyLostAt(p),
      events: inherited?.events ?? [],
    },
  };
}

/** Nothing of the new revision is at fault, and nothing moves. */
export function stuck(waiting: string, idle: number): Suspicion {
  const message = `nothing moved for ${seconds(idle)}: it waits for ${waiting}`;
  return { doomed: true, rank: rankOf('not-progressing'), finding: { cause: 'not-progressing', message, events: [] } };
}

const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;
