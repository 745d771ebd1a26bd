/** What we need from the world, on one screen. `adapters/` keeps these promises; `test/contracts` holds them to it. */
import type { Finding, JudgeContext, Rollout } from './deployment/rollout.ts';
import type { Refusal } from './errors.ts';
import type { Actor, Address, Evidence, Happened, Person, ReleaseEvent } from './release/event.ts';
import type { Place, WorkloadKind } from './release/plan.ts';
import type { Release } from './release/release.ts';
import type { View } from './release/view.ts';

// ── Ledger ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** A small value with a revision of its own: a freeze, a lock, a quarantine, a kept template. */
export interface Kept {
  rev: number;
  value: unknown;
}

/** What else must still be true when the write lands. A stale guard loses, and nothing is written. */
export interface Guard {
  key: string;
  rev: number;
}

/** How a write moves the release in its target's queue. `enter-head` is for rollbacks. */
export type QueueMove = 'enter' | 'enter-head' | 'leave';

export interface ReleaseWrite {
  event: ReleaseEvent;
  /** When it happened, ms of the ledger's clock as `load` returned it; kept with the event, so that refolding agrees. */
  at: number;
  /** The snapshot after the event; its `rev` is one more than the one it was decided on. */
  after: Release;
  /** When to look again, ms of the ledger's clock; null: never by itself. */
  dueAt: number | null;
  queue?: QueueMove;
  /** Only the head of the target's queue may write this. */
  mustHead?: boolean;
  /** A new phase that people wait to read: its cards keep no pace. */
  turns?: boolean;
}

/** One atomic change of the ledger: all of it, or nothing. */
export interface Write {
  /** Idempotency key: a second write under it does nothing and gets the first one's reply. Kept at least 7 days. */
  key?: string;
  /** What the request said, hashed: the same key with another fingerprint is `key-reused`. */
  fingerprint?: string;
  reply?: unknown;
  release?: ReleaseWrite;
  records?: { key: string; value: unknown | null }[];
  guards?: Guard[];
  audit: { actor: string; action: string; subject: string; detail?: unknown };
}

export type Written =
  | { ok: true; now: number /** Head of the queue after a `leave`, due now. */; next?: string }
  | { ok: false; why: 'duplicate'; reply: unknown }
  | { ok: false; why: 'key-reused' | 'conflict' | 'stale-guard' | 'not-head' };

/** One card in one chat. `noted` is the last revision whose thread lines were posted. */
export interface CardState {
  id: string;
  release: string;
  address: Address;
  message?: string;
  shownRev: number;
  noted: number;
}

/**
 * The truth. Every method throws TransientError when the ledger cannot answer; then nothing was done, or (only for
 * `accept` and `commit`) it is unknown, and the same write again settles it.
 */
