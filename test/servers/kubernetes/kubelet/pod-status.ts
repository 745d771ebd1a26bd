import type { Condition, ContainerStatus, Pod, PodStatus } from '../object.ts';
import { waitingStatus } from './container-life.ts';

/** A pod's status from what its containers say, shaped like the recordings. */
export function podStatus(
  pod: Pod,
  statuses: ReadonlyMap<string, ContainerStatus>,
  stamp: string,
  ip: string,
): PodStatus {
  const initContainerStatuses = pod.spec.initContainers?.map(
    (container) => statuses.get(`init ${container.name}`) ?? waitingStatus(container, { reason: 'PodInitializing' }),
  );
  const incomplete = (initContainerStatuses ?? []).filter((status) => !isComplete(status)).map(({ name }) => name);
  const idle = incomplete.length > 0 ? 'PodInitializing' : 'ContainerCreating';
  const containerStatuses = pod.spec.containers.map(
    (container) => statuses.get(container.name) ?? waitingStatus(container, { reason: idle }),
  );
  const unready = containerStatuses.filter(({ ready }) => !ready).map(({ name }) => name);
  return {
    phase: containerStatuses.some(({ containerID }) => containerID) ? 'Running' : 'Pending',
    conditions: [
      condition(pod, 'Initialized', incomplete, stamp),
      condition(pod, 'Ready', unready, stamp),
      condition(pod, 'ContainersReady', unready, stamp),
      condition(pod, 'PodScheduled', [], stamp),
    ],
    ...(initContainerStatuses && { initContainerStatuses }),
    containerStatuses,
    hostIP: '10.99.1.2',
    podIP: ip,
    podIPs: [{ ip }],
    qosClass: 'BestEffort',
    startTime: pod.status?.startTime ?? stamp,
  };
}

const isComplete = ({ state }: ContainerStatus): boolean =>
  (state.terminated as { exitCode?: number } | undefined)?.exitCode === 0;

function condition(pod: Pod, type: string, missing: string[], stamp: string): Condition {
  const status = missing.length === 0 ? 'True' : 'False';
  const old = pod.status?.conditions?.find((entry) => entry.type === type);
  const lastTransitionTime = old?.status === status ? old.lastTransitionTime : stamp;
  const head = { type, status, lastProbeTime: null, lastTransitionTime } as const;
  if (status === 'True') return head;
  const init = type === 'Initialized';
  const message = `containers with ${init ? 'incomplete' : 'unready'} status: [${missing.join(' ')}]`;
  return { ...head, reason: init ? 'ContainersNotInitialized' : 'ContainersNotReady', message };
}

export const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
