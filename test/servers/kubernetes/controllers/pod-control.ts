import type { Cluster } from '../cluster.ts';
import { recordEvent } from '../events.ts';
import { isReady } from '../kubelet/pod-status.ts';
import { controlledBy, type Fields, type KubeObject, type Labels, type Pod, type PodTemplate } from '../object.ts';
import { endPod } from '../pod-end.ts';

export interface PodPlan {
  name: string;
  generateName?: string;
  labels: Labels;
  nodeName?: string;
  component: string;
}

/** Makes a pod of a template for the object that will control it, and says so in an event. */
export function createPod(cluster: Cluster, owner: KubeObject, template: PodTemplate, plan: PodPlan): Pod {
  const { namespace } = owner.metadata;
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: plan.name,
      ...(plan.generateName && { generateName: plan.generateName }),
      namespace,
      uid: cluster.chance.uid(),
      resourceVersion: '',
      creationTimestamp: cluster.clock.stamp(),
      labels: { ...template.metadata?.labels, ...plan.labels },
      ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
      ownerReferences: [controlledBy(owner)],
    },
    spec: { ...template.spec, serviceAccountName: 'default', ...(plan.nodeName && { nodeName: plan.nodeName }) },
    status: { phase: 'Pending', conditions: [], qosClass: 'BestEffort' },
  };
  say(cluster, owner, plan.component, 'SuccessfulCreate', `Created pod: ${plan.name}`);
  return cluster.store.put('pods', pod);
}

export function deletePod(cluster: Cluster, owner: KubeObject, pod: Pod, component: string): void {
  endPod(cluster, pod);
  say(cluster, owner, component, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
}

export const say = (cluster: Cluster, about: KubeObject, component: string, reason: string, message: string): void =>
  recordEvent(cluster, about, { type: 'Normal', reason, message, component });

export const isEnding = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;

/** Ready for at least minReadySeconds; 0 ms left means available, Infinity means not even ready. */
export function msToAvailable(cluster: Cluster, pod: Pod, minReadySeconds = 0): number {
  if (!isReady(pod)) return Number.POSITIVE_INFINITY;
  const since = pod.status.conditions.find(({ type }) => type === 'Ready')!.lastTransitionTime!;
  return minReadySeconds === 0 ? 0 : Math.max(0, Date.parse(since) + minReadySeconds * 1000 - cluster.clock.now());
}

export interface PodCounts {
  ready: number;
  available: number;
  /** ms until the next pod becomes available by waiting alone; Infinity when none will. */
  nextMs: number;
}

export function countPods(cluster: Cluster, pods: Pod[], minReadySeconds = 0): PodCounts {
  const waits = pods.map((pod) => msToAvailable(cluster, pod, minReadySeconds));
  const pending = waits.filter((ms) => ms > 0);
  return {
    ready: pods.filter(isReady).length,
    available: waits.length - pending.length,
    nextMs: Math.min(...pending, Number.POSITIVE_INFINITY),
  };
}

/** Numbers that are 0 are left out of a status, as Go's omitempty does. */
export const withoutZeros = (counts: Fields): Fields =>
  Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== 0 && value !== undefined));

/** `25%` of a whole, or the number itself. */
export function share(value: number | string | undefined, whole: number, round: 'up' | 'down'): number {
  if (typeof value !== 'string') return value ?? 0;
  const exact = (Number.parseFloat(value) / 100) * whole;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
