import { randomBytes, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Ledger } from '../../src/ports.ts';
import { targetKey } from '../../src/release/command.ts';
import { claimCard, dirtyCards, settleCard } from './cards.ts';
import { unsafeSettings } from './durability.ts';
import { active, audit, events, load, look, read, target } from './read.ts';
import { answered, answers, keyOf, run, runOnce, type Store, schema, script } from './store.ts';
import { carryOut } from './write.ts';

const scripts = {
  claimDue: script('claim-due'),
  wake: script('wake'),
  defer: script('defer'),
  once: script('once'),
  take: script('take'),
  workers: script('workers'),
  epochs: script('epochs'),
  outlived: script('outlived'),
  forget: script('forget'),
};

/**
 * The ledger in Redis. Redis' own clock is the clock of everything in it.
 *
 * @param options.prefix of all our keys; its hash tag keeps them in one slot
 * @param options.durability REDIS_DURABILITY, where Redis does not let us ask how safe it is
 */
export function redisLedger(redis: Redis, options: { prefix?: string; durability?: string } = {}): Ledger {
  const store: Store = { redis, prefix: options.prefix ?? '{re}', seen: 0 };
  return {
    accept: (write) => carryOut(store, write),
    commit: (write) => carryOut(store, write),
    load: (id) => load(store, id),
    look: (id, leaseMs) => look(store, id, leaseMs),
    events: (id, afterRev) => events(store, id, afterRev),
    read: (keys) => read(store, keys),
    target: (key, limit) => target(store, key, limit),
    active: () => active(store),
    claimDue: (limit, leaseMs) => run(store, scripts.claimDue, { limit, leaseMs, schema }),
    wake: async (id) => (await run<number | null>(store, scripts.wake, { id })) ?? undefined,
    defer: async (id, rev, dueAt) => void (await run(store, scripts.defer, { id, rev, dueAt: Math.ceil(dueAt) })),
    dirtyCards: (limit) => dirtyCards(store, limit),
    claimCard: (id, leaseMs) => claimCard(store, id, leaseMs),
    settleCard: (claim, card, how) => settleCard(store, claim, card, how),
    once: async (key, ttlMs) => (await runOnce(store, scripts.once, { key, ttlMs, by: randomUUID() })) === 1,
    take: (bucket, limit, windowMs) => take(store, bucket, limit, windowMs),
    secret: (name) => secret(store, name),
    warnings: () => unsafeSettings(redis, options.durability),
    audit: (limit) => audit(store, limit),
    beat: async (name, ttlMs) => void (await run(store, scripts.workers, { name, ttlMs })),
    workers: () => run(store, scripts.workers, {}),
    epochs: () => epochs(store, {}),
    heldEpoch: async (held) => void (await epochs(store, { held })),
    targets: () => answered(redis.smembers(keyOf(store, 'targets'))),
    outlived: (target, keep, page) => run(store, scripts.outlived, { target, keep, ...page }),
    forget: async ({ id, target }, records) =>
      (await run(store, scripts.forget, { id, target: targetKey(target), records })) === 1,
  };
}

async function take(store: Store, bucket: string, limit: number, windowMs: number): ReturnType<Ledger['take']> {
  const waitMs = await run<number>(store, scripts.take, { bucket, limit, windowMs });
  return waitMs > 0 ? { ok: false, waitMs } : { ok: true };
}

/** Whoever comes first makes it; everybody reads the one that was kept. */
async function secret(store: Store, name: string): Promise<Uint8Array> {
  const key = keyOf(store, 'secret', name);
  const [, kept] = await answers(store.redis.pipeline().setnx(key, randomBytes(32).toString('base64')).get(key).exec());
  return Buffer.from(String(kept), 'base64');
}

async function epochs(store: Store, argument: { held?: number }): Promise<{ epoch: number; held: number }> {
  const [epoch, held, seq] = await run<[number, number, number]>(store, scripts.epochs, argument);
  store.seen = Math.max(store.seen, seq);
  return { epoch, held };
}
