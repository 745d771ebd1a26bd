import type { CauseCode } from '../../src/deployment/rollout.ts';
import type { ContainerView, PodView } from './pods.ts';
import type { Clock } from './rollout-clock.ts';
import type { Fact } from './rollout-events.ts';

/** What a rule may know besides the pod. */
export interface Look extends Clock {
  /** ms */
  schedulingBudget: number;
}

/** What creates the pods of the new revision, and how that goes. */
export interface WorkloadView {
  /** `ReplicaSet/payments-6b8475d84c` */
  creator: string;
  /** Its ReplicaFailure condition, or the Deployment's own failure to create it. */
  failure?: { message: string; since?: number };
  /** What was said about it. */
  events: Fact[];
  /** New pods that are wanted and not there. */
  missing: number;
  /** Some pod of the workload is going away: room may come by itself. */
  isDraining: boolean;
}

/** What a rule saw. `doomed`: it cannot get better by waiting; otherwise it is a trouble worth showing. */
export interface Sight {
  doomed: boolean;
  message: string;
  since?: number;
  exitCode?: number;
  reason?: string;
  events: Fact[];
}

/** One way to fail. `container` rules come before `pod` rules for the same pod. */
export type DoomRule = { cause: CauseCode } & (
  | { container: (c: ContainerView, look: Look) => Sight | undefined }
  | { pod: (p: PodView, look: Look) => Sight | undefined }
  | { workload: (w: WorkloadView, look: Look) => Sight | undefined }
);
