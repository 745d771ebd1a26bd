import type { ContainerImage, Revision, Workload } from '../../src/ports.ts';
import { isReady, type World } from './cluster-control.ts';
import { judge } from './cluster-judge.ts';
import { containersOf, currentRevision, digestOf, type SimRevision, type SimWorkload } from './cluster-workload.ts';

/** A simulated workload as a fresh read shows it. */
export function inspected(w: SimWorkload, now: number, world: World): Workload {
  const context = { now, appliedAt: 0, best: { available: 0, at: now }, schedulingBudget: 60_000, tolerateBadPods: 0 };
  return {
    place: w.place,
    uid: w.uid,
    resourceVersion: String(w.version),
    containers: containersOf(w.template).map((c) => withDigest(w, c, now, world)),
    template: structuredClone(w.template),
    replicas: w.place.kind === 'daemonset' ? null : w.replicas,
    paused: w.paused,
    autoscaler: w.autoscaler,
    owner: w.owner,
    revisions: w.revisions.toReversed().map((r) => shown(w, r, now, world)),
    rollout: judge(w, { ...context, progressDeadline: Number.POSITIVE_INFINITY }, world),
    mark: { ...w.mark },
    serverTime: now,
  };
}

function shown(w: SimWorkload, revision: SimRevision, now: number, world: World): Revision {
  const { number, createdAt, template, release } = revision;
  const containers = containersOf(template).map((c) => withDigest(w, c, now, world));
  const current = revision === currentRevision(w);
  return { number: String(number), current, createdAt, containers, template: structuredClone(template), release };
}

/** A digest is known of what really runs, and of what names it. */
function withDigest(w: SimWorkload, container: ContainerImage, now: number, world: World): ContainerImage {
  const runs = w.pods.some(
    (pod) => isReady(pod, now, world) && containersOf(pod.revision.template).some((c) => c.image === container.image),
  );
  return runs || container.image.includes('@') ? { ...container, digest: digestOf(container.image) } : container;
}
