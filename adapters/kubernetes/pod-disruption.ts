import type { V1Pod } from '@kubernetes/client-node';
import { condition, isFinished, isHealthy, nodeOf, type PodView } from './pods.ts';

/** Reasons that a node, the scheduler or a shutdown write into a pod's status. None of them judges the version. */
const reasons = [
  'Evicted',
  'Preempted',
  'Preempting',
  'NodeLost',
  'NodeShutdown',
  'Shutdown',
  'Terminated',
  'NodeAffinity',
  'UnexpectedAdmissionError',
  'TopologyAffinityError',
];

/**
 * Why this pod says nothing about the version: it was evicted, preempted or refused by its node, or the node itself is
 * not healthy (then everything the kubelet last reported is stale). Undefined when the pod may be judged.
 */
export function disruption(view: PodView): string | undefined {
  const { pod, node } = view;
  const reason = pod.status?.reason ?? '';
  if (reasons.includes(reason) || reason.startsWith('OutOf'))
    return `was stopped by its node: ${reason}${said(pod.status?.message)}`;
  const target = condition(pod, 'DisruptionTarget');
  if (target?.status === 'True') return `is being moved away: ${target.reason ?? 'disruption'}${said(target.message)}`;
  if (node && !isHealthy(node)) return `runs on node ${nodeOf(pod)}, which is not ready`;
  if (markedByNodeController(pod)) return `runs on node ${nodeOf(pod)}, which stopped reporting`;
  return isFinished(pod) ? `ended as ${pod.status?.phase}${said(pod.status?.message)}` : undefined;
}

const said = (message: string | undefined) => (message ? ` (${message})` : '');

/** A node that stops reporting takes only Ready away, not ContainersReady: visible without the right to read nodes. */
const markedByNodeController = (pod: V1Pod): boolean =>
  condition(pod, 'Ready')?.status === 'False' &&
  condition(pod, 'ContainersReady')?.status === 'True' &&
  (pod.spec?.readinessGates ?? []).length === 0;
