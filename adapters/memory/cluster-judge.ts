import type { Counts, Finding, JudgeContext, Rollout } from '../../src/deployment/rollout.ts';
import { isReady, type World } from './cluster-control.ts';
import {
  containersOf,
  currentRevision,
  isNew,
  phaseOf,
  phaseStart,
  type SimPod,
  type SimWorkload,
} from './cluster-workload.ts';

export function countsOf(w: SimWorkload, now: number, world: World): Counts {
  const ready = (pods: SimPod[]) => pods.filter((pod) => isReady(pod, now, world)).length;
  const fresh = w.pods.filter((pod) => isNew(w, pod));
  const old = w.pods.filter((pod) => !isNew(w, pod));
  return {
    desired: w.replicas,
    updated: fresh.length,
    updatedReady: ready(fresh),
    updatedAvailable: ready(fresh),
    available: ready(w.pods),
    old: old.length,
    oldAvailable: ready(old),
  };
}

/** What a rollout of the simulation looks like, by the same rules as the judge of real objects. */
export function judge(w: SimWorkload, context: JudgeContext, world: World): Rollout {
  const { now, tolerateBadPods } = context;
  const counts = countsOf(w, now, world);
  const revision = String(currentRevision(w).number);
  const fresh = w.pods.filter((pod) => isNew(w, pod));
  const doomed = fresh.map((pod) => doomOf(pod, now, world)).filter((finding) => finding !== undefined);
  const sick = fresh.filter((pod) => world.badNodes.has(pod.node)).map(nodeTrouble);
  const troubles = [...doomed, ...sick];
  if (doomed.length > tolerateBadPods)
    return { state: 'doomed', counts, revision, finding: doomed[0]!, troubles: troubles.slice(1) };
  const waitingFor = waiting(w, counts, doomed.length);
  if (waitingFor === undefined) return { state: 'settled', counts, revision, troubles };
  const progressing: Rollout = { state: 'progressing', counts, waitingFor, revision, troubles };
  if (waitingFor === 'paused') return progressing;
  const finding = late(fresh, context, counts, waitingFor, world);
  return finding ? { state: 'doomed', counts, revision, finding, troubles } : progressing;
}

function waiting(
  w: SimWorkload,
  { desired, updated, updatedAvailable, old }: Counts,
  tolerated: number,
): string | undefined {
  if (w.paused) return 'paused';
  if (updated < desired) return `${desired - updated} of ${pods(desired, 'new')} to be created`;
  if (updatedAvailable < desired - tolerated)
    return `${desired - updatedAvailable} of ${pods(desired, 'new')} to become available`;
  return old > 0 ? `${pods(old, 'old')} to end` : undefined;
}

const pods = (n: number, which: string) => `${n} ${which} ${n === 1 ? 'pod' : 'pods'}`;

function doomOf(pod: SimPod, now: number, { badNodes }: World): Finding | undefined {
  const phase = phaseOf(pod, now);
  if (!phase.doom || badNodes.has(pod.node)) return undefined;
  const message = filled(phase.doom.message, pod);
  return { cause: phase.doom.cause, message, ...factsOf(pod, now), since: phaseStart(pod, phase) };
}

const nodeTrouble = (pod: SimPod): Finding => ({
  cause: 'node-trouble',
  message: `pod ${pod.name} runs on node ${pod.node}, which is not ready`,
  pod: pod.name,
  events: [],
});

function late(
  fresh: SimPod[],
  context: JudgeContext,
  counts: Counts,
  waitingFor: string,
  world: World,
): Finding | undefined {
  const { now, appliedAt, best, progressDeadline } = context;
  const idle = counts.updatedAvailable > best.available ? 0 : now - Math.max(appliedAt, best.at);
  if (idle < progressDeadline) return undefined;
  const laggard = fresh.find((pod) => !isReady(pod, now, world));
  const seconds = `${Math.round(idle / 1000)} s`;
  if (!laggard) {
    return {
      cause: 'not-progressing',
      message: `nothing moved for ${seconds}: it waits for ${waitingFor}`,
      events: [],
    };
  }
  if (world.badNodes.has(laggard.node)) return nodeTrouble(laggard);
  const message = `pod ${laggard.name} did not become available within ${seconds}`;
  return { cause: 'not-ready', message, ...factsOf(laggard, now), reason: 'Unready', since: laggard.born };
}

/** A restart, or readiness that was lost, since the window began. */
export function instability(w: SimWorkload, context: JudgeContext, world: World): Finding | undefined {
  const { now, settledAt, tolerateBadPods } = context;
  if (settledAt === undefined) return undefined;
  const broken = w.pods.filter((pod) => isNew(w, pod) && pod.born <= settledAt && !world.badNodes.has(pod.node));
  const findings = broken.map((pod) => brokeAfter(pod, settledAt, now)).filter((finding) => finding !== undefined);
  return findings.length > tolerateBadPods ? findings[0] : undefined;
}

function brokeAfter(pod: SimPod, settledAt: number, now: number): Finding | undefined {
  const within = pod.behaviour.phases.filter((p) => phaseStart(pod, p) > settledAt && phaseStart(pod, p) <= now);
  const bad = within.find((phase) => !phase.ready);
  if (!bad) return undefined;
  const restarts = `${bad.restarts} ${bad.restarts === 1 ? 'restart' : 'restarts'}`;
  const message = `container ${pod.container} restarted after the rollout: it exited with code ${bad.exitCode ?? 1} (${restarts})`;
  return { cause: 'unstable', message, ...factsOf(pod, phaseStart(pod, bad)), since: phaseStart(pod, bad) };
}

function factsOf(pod: SimPod, now: number): Omit<Finding, 'cause' | 'message'> {
  const { exitCode, reason, restarts } = phaseOf(pod, now);
  const init = containersOf(pod.revision.template).find((c) => c.name === pod.container)?.init ?? false;
  return { pod: pod.name, container: pod.container, init, exitCode, reason, restarts, events: eventsOf(pod, now) };
}

export function eventsOf(pod: SimPod, now: number): Finding['events'] {
  const { event } = pod.behaviour;
  if (!event || (phaseOf(pod, now).ready && phaseOf(pod, now).restarts === 0)) return [];
  const count = Math.max(1, phaseOf(pod, now).restarts);
  return [{ reason: event.reason, message: filled(event.message, pod), count, object: `Pod/${pod.name}` }];
}

const filled = (text: string, pod: SimPod): string => {
  const image = containersOf(pod.revision.template).find((c) => c.name === pod.container)?.image ?? '';
  return text.replaceAll('{container}', pod.container).replaceAll('{image}', image);
};
