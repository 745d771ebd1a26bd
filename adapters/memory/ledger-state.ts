import type { AuditRow } from '../../src/ports.ts';

/** Everything the ledger knows, in RAM. Values are kept as JSON, so that nobody can change them from outside. */
export interface State {
  now: () => number;
  random: (bytes: number) => Uint8Array;
  /** The number of the last commit. */
  seq: number;
  releases: Map<string, KeptRelease>;
  due: Map<string, number>;
  queues: Map<string, string[]>;
  records: Map<string, { rev: number; json: string }>;
  replies: Map<string, { fingerprint: string; json: string; until: number }>;
  /** Writes that were carried out: the same one again is answered as the first time. */
  done: WeakSet<object>;
  cards: Map<string, KeptCard>;
  audit: AuditRow[];
  once: Map<string, number>;
  buckets: Map<string, number[]>;
  secrets: Map<string, Uint8Array>;
  workers: Map<string, number>;
  heldEpoch: number;
}

export interface KeptRelease {
  json: string;
  events: string[];
  rev: number;
  schema: number;
  target: string;
  holds: boolean;
  finished: boolean;
  /** It entered its queue ahead of those that wait. */
  ahead: boolean;
  /** Number of the commit that made it, and of the one that finished it. */
  born: number;
  finishedSeq: number;
  /** The revision of its last new phase. */
  turned: number;
  woken: boolean;
  wokeAt: number;
}

export interface KeptCard {
  release: string;
  address: string;
  message?: string;
  shownRev: number;
  noted: number;
  /** When its turn comes; undefined while it is clean. */
  turn?: number;
  notBefore: number;
  claim?: { token: string; until: number; leaseMs: number /** What was shown then. */; shownRev: number };
  /** The last claim that was given back. */
  settled?: string;
  /** 'owed' after a lease was taken over, 'waits' until the card is sent once more. */
  again?: 'owed' | 'waits';
}

export function emptyState(now: () => number, random: (bytes: number) => Uint8Array): State {
  return {
    now,
    random,
    seq: 0,
    releases: new Map(),
    due: new Map(),
    queues: new Map(),
    records: new Map(),
    replies: new Map(),
    done: new WeakSet(),
    cards: new Map(),
    audit: [],
    once: new Map(),
    buckets: new Map(),
    secrets: new Map(),
    workers: new Map(),
    heldEpoch: 0,
  };
}

export const queueOf = (state: State, target: string): string[] => {
  const queue = state.queues.get(target) ?? [];
  state.queues.set(target, queue);
  return queue;
};

/** Ids by their number, the lowest first. */
export const inOrder = (numbers: Iterable<[string, number]>): string[] =>
  [...numbers].sort(([, a], [, b]) => a - b).map(([id]) => id);
