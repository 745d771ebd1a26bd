import type { Counts, Finding } from '../deployment/rollout.ts';
import type { Refusal } from '../errors.ts';
import type { DeployCommand, RollbackCommand, Target } from './command.ts';
import type { Address, Approval, Change, Evidence, Measurement, Person, Serving, Trouble } from './event.ts';
import type { Plan } from './plan.ts';

/** The life of a release (docs in ARCHITECTURE.md). The finished ones never change again. */
export const finishedPhases = [
  'succeeded',
  'rolled-back',
  'refused',
  'rejected',
  'expired',
  'cancelled',
  'failed',
  'taken-over',
] as const;
export const waitingPhases = ['requested', 'planning', 'awaiting-approval', 'scheduled', 'queued'] as const;
export const runningPhases = [
  'validating-before',
  'deploying',
  'rolled-out',
  'validating-after',
  'recovering',
  'paused',
  'errored',
] as const;

export type FinishedPhase = (typeof finishedPhases)[number];
export type WaitingPhase = (typeof waitingPhases)[number];
export type RunningPhase = (typeof runningPhases)[number];
export type Phase = FinishedPhase | WaitingPhase | RunningPhase;

/** Where we are in the plan. A step is pending until `step-applied`, then observed until `step-settled`. */
export interface Cursor {
  place: number;
  step: number;
  op?: string;
  startedAt?: number;
  appliedAt?: number;
  /** The most pods of the new revision that were available at once, and since when: the clock of the deadline. */
  best: { available: number; at: number };
}

/** How far the way back is: places in the order in which they return, last touched first. */
export interface Return {
  since: number;
  order: number[];
  written: { place: number; at: number }[];
  done: number[];
}

export interface Release {
  schema: 1;
  id: string;
  /** Grows by one with every event. */
  rev: number;
  phase: Phase;
  kind: 'deploy' | 'rollback';
  target: Target;
  command: DeployCommand | RollbackCommand;
  by: Person;
  asked?: Address;
  announce: Address[];
  change?: Change;
  ticket?: string;
  /** Whom a token asked for: they do not approve it either. */
  onBehalfOf?: string;
  /** A rollback: it goes to the head of the queue and passes approval, freeze, lock and order. */
  urgent: boolean;
  requestedAt: number;
  phaseSince: number;
  plan?: Plan;
  planHash?: string;
  approvals: Approval[];
  approvedAt?: number;
  expiresAt?: number;
  /** Why the plan had to be approved again. */
  replanned?: string;
  fence: number;
  cursor: Cursor;
  /** Places that a write was meant for, in order of the first write: what a return must visit. */
  touched: number[];
  counts?: Counts;
  waitingFor?: string;
  troubles: string[];
  /** Phase to go on with after `paused` or `errored`. */
  resumeTo?: RunningPhase;
  /** Whether the cluster was told to pause (spec.paused), or may have been: then it is told to go on. */
  pausedInCluster: boolean;
  held: boolean;
  retryingSince?: number;
  retryingWhat?: string;
  finding?: Finding;
  failedPlace?: number;
  failedAt?: number;
  /** Whether the verdict put the digest in quarantine. */
  quarantined: boolean;
  evidence?: Evidence;
  trouble?: Trouble;
  returning?: Return;
  returned: Serving[];
  serving: Serving[];
  measurements: Measurement[];
  refusal?: Refusal;
  /** Who ended or stopped it, and why. */
  stoppedBy?: { by: Person; verb: string; reason?: string };
  steps: { place: number; step: number; startedAt: number; settledAt?: number }[];
  rolledOutAt?: number;
  windowOpenedAt?: number;
  promoted: boolean;
  /** A person called it good although a check could not tell. */
  unsureAccepted?: boolean;
  finishedAt?: number;
}

const within = (phases: readonly string[], phase: Phase): boolean => phases.includes(phase);
export const isFinished = (release: Release): boolean => within(finishedPhases, release.phase);
export const isWaiting = (release: Release): boolean => within(waitingPhases, release.phase);
/** Holds its target: nothing else may start there. */
export const isRunning = (release: Release): boolean => within(runningPhases, release.phase);

/** The cluster may carry something of this release. */
export const hasTouched = (release: Release): boolean => release.touched.length > 0;

/** A paused rollout is also told to the cluster, once: pods of a step that may be under way stop being replaced. */
export const needsClusterPause = (release: Release): boolean =>
  release.phase === 'paused' &&
  !release.held &&
  release.resumeTo === 'deploying' &&
  !release.pausedInCluster &&
  release.cursor.op !== undefined;
