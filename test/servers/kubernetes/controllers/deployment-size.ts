import type { Workload } from '../object.ts';
import { share } from './pod-control.ts';

/** The ReplicaSets of a Deployment. */
export interface Sets {
  current: Workload | undefined;
  /** Oldest revision first. */
  old: Workload[];
}

/** How many pods the Deployment asks for. */
export const wanted = (deployment: Workload): number => deployment.spec.replicas ?? 1;

/** How many pods above and below that a rolling update may go. Both 0 would never move, so one may then be missing. */
export function limits(deployment: Workload): { surge: number; unavailable: number } {
  const { maxSurge, maxUnavailable } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = share(maxSurge, wanted(deployment), 'up');
  const unavailable = share(maxUnavailable, wanted(deployment), 'down');
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}
