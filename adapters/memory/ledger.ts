import { randomBytes } from 'node:crypto';
import type { Ledger } from '../../src/ports.ts';
import { claimCard, dirtyCards, settleCard } from './ledger-cards.ts';
import { claimDue, defer, look, wake } from './ledger-due.ts';
import { forget, outlived, targets } from './ledger-forget.ts';
import { active, events, load, read, target } from './ledger-read.ts';
import { emptyState, inOrder, type State } from './ledger-state.ts';
import { carryOut } from './ledger-write.ts';

/**
 * The ledger in RAM: the same promises as the one in Redis, except that nothing outlives the process.
 *
 * @param options.now the ledger's clock, ms
 * @param options.random bytes for secrets and claims; node's own when absent
 */
export function memoryLedger(options: { now: () => number; random?: (bytes: number) => Uint8Array }): Ledger {
  const state = emptyState(options.now, options.random ?? randomBytes);
  return {
    accept: async (write) => carryOut(state, write),
    commit: async (write) => carryOut(state, write),
    load: async (id) => load(state, id),
    look: async (id, leaseMs) => {
      look(state, id, leaseMs);
      return load(state, id);
    },
    events: async (id, afterRev) => events(state, id, afterRev),
    read: async (keys) => read(state, keys),
    target: async (key, limit) => target(state, key, limit),
    active: async () => active(state),
    claimDue: async (limit, leaseMs) => claimDue(state, limit, leaseMs),
    wake: async (id) => wake(state, id),
    defer: async (id, rev, dueAt) => defer(state, id, rev, dueAt),
    dirtyCards: async (limit) => dirtyCards(state, limit),
    claimCard: async (id, leaseMs) => claimCard(state, id, leaseMs),
    settleCard: async (claim, card, how) => settleCard(state, claim, card, how),
    once: async (key, ttlMs) => once(state, key, ttlMs),
    take: async (bucket, limit, windowMs) => take(state, bucket, limit, windowMs),
    secret: async (name) => secret(state, name),
    warnings: async () => ['The ledger is in memory: everything is forgotten when this process ends.'],
    audit: async (limit) => structuredClone(state.audit.slice(-limit).reverse()),
    beat: async (worker, ttlMs) => void state.workers.set(worker, state.now() + ttlMs),
    workers: async () => inOrder([...state.workers].filter(([, until]) => until > state.now())),
    epochs: async () => ({ epoch: 0, held: state.heldEpoch }),
    heldEpoch: async (epoch) => {
      state.heldEpoch = Math.max(state.heldEpoch, epoch);
    },
    targets: async () => targets(state),
    outlived: async (key, keep, page) => outlived(state, key, keep, page),
    forget: async (release, records) => forget(state, release, records),
  };
}

function once(state: State, key: string, ttlMs: number): boolean {
  const now = state.now();
  if ((state.once.get(key) ?? 0) > now) return false;
  state.once.set(key, now + ttlMs);
  return true;
}

/** Never more than `limit` in any window. */
function take(state: State, bucket: string, limit: number, windowMs: number): Awaited<ReturnType<Ledger['take']>> {
  const now = state.now();
  const taken = (state.buckets.get(bucket) ?? []).filter((at) => at + windowMs > now);
  const oldest = taken[taken.length - limit];
  if (oldest !== undefined) return { ok: false, waitMs: oldest + windowMs - now };
  state.buckets.set(bucket, [...taken, now]);
  return { ok: true };
}

function secret(state: State, name: string): Uint8Array {
  const kept = state.secrets.get(name) ?? state.random(32);
  state.secrets.set(name, kept);
  return Uint8Array.from(kept);
}
