import { readFileSync } from 'node:fs';
import type { CoreV1Event, V1Deployment, V1Node, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { RolloutObjects } from '../../../adapters/kubernetes/rollout.ts';
import type { JudgeContext } from '../../../src/deployment/rollout.ts';

const folder = new URL('../../fixtures/kubernetes/', import.meta.url);

/** The items of a recorded list, as a watch would give them: timestamps are strings. */
export function recorded<T>(path: string): T[] {
  const list = JSON.parse(readFileSync(new URL(`${path}.json`, folder), 'utf8')) as { items?: T[] };
  return list.items ?? [list as T];
}

export type Recorded = Extract<RolloutObjects, { kind: 'Deployment' }>;

/** One fault (`early/oom`, `rollout-crash`); `name` where a recording holds more than one Deployment. */
export function recording(path: string, name?: string): Recorded {
  const workloads = recorded<V1Deployment>(`${path}.deploy`);
  const workload = workloads.find((w) => name === undefined || w.metadata?.name === name);
  if (!workload) throw new Error(`No Deployment ${name} in ${path}.deploy.json`);
  return {
    kind: 'Deployment',
    workload,
    replicaSets: recorded<V1ReplicaSet>(`${path}.rs`),
    pods: recorded<V1Pod>(`${path}.pods`),
    events: recorded<CoreV1Event>(`${path}.events`),
  };
}

/** The same workload after its node stopped reporting: later pods, events and node, the Deployment as it was. */
export function afterNodeLoss(fault: string): Recorded {
  const isHere = (o: { metadata?: { namespace?: string } }) => o.metadata?.namespace === fault;
  return {
    ...recording(`late/${fault}`),
    pods: recorded<V1Pod>('node-notready/pods').filter(isHere),
    events: recorded<CoreV1Event>('node-notready/events').filter(isHere),
    nodes: recorded<V1Node>('node-notready/nodes'),
  };
}

export const at = (time: string): number => Date.parse(`2026-11-23T${time}Z`);

/** A patient judge: two minutes for progress, two for a node, no bad pod tolerated. */
export function patience(now: number, appliedAt: number, more: Partial<JudgeContext> = {}): JudgeContext {
  return {
    now,
    appliedAt,
    best: { available: 0, at: appliedAt },
    progressDeadline: 120_000,
    schedulingBudget: 120_000,
    tolerateBadPods: 0,
    ...more,
  };
}

/** When its Deployment's newest pod-making write was: the creation of its newest ReplicaSet. */
export function appliedAt({ workload, replicaSets }: Recorded): number {
  const mine = replicaSets.filter((rs) => rs.metadata?.ownerReferences?.some((o) => o.uid === workload.metadata?.uid));
  return Math.max(...mine.map((rs) => new Date(rs.metadata?.creationTimestamp ?? 0).getTime()));
}
