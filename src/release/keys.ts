import { type Target, targetKey } from './command.ts';
import type { Surface } from './event.ts';

/** Names of the ledger's records, in one place. */
export const keys = {
  /** Grows with every release that is accepted on a target: two requests cannot overlook each other. */
  target: (target: Target): string => `target:${targetKey(target)}`,
  fence: (target: Target): string => `fence:${targetKey(target)}`,
  lock: (target: Target): string => `lock:${targetKey(target)}`,
  freeze: (environment: string): string => `freeze:${environment}`,
  quarantine: (target: Target): string => `quarantine:${targetKey(target)}`,
  /** Digests that succeeded here, and when: what "staging first" is judged by. */
  succeeded: (target: Target): string => `succeeded:${targetKey(target)}`,
  /** A release that only the cluster knew, and a person accepted after the ledger was lost. */
  adopted: (target: Target): string => `adopted:${targetKey(target)}`,
  /** What a worker found when it first reached a cluster. */
  diagnosis: (cluster: string): string => `diagnosis:${cluster}`,
  /** What a process was told when it logged in there. */
  chatDiagnosis: (surface: Surface): string => `chat-diagnosis:${surface}`,
  /** A place's kept template: what a return writes. */
  template: (release: string, place: number): string => `template:${release}:${place}`,
};

export interface Freeze {
  by: string;
  reason: string;
  since: number;
  until?: number;
}

export interface Lock {
  by: string;
  reason: string;
  since: number;
  /** Set by us when a workload is ahead of the ledger: what unlocking accepts. */
  ledgerLost?: { fence: number; release: string | null };
}

/** Digest → why it is held back. */
export type Quarantine = Record<string, { version: string; release: string; at: number; why: string }>;

/** Digest → when it succeeded, ms. */
export type Successes = Record<string, number>;

/** A kept pod template and the replicas that went with it. */
export interface KeptTemplate {
  template: unknown;
  replicas: number | null;
}