export interface Ledger {
  /** Writes a command and all that follows from it (a new release, records). */
  accept(write: Write): Promise<Written>;
  /** Writes the next event of a release: compare-and-set on `rev`. */
  commit(write: Write): Promise<Written>;
  /** The snapshot and the ledger's clock, ms. */
  load(id: string): Promise<{ release: Release; now: number } | undefined>;
  /**
   * `load`, by somebody who looks now: what woke the release until now counts as seen, and it is due again after
   * `leaseMs`, so that a look that dies comes back and nobody else looks at the same time.
   */
  look(id: string, leaseMs: number): Promise<{ release: Release; now: number } | undefined>;
  events(id: string, afterRev?: number): Promise<Happened[]>;
  /** Records by key (absent ones have rev 0 and value undefined), and the ledger's clock. */
  read(keys: string[]): Promise<{ records: Kept[]; now: number }>;
  /**
   * Releases of a target: those not finished, in order of acceptance; the queue in order (its head holds the target);
   * the last `limit` finished ones, the latest first. Those whose schema is newer than ours are left out.
   */
  target(key: string, limit: number): Promise<{ active: Release[]; queue: string[]; recent: Release[]; now: number }>;
  /** Every release that is not finished. */
  active(): Promise<Release[]>;
  /** Claims what is due, pushing each claim's due time by `leaseMs`, so that a dead worker's claim comes back. */
  claimDue(limit: number, leaseMs: number): Promise<string[]>;
  /**
   * Due now, no new rev; at most twice a second for one release. Says in how many ms it is due: ring then. Undefined
   * when the release waits for a person alone.
   */
  wake(id: string): Promise<number | undefined>;
  /** Look again at `dueAt`, unless something happened since `rev` or it was woken since the look began. */
  defer(id: string, rev: number, dueAt: number): Promise<void>;
  /** Ids of cards that show less than the ledger knows, final ones first. */
  dirtyCards(limit: number): Promise<string[]>;
  /** The one claim on a card: undefined when another holds it or it is clean. `takenOver` after a dead holder's lease. */
  claimCard(
    id: string,
    leaseMs: number,
  ): Promise<{ card: CardState; claim: string; takenOver: boolean; now: number } | undefined>;
  /**
   * Stores what is shown now, by compare-and-set on the claim, whose lease begins anew. False for a claim that was taken
   * over: then the card is sent once more, as its call may have landed last. `done` gives the card back: dirty again when
   * the release is ahead of `shownRev` or `noted`. `notBefore` delays the next turn; a final card waits only after a failed one, and
   * so does one that lacks a new phase.
   */
  settleCard(claim: string, card: CardState, options: { done: boolean; notBefore?: number }): Promise<boolean>;
  /** True the first time `key` is seen within `ttlMs`. */
  once(key: string, ttlMs: number): Promise<boolean>;
  /** Takes one of `limit` tokens per `windowMs` from a shared bucket; else says how long to wait, ms. */
  take(bucket: string, limit: number, windowMs: number): Promise<{ ok: true } | { ok: false; waitMs: number }>;
  /** A random key, made on first use and shared by every process. 32 bytes. */
  secret(name: string): Promise<Uint8Array>;
  /** What of the ledger's own settings is unsafe; empty when nothing is lost on a crash. */
  warnings(): Promise<string[]>;
  /** The last audit rows, newest first. */
  audit(limit: number): Promise<AuditRow[]>;
  /** A worker says that it lives, and will say so again within `ttlMs`. */
  beat(worker: string, ttlMs: number): Promise<void>;
  /** Workers that are alive. */
  workers(): Promise<string[]>;
  /**
   * How often the ledger was put back to an earlier state (a backup), as seen by a process that remembers more than the
   * ledger does, and up to which of those times its running releases are held.
   */
  epochs(): Promise<{ epoch: number; held: number }>;
  /** Every running release is held for `epoch`. */
  heldEpoch(epoch: number): Promise<void>;
  /** Keys of the targets that have finished releases. */
  targets(): Promise<string[]>;
  /** Ids of a target's finished releases beyond the newest `keep`, the oldest first, without the first `skip` of them. */
  outlived(key: string, keep: number, page: { skip: number; limit: number }): Promise<string[]>;
  /** Forgets a finished release and these records of it, all in one step; false when it is gone or not finished. */
  forget(release: Release, records: string[]): Promise<boolean>;
}

export interface AuditRow {
  at: number;
  actor: string;
  action: string;
  subject: string;
  rev?: number;
  detail?: unknown;
}

// ── Doorbell ────────────────────────────────────────────────────────────────────────────────────────────────────

export type Lane = 'deploy' | 'validate' | 'recover' | 'chat';

/** Says "look now". A ring may be lost, doubled, late or reordered: the sweeper rings again what is overdue. */
export interface Doorbell {
  /** @param afterMs when, if not now */
  ring(lane: Lane, id: string, rev: number, afterMs?: number): Promise<void>;
}

// ── Cluster ─────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ContainerImage {
  name: string;
  init: boolean;
  image: string;
  /** The digest its running pods really have, where they agree. */
  digest?: string;
}

/** A numbered past state of a workload that the cluster still keeps. */
export interface Revision {
  number: string;
  current: boolean;
  createdAt: number;
  containers: ContainerImage[];
  template: unknown;
  /** `release-engineer.dev/release` of the write that made it, where known. */
  release?: string;
}

/** One fresh read of a workload. */
export interface Workload {
  place: Place;
  uid: string;
  resourceVersion: string;
  containers: ContainerImage[];
  template: unknown;
  replicas: number | null;
  paused: boolean;
  /** Name of the HorizontalPodAutoscaler that owns its replicas. */
  autoscaler?: string;
  /** Somebody whose controller would undo our write, and how to make them tolerate us. */
  owner?: { name: string; fix: string };
  revisions: Revision[];
  rollout: Rollout;
  /** Of our annotations on it. */
  mark: { release?: string; op?: string; fence: number };
  /** The API server's clock, ms. */
  serverTime: number;
}

/** One idempotent write. Applying the same `op` again is recognised and does nothing. */
export interface ClusterChange {
  place: Place;
  uid: string;
  release: string;
  op: string;
  fence: number;
  planHash: string;
  set:
    | {
        what: 'images';
        containers: { name: string; init: boolean; image: string }[];
        expect: { name: string; init: boolean; image: string }[];
      }
    | { what: 'template'; template: unknown; replicas: number | null }
    | { what: 'replicas'; replicas: number }
    | { what: 'paused'; paused: boolean };
}

