import type { Finding, JudgeContext, Rollout } from '../../src/deployment/rollout.ts';
import { type Suspicion, worst } from './doom.ts';
import { overdue, stuck } from './rollout-deadline.ts';
import type { RolloutObjects } from './rollout-revision.ts';
import { type Scene, survey } from './rollout-scene.ts';
import { paused, waitingFor } from './rollout-settled.ts';

export type { RolloutObjects } from './rollout-revision.ts';

/**
 * Turns what a cluster says into what it means: progressing, settled, or doomed and why. Pure: the same objects and
 * context give the same answer. Takes objects as the typed client or a watch gives them (Dates or strings). It never
 * reads Kubernetes' own progress deadline, which restarts on every flap and outlives a repair.
 */
export function judge(objects: RolloutObjects, context: JudgeContext): Rollout {
  const scene = survey(objects, context);
  const bad = scene.suspicions.filter((s) => s.doomed);
  if (exceeds(bad, context)) return doomed(scene, bad);
  const waiting = waitingFor(objects, scene.sides, scene.counts, podsIn(bad).size);
  if (waiting === undefined) return settled(scene);
  if (waiting === paused) return progressing(scene, waiting);
  return againstTheClock(scene, context, bad, waiting);
}

function againstTheClock(scene: Scene, context: JudgeContext, bad: Suspicion[], waiting: string): Rollout {
  const { late, expired } = overdue(scene, context);
  const all = [...bad.filter((s) => !late.some((l) => l.finding.pod === s.finding.pod)), ...late];
  if (exceeds(all, context)) return doomed(scene, all);
  if (waitingFor(scene.objects, scene.sides, scene.counts, podsIn(all).size) === undefined) return settled(scene);
  if (!expired) return progressing(scene, waiting);
  const idle = context.now - Math.max(context.appliedAt, context.best.at);
  return doomed(scene, all.length > 0 ? all : withoutPod(scene.suspicions, stuck(waiting, idle)));
}

/** A trouble of the workload itself explains a standstill better than the standstill does. */
const withoutPod = (suspicions: Suspicion[], otherwise: Suspicion): Suspicion[] => {
  const own = suspicions.filter((s) => s.finding.pod === undefined);
  return own.length > 0 ? own : [otherwise];
};

/** k of N: a verdict needs more bad pods than are tolerated. What concerns no single pod is always one. */
const exceeds = (bad: Suspicion[], { tolerateBadPods }: JudgeContext): boolean =>
  bad.some((s) => s.finding.pod === undefined) || podsIn(bad).size > tolerateBadPods;

const podsIn = (suspicions: Suspicion[]): Set<string> =>
  new Set(suspicions.map((s) => s.finding.pod).filter((pod) => pod !== undefined));

const isSame = (a: Finding, b: Finding | undefined): boolean =>
  a === b || (a.pod !== undefined && a.pod === b?.pod && a.cause === b.cause);

const troublesOf = ({ suspicions }: Scene, except?: Finding): Finding[] =>
  [...suspicions]
    .sort((a, b) => a.rank - b.rank)
    .map((s) => s.finding)
    .filter((finding) => !isSame(finding, except));

function doomed(scene: Scene, bad: Suspicion[]): Rollout {
  const verdict = worst(bad);
  if (!verdict) throw new RangeError('A verdict needs a finding: judge() must not call doomed() without one.');
  const troubles = troublesOf(scene, verdict.finding);
  return { state: 'doomed', counts: scene.counts, revision: scene.sides.revision, finding: verdict.finding, troubles };
}

const settled = (scene: Scene): Rollout => ({
  state: 'settled',
  counts: scene.counts,
  revision: scene.sides.revision,
  troubles: troublesOf(scene),
});

const progressing = (scene: Scene, waiting: string): Rollout => ({
  state: 'progressing',
  counts: scene.counts,
  waitingFor: waiting,
  revision: scene.sides.revision,
  troubles: troublesOf(scene),
});
