import type { V1DeploymentSpec } from '@kubernetes/client-node';
import type { JudgeContext } from '../../src/deployment/rollout.ts';
import type { Workload } from '../../src/ports.ts';
import type { Place } from '../../src/release/plan.ts';
import { containersOf, withDigests } from './images.ts';
import { readMark } from './mark.ts';
import { ownerOf } from './owners.ts';
import type { Seen } from './reader.ts';
import { revisionsOf } from './revisions.ts';
import { judge } from './rollout.ts';
import { instant } from './rollout-clock.ts';

/** How far back facts are of the present, ms: a crash loop restarts at least every five minutes. */
const present = 900_000;

/** Facts only: nobody waits for this rollout, so no deadline is running. */
const noDeadline = (now: number, created: number): JudgeContext => ({
  now,
  clusterNow: now,
  appliedAt: Math.max(created, now - present),
  best: { available: 0, at: now },
  progressDeadline: Number.POSITIVE_INFINITY,
  schedulingBudget: 60_000,
  tolerateBadPods: 0,
});

/** A workload in our words. */
export function workloadOf(place: Place, { objects, serverTime }: Seen, autoscaler: string | undefined): Workload {
  const { metadata, spec } = objects.workload;
  const { replicas, paused } = (spec ?? {}) as Partial<V1DeploymentSpec>;
  return {
    place,
    uid: metadata?.uid ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
    containers: withDigests(containersOf(spec?.template), objects.pods),
    template: spec?.template,
    replicas: objects.kind === 'DaemonSet' ? null : (replicas ?? 1),
    paused: paused ?? false,
    autoscaler,
    owner: ownerOf(metadata, place),
    revisions: revisionsOf(objects),
    rollout: judge(objects, noDeadline(serverTime, instant(metadata?.creationTimestamp) ?? 0)),
    mark: readMark(metadata),
    serverTime,
  };
}