/** What the release last wrote: observed state is judged against it. */
export interface Expectation {
  release: string;
  /** Of the write, or what its id begins with, up to a dot. */
  op: string;
  fence: number;
  containers: { name: string; init: boolean; image: string }[];
}

export interface Observed {
  rollout: Rollout;
  /** Set when somebody else wrote a field that the plan names: their field manager. */
  takenOverBy?: string;
  /** What broke in the stability window, if anything. */
  instability?: Finding;
}

/**
 * One cluster. Reads and writes take at most 10 s. Throws TransientError when it cannot be asked, TerminalError
 * `stale-fence`, `taken-over`, `replaced`, `gone`, `forbidden`, `rejected` when asking again cannot help.
 */
export interface Cluster {
  /**
   * A fresh read; undefined when there is no such workload.
   * @param youngerThan ms: what this process read so lately will do
   */
  inspect(place: Place, youngerThan?: number): Promise<Workload | undefined>;
  /** Asks the API server whether it would take exactly this change. Writes nothing. */
  dryRun(change: ClusterChange): Promise<Refusal | undefined>;
  /** Reads, compares fence and op, writes under the resourceVersion that was read. */
  apply(change: ClusterChange): Promise<{ applied: boolean }>;
  /** Judges the workload: from the watch cache where it is young (pods 10 s), confirmed by a read when `fresh`. */
  observe(place: Place, expect: Expectation, context: JudgeContext, fresh: boolean): Promise<Observed>;
  /** Deletes pods that keep an ordered StatefulSet from returning: broken ones of another revision than the wanted. */
  unstick(place: Place, expect: Expectation): Promise<string[]>;
  /** Logs and events around a finding; answers within `timeoutMs` with what it has. */
  evidence(place: Place, finding: Finding, timeoutMs: number): Promise<Evidence>;
  /** Calls `wake` when something relevant to the release changed; the watch closes a minute after the last `unwatch`. */
  watch(place: Place, release: string, wake: () => void): void;
  unwatch(release: string): void;
  /** What we may not do in these namespaces, one line each naming the right and what is lost without it. */
  missingRights(namespaces: string[]): Promise<string[]>;
}

export interface Clusters {
  get(name: string): Cluster | undefined;
}

// ── Registry, checks, people, chat ──────────────────────────────────────────────────────────────────────────────

export type Resolved =
  | { found: true; digest: string /** `image@digest` */; ref: string }
  | { found: false; near: string[] }
  | { denied: true; say: string; hint: string };

/** Turns what people type into a digest. Throws TransientError naming the registry when it is not answering. */
export interface Registry {
  resolve(image: string, version: string): Promise<Resolved>;
}

/** Asks a URL. Throws nothing: no answer is an answer. */
export interface HttpProbe {
  get(url: string, timeoutMs: number): Promise<{ status: number; body: string } | { failed: string }>;
}

/** Somebody with what they may be counted by. */
export interface Principal extends Person {
  /** Roles are given to these. */
  emails: string[];
  /** `slack:S0RELMGR`, `teams:…`, `user:slack:U1`. */
  groups: string[];
  /** Roles given directly, as an API token carries them. */
  roles: string[];
  /** An API token: it never approves. */
  token: boolean;
}

/** Who somebody is. A Refusal for guests, people of other organisations and the unknown. */
export interface Identity {
  resolve(actor: Actor): Promise<Principal | Refusal>;
}

/** One chat platform. Throws TransientError when a call may be tried again. A failed call never fails a release. */
export interface Chat {
  post(address: Address, view: View): Promise<string>;
  update(address: Address, message: string, view: View): Promise<'ok' | 'gone'>;
  /** A line in the card's thread; `loud` also shows it in the channel. */
  reply(address: Address, message: string, view: View, loud: boolean): Promise<void>;
  /** Least time between two updates of one card, ms. */
  paceMs: number;
  /**
   * What the platform allows: a call takes one from each of these, in this order, until one has none left. Every process
   * of an installation shares them.
   */
  allowances(call: ChatCall, address: Address): readonly Allowance[];
}

export type ChatCall = 'post' | 'update' | 'reply';

/** At most `calls` in any `windowMs`, counted under the name `bucket`. */
export interface Allowance {
  bucket: string;
  calls: number;
  windowMs: number;
}

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type { WorkloadKind };
