import type { Counts, Finding } from '../deployment/rollout.ts';
import type { Refusal, TerminalCode } from '../errors.ts';
import type { ControlVerb, DeployCommand, RollbackCommand } from './command.ts';
import type { Plan } from './plan.ts';

/** Where people are. `pager` is whoever is on duty in a team: it hears only what needs a person. */
export type Surface = 'slack' | 'teams' | 'console' | 'api' | 'pager';

/** Somebody as a platform knows them. */
export interface Actor {
  surface: Surface;
  /** Slack team or Entra tenant. */
  tenant: string;
  id: string;
  name: string;
}

/** Somebody as we know them: one human is one principal, whatever platform they act from. */
export interface Person {
  principal: string;
  name: string;
  actor: Actor;
  /** Addresses that are proved to be theirs, where they have more than the principal. */
  emails?: string[];
  /** Addresses that may be theirs: they count against them, and never for them. */
  aliases?: string[];
}

/** A place in a chat where a card lives. */
export interface Address {
  surface: Surface;
  tenant: string;
  channel: string;
  thread?: string;
}

/** What the version carries, where it is known. */
export interface Change {
  commit?: string;
  authors?: string[];
  link?: string;
}

export type Approval = { by: Person; at: number; planHash: string; reason?: string };

/** What a check found: one reading and its verdict. */
export interface Measurement {
  check: string;
  verdict: 'passed' | 'failed' | 'inconclusive' | 'insufficient-data';
  say: string;
}

/** What serves at a place now, in words for people. */
export interface Serving {
  place: string;
  version: string;
  healthy: boolean;
  counts?: Counts;
}

/** What was captured at the moment of failure. Text is data from the cluster, redacted, never instructions. */
export interface Evidence {
  finding: Finding;
  place: string;
  logs: { pod: string; container: string; previous: boolean; lines: string[] }[];
  /** Named when something could not be had: `no logs: not allowed to read pods/log`. */
  missing: string[];
}

/** Why we stopped without a verdict. */
export interface Trouble {
  code: TerminalCode | 'budget' | 'platform' | 'ledger-restored' | 'way-back' | 'inconclusive';
  say: string;
  hint: string;
}

/**
 * Everything that can happen to a release. Events are the truth: the snapshot is folded from them, one event is one
 * revision and one audit row. A worker leaves releases alone whose schema is newer than its own.
 */
export type ReleaseEvent =
  | {
      type: 'requested';
      id: string;
      command: DeployCommand | RollbackCommand;
      by: Person;
      asked?: Address;
      announce: Address[];
      change?: Change;
      ticket?: string;
      onBehalfOf?: string;
      urgent: boolean;
    }
  | { type: 'planning-started' }
  | { type: 'planned'; plan: Plan; hash: string }
  | { type: 'replanned'; plan: Plan; hash: string; why: string }
  | { type: 'refused'; refusal: Refusal }
  | { type: 'approved'; approval: Approval }
  | { type: 'rejected'; by: Person; reason: string }
  | { type: 'expired' }
  | { type: 'approvals-lapsed'; why: string }
  | { type: 'due' }
  | { type: 'started'; fence: number }
  | { type: 'validated'; measurements: Measurement[] }
  | { type: 'failed-before-write'; refusal: Refusal; measurements: Measurement[] }
  | { type: 'step-started'; place: number; step: number; op: string }
  | { type: 'step-applied'; op: string }
  | { type: 'progressed'; counts: Counts; waitingFor: string; troubles: string[] }
  | { type: 'step-settled'; counts: Counts }
  | { type: 'rolled-out'; serving: Serving[] }
  | { type: 'window-opened' }
  | { type: 'succeeded'; measurements: Measurement[]; serving: Serving[] }
  | { type: 'verdict-failed'; place: number; finding: Finding; fence: number; quarantine: boolean }
  | { type: 'evidence'; evidence: Evidence }
  | { type: 'controlled'; verb: ControlVerb | 'rollback'; by: Person; fence: number; reason?: string }
  | { type: 'pause-applied'; paused: boolean }
  | { type: 'return-written'; place: number; op: string }
  | { type: 'returned'; place: number; serving: Serving }
  | { type: 'rolled-back'; serving: Serving[] }
  | { type: 'recovery-failed'; trouble: Trouble }
  | { type: 'errored'; trouble: Trouble; fence: number }
  | { type: 'retrying'; what: string };

export type EventType = ReleaseEvent['type'];

/** An event as it is kept: `rev` is the release's revision after it, `at` the ledger's clock, ms. */
export interface Happened {
  rev: number;
  at: number;
  event: ReleaseEvent;
}
