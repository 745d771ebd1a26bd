/** What someone asked for, typed and validated: slash text, button, form and REST all become one of these. */

export const strategyNames = ['rolling', 'recreate', 'canary', 'blue-green'] as const;
export type StrategyName = (typeof strategyNames)[number];

export const gateNames = ['approval', 'freeze', 'lock', 'order', 'quarantine', 'return'] as const;
export type GateName = (typeof gateNames)[number];

/** A service in an environment: what a lock guards, and where only one release runs at a time. */
export interface Target {
  service: string;
  environment: string;
}

/** `payments@prod`: the form a target has in keys and logs. */
export const targetKey = (target: Target): string => `${target.service}@${target.environment}`;

/** How a command names a release: by its id, or as "the one under way on this target". */
export type ReleaseRef = { release: string } | { target: Target };

export interface DeployCommand {
  verb: 'deploy';
  target: Target;
  version: string;
  strategy?: StrategyName;
  /** When to start, in the words that were typed; `time.ts` reads them. */
  at?: string;
  overriding?: GateName[] | 'all';
  reason?: string;
}

export interface RollbackCommand {
  verb: 'rollback';
  target: Target;
  /** A version (`2.4.0`) or a revision number (`17`); the previous one when absent. */
  to?: string;
  /** The release whose button was pressed: only what that button promised is done. */
  of?: string;
  reason?: string;
}

export const controlVerbs = ['promote', 'pause', 'resume', 'abort', 'hold', 'take-over'] as const;
export type ControlVerb = (typeof controlVerbs)[number];

export interface ControlCommand {
  verb: ControlVerb;
  on: ReleaseRef;
  reason?: string;
}

export interface DecisionCommand {
  verb: 'approve' | 'reject';
  release: string;
  /** The plan the person saw. A button carries it; typed text does not, and then the current plan is meant. */
  planHash?: string;
  reason?: string;
}

export type GuardCommand =
  | { verb: 'freeze'; environment: string; until?: string; reason: string }
  | { verb: 'unfreeze'; environment: string }
  | { verb: 'lock' | 'unlock'; target: Target; reason: string }
  | { verb: 'release-from-quarantine'; target: Target; reason: string };

export type QuestionCommand =
  | { verb: 'status'; service?: string; environment?: string }
  | { verb: 'history'; service: string; environment?: string }
  | { verb: 'diff'; target: Target; version?: string }
  | { verb: 'plan'; deploy: DeployCommand }
  | { verb: 'why'; release: string }
  | { verb: 'doctor' }
  | { verb: 'help'; about?: string };

export type Command =
  | DeployCommand
  | RollbackCommand
  | ControlCommand
  | DecisionCommand
  | GuardCommand
  | QuestionCommand
  | { verb: 'form' };

export type Verb = Command['verb'];
