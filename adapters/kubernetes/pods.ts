import type { V1Container, V1ContainerStatus, V1Node, V1Pod, V1PodCondition } from '@kubernetes/client-node';
import { instant } from './rollout-clock.ts';
import { type Fact, factsAbout } from './rollout-events.ts';

/** One container of one pod, with what was said about it. */
export interface ContainerView {
  pod: string;
  /** When its pod was created, ms of the API server's clock. */
  podCreated?: number;
  name: string;
  image: string;
  init: boolean;
  /** An init container that keeps running (restartPolicy Always). */
  sidecar: boolean;
  spec?: V1Container;
  status: V1ContainerStatus;
  events: Fact[];
}

/** One pod, with its node and what was said about it. */
export interface PodView {
  name: string;
  pod: V1Pod;
  created?: number;
  node?: V1Node;
  events: Fact[];
  containers: ContainerView[];
}

export function viewPod(pod: V1Pod, facts: Fact[], nodes: V1Node[]): PodView {
  const events = factsAbout(facts, 'Pod', pod.metadata);
  const name = pod.metadata?.name ?? '?';
  return {
    name,
    pod,
    created: instant(pod.metadata?.creationTimestamp),
    node: nodes.find((n) => n.metadata?.name === nodeOf(pod)),
    events,
    containers: [...containersOf(pod, true, events), ...containersOf(pod, false, events)],
  };
}

function containersOf(pod: V1Pod, init: boolean, events: Fact[]): ContainerView[] {
  const specs = (init ? pod.spec?.initContainers : pod.spec?.containers) ?? [];
  const statuses = (init ? pod.status?.initContainerStatuses : pod.status?.containerStatuses) ?? [];
  return statuses.map((status) => {
    const spec = specs.find((s) => s.name === status.name);
    return {
      pod: pod.metadata?.name ?? '?',
      podCreated: instant(pod.metadata?.creationTimestamp),
      name: status.name,
      image: spec?.image ?? status.image,
      init,
      sidecar: init && spec?.restartPolicy === 'Always',
      spec,
      status,
      events: events.filter((e) => e.container === undefined || e.container === status.name),
    };
  });
}

/** The node a pod runs on or, for a DaemonSet's pod that is not bound yet, the one it is meant for. */
export function nodeOf(pod: V1Pod): string | undefined {
  const terms = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const field = terms?.flatMap((t) => t.matchFields ?? []).find((f) => f.key === 'metadata.name');
  return pod.spec?.nodeName ?? field?.values?.[0];
}

export const condition = (pod: V1Pod, type: string): V1PodCondition | undefined =>
  pod.status?.conditions?.find((c) => c.type === type);

export const isDeleting = (pod: V1Pod): boolean => instant(pod.metadata?.deletionTimestamp) !== undefined;

/** Evicted and shut-down pods stay as objects; they neither serve nor count. */
export const isFinished = (pod: V1Pod): boolean => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';

export const isReady = (pod: V1Pod): boolean => !isFinished(pod) && condition(pod, 'Ready')?.status === 'True';

/** Ready for `minReadySeconds`, at `now` (ms of the API server's clock). */
export function isAvailable(pod: V1Pod, minReadySeconds: number, now: number): boolean {
  const since = instant(condition(pod, 'Ready')?.lastTransitionTime);
  return isReady(pod) && (minReadySeconds === 0 || (since !== undefined && now - since >= minReadySeconds * 1000));
}

/** Whether the node can run pods. A cordoned one can run those it has. */
export const isHealthy = (node: V1Node): boolean => node.status?.conditions?.find(isReadyCondition)?.status === 'True';
const isReadyCondition = (c: { type: string }) => c.type === 'Ready';

/** Whether a name list has this container as its own waiting reason. */
export const isWaiting = (c: ContainerView, ...reasons: string[]): boolean =>
  reasons.includes(c.status.state?.waiting?.reason ?? '');
