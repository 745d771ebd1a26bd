import type { CauseCode, Finding } from '../../src/deployment/rollout.ts';
import { cannotStart, configError, crashLoop, initFailing, livenessFailing, outOfMemory } from './doom-containers.ts';
import { imageNotFound, invalidImage, nodeDiskFull, pullUnauthorized, registryUnavailable } from './doom-images.ts';
import {
  claimMissing,
  probeFailing,
  sandboxFailing,
  sourceMissing,
  unschedulable,
  volumeUnavailable,
} from './doom-pods.ts';
import type { DoomRule, Look, Sight, WorkloadView } from './doom-rule.ts';
import { creationForbidden } from './doom-workload.ts';
import { disruption } from './pod-disruption.ts';
import { type ContainerView, isFinished, type PodView } from './pods.ts';
import { isRecent } from './rollout-clock.ts';
import { cite } from './rollout-events.ts';

/**
 * Every way a pod can fail, the most specific first: the first that sees something speaks for its container, and when
 * pods differ the first in this order is the verdict. The version's own faults stand before the platform's.
 * After krane's `pod.rb` doom rules, which judge the momentary reason; these judge attempts and events as well.
 */
export const doomRules: readonly DoomRule[] = [
  { cause: 'invalid-image', container: invalidImage },
  { cause: 'image-not-found', container: imageNotFound },
  { cause: 'pull-unauthorized', container: pullUnauthorized },
  { cause: 'config-error', container: configError },
  { cause: 'cannot-start', container: cannotStart },
  { cause: 'out-of-memory', container: outOfMemory },
  { cause: 'liveness-failing', container: livenessFailing },
  { cause: 'init-failing', container: initFailing },
  { cause: 'crash-loop', container: crashLoop },
  { cause: 'volume-missing', pod: claimMissing },
  { cause: 'volume-missing', pod: sourceMissing },
  { cause: 'quota-exceeded', workload: creationForbidden },
  { cause: 'registry-unavailable', container: registryUnavailable },
  { cause: 'unschedulable', pod: unschedulable },
  { cause: 'volume-unavailable', pod: volumeUnavailable },
  { cause: 'node-trouble', container: nodeDiskFull },
  { cause: 'node-trouble', pod: sandboxFailing },
  { cause: 'not-ready', pod: probeFailing },
];

/** A finding with its weight: its place in the table, and whether it is a verdict. */
export interface Suspicion {
  finding: Finding;
  doomed: boolean;
  rank: number;
}

/** Everything the table sees in one pod: one suspicion per container, or else one for the pod. */
export function suspect(p: PodView, look: Look): Suspicion[] {
  const away = disruption(p);
  if (away) return displaced(p, away, look);
  const seen = p.containers.flatMap((c) =>
    firstOf((rule) => 'container' in rule && report(p, rule.container(c, look), c)),
  );
  return seen.length > 0 ? seen : firstOf((rule) => 'pod' in rule && report(p, rule.pod(p, look)));
}

/** What the table sees in the workload itself. */
export const suspectWorkload = (w: WorkloadView, look: Look): Suspicion[] =>
  firstOf((rule) => {
    const sight = 'workload' in rule && rule.workload(w, look);
    return sight && { ...sight, events: cite(sight.events) };
  });

/** Where a cause stands in the table; what is not in it stands last. */
export const rankOf = (cause: CauseCode): number => {
  const rank = doomRules.findIndex((rule) => rule.cause === cause);
  return rank < 0 ? doomRules.length : rank;
};

/** The verdict among suspicions: the doomed one that stands first in the table, and the oldest of those. */
export const worst = (suspicions: Suspicion[]): Suspicion | undefined =>
  [...suspicions].sort((a, b) => a.rank - b.rank || (a.finding.since ?? 0) - (b.finding.since ?? 0))[0];

type Report = Omit<Finding, 'cause'> & { doomed: boolean };

function firstOf(apply: (rule: DoomRule) => Report | false | undefined): Suspicion[] {
  for (const [rank, rule] of doomRules.entries()) {
    const report = apply(rule);
    if (!report) continue;
    const { doomed, ...rest } = report;
    return [{ finding: { cause: rule.cause, ...rest }, doomed, rank }];
  }
  return [];
}

function report(p: PodView, sight: Sight | undefined, c?: ContainerView): Report | undefined {
  if (!sight) return undefined;
  const about = c && { container: c.name, init: c.init, restarts: c.status.restartCount };
  return { ...sight, pod: p.name, ...about, events: cite(sight.events) };
}

/** Not the version's fault, and no fact about it: shown, never a verdict. What ended before our write is left out. */
function displaced(p: PodView, message: string, look: Look): Suspicion[] {
  const isPast = !isRecent(p.created, look) && !p.events.some((e) => isRecent(e.last, look));
  if (isFinished(p.pod) && isPast) return [];
  const events = cite(p.events.filter((e) => /Evict|Preempt|NodeNotReady|Taint|OutOf|Kill/.test(e.reason)));
  const rank = rankOf('node-trouble');
  const since = p.events.at(-1)?.last;
  return [
    {
      finding: { cause: 'node-trouble', message: `pod ${p.name} ${message}`, pod: p.name, since, events },
      doomed: false,
      rank,
    },
  ];
}
