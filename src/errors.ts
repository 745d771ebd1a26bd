/**
 * The four kinds of error. A Refusal is a value; a Failure is an event with evidence (release/event.ts);
 * TransientError and TerminalError are thrown by adapters and end in `advance`.
 */

/** A polite no: nothing happened. `say` tells what and why, `hint` the way forward. Shown to the asker, privately. */
export interface Refusal {
  code: RefusalCode;
  say: string;
  hint: string;
}

/** Every reason to say no, in one place: REST answers with these codes, and the status that belongs to each. */
export const refusalStatus = {
  'not-understood': 400,
  'not-a-time': 400,
  'not-entitled': 403,
  'not-known': 403,
  'self-approval': 403,
  'token-cannot': 403,
  'unknown-service': 404,
  'unknown-release': 404,
  'unknown-version': 404,
  'not-now': 409,
  'stale-button': 409,
  'already-decided': 409,
  frozen: 409,
  locked: 409,
  order: 409,
  quarantined: 409,
  'no-safe-return': 409,
  'owned-by-another': 409,
  'nothing-to-do': 409,
  'nothing-to-return-to': 409,
  'workload-not-found': 409,
  'workload-unsettled': 409,
  'not-supported': 409,
  'ledger-lost': 409,
  'registry-denied': 409,
  'dry-run': 409,
  'key-reused': 422,
} as const;
export type RefusalCode = keyof typeof refusalStatus;

export const refuse = (code: RefusalCode, say: string, hint: string): Refusal => ({ code, say, hint });

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'code' in value && 'say' in value && 'hint' in value;

/** The other side may answer later: try again. Past its budget a release becomes errored, never rolled back. */
export class TransientError extends Error {
  readonly retryAfterMs: number;
  /** It may have been done: the answer was lost, and only the same request again can settle it. */
  readonly unknown: boolean;
  /** @param what which party and which request, without secrets. */
  constructor(what: string, options: { retryAfterMs?: number; unknown?: boolean; cause?: unknown } = {}) {
    super(what, { cause: options.cause });
    this.name = 'TransientError';
    this.retryAfterMs = options.retryAfterMs ?? 1_000;
    this.unknown = options.unknown ?? false;
  }
}

/** Trying again cannot help: a person must look. The release is held and its team is paged. */
export class TerminalError extends Error {
  readonly code: TerminalCode;
  readonly hint: string;
  constructor(code: TerminalCode, say: string, hint: string, cause?: unknown) {
    super(say, { cause });
    this.name = 'TerminalError';
    this.code = code;
    this.hint = hint;
  }
}

export type TerminalCode =
  | 'stale-fence' // a newer release, or another installation, holds this workload
  | 'taken-over' // somebody else wrote a field that the plan names
  | 'replaced' // the workload is another object than the one planned (other uid)
  | 'gone' // the workload does not exist any more
  | 'forbidden' // our own rights do not suffice
  | 'rejected' // the other side will not take this very object, or message
  | 'misconfigured';
