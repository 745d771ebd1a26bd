import type { Step } from '../../release/plan.ts';

/** One write; Kubernetes replaces the pods under the workload's own maxSurge and maxUnavailable. */
export const rolling = (): Step[] => [{ kind: 'apply' }];
