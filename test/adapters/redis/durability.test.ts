import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { connectRedis } from '../../../adapters/redis/connection.ts';
import { checkDurability } from '../../../adapters/redis/durability.ts';
import { redisLedger } from '../../../adapters/redis/ledger.ts';
import type { Ledger } from '../../../src/ports.ts';
import { happen, planningStarted, request } from '../../contracts/ledger-writes.ts';
import { type RedisServer, startRedis } from '../../servers/redis.ts';
import { quiet } from './quiet.ts';

const toStop: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of toStop.splice(0).reverse()) await stop();
});

async function started(settings: string[] = []): Promise<{ server: RedisServer; redis: Redis }> {
  const server = await startRedis(settings);
  toStop.push(() => server.stop());
  const redis = await connectRedis(server.url, quiet);
  toStop.push(() => redis.disconnect());
  return { server, redis };
}

const answersAgain = (ledger: Ledger) => vi.waitFor(() => ledger.read([]), { timeout: 5_000, interval: 20 });

describe('kill -9 of Redis', () => {
  test('loses nothing that was acknowledged, five times in a row', async () => {
    const { server, redis } = await started();
    const ledger = redisLedger(redis);
    const acknowledged: string[] = [];
    let asked = 0;
    let stop = false;
    const write = async (): Promise<void> => {
      while (!stop) {
        asked += 1;
        const id = `load-${asked}`;
        const answer = await request(ledger, id).catch(() => pause(10));
        if (answer?.ok) acknowledged.push(id);
      }
    };
    const writers = Array.from({ length: 16 }, write);
    for (let kill = 1; kill <= 5; kill += 1) {
      const enough = acknowledged.length + 150;
      await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(enough), { timeout: 10_000, interval: 5 });
      await server.kill();
      await server.restart();
    }
    await answersAgain(ledger);
    stop = true;
    await Promise.all(writers);
    const found = await Promise.all(acknowledged.map((id) => ledger.load(id)));
    expect(acknowledged.length).toBeGreaterThan(750);
    expect(acknowledged.filter((_, index) => !found[index])).toEqual([]);
    expect(await ledger.epochs()).toEqual({ epoch: 0, held: 0 });
  });
});

/** Puts the files back that Redis had at the time of the copy. */
async function backup(server: RedisServer): Promise<() => Promise<void>> {
  const [files, kept] = [join(server.dir, 'appendonlydir'), join(server.dir, 'backup')];
  await cp(files, kept, { recursive: true });
  return async () => {
    await server.kill();
    await rm(files, { recursive: true });
    await cp(kept, files, { recursive: true });
    await server.restart();
  };
}

describe('an old backup that was put back', () => {
  test('is noticed by whoever remembers more, once, and known to all until it is held', async () => {
    const { server, redis } = await started();
    const ledger = redisLedger(redis);
    await request(ledger, 'a-222');
    const putBack = await backup(server);
    await happen(ledger, 'a-222', planningStarted);
    await putBack();
    await answersAgain(ledger);
    const newcomer = redisLedger(redis);
    expect(await newcomer.epochs()).toEqual({ epoch: 0, held: 0 });

    expect(await ledger.epochs()).toEqual({ epoch: 1, held: 0 });
    expect(await ledger.epochs()).toEqual({ epoch: 1, held: 0 });
    expect(await newcomer.epochs()).toEqual({ epoch: 1, held: 0 });

    await newcomer.heldEpoch(1);
    expect(await ledger.epochs()).toEqual({ epoch: 1, held: 1 });
  });

  test('is noticed by the first write too, before new commits catch up with what was forgotten', async () => {
    const { server, redis } = await started();
    const ledger = redisLedger(redis);
    await request(ledger, 'a-222');
    const putBack = await backup(server);
    await request(ledger, 'b-222');
    await putBack();
    await answersAgain(ledger);

    await request(ledger, 'c-222');
    await request(ledger, 'd-222');

    expect(await ledger.epochs()).toEqual({ epoch: 1, held: 0 });
  });
});

describe('at start', () => {
  test('a safe Redis is taken, and has no warnings', async () => {
    const { redis } = await started();

    expect(await checkDurability(redis, { allowUnsafe: false })).toEqual([]);
    expect(await redisLedger(redis).warnings()).toEqual([]);
  });

  test('an unsafe one is refused, naming each setting, its value and the fix; allowed, every status says so', async () => {
    const { redis } = await started(['--appendfsync', 'everysec', '--maxmemory-policy', 'allkeys-lru']);

    const refusal = await checkDurability(redis, { allowUnsafe: false }).catch(String);
    expect(refusal).toContain('appendfsync is "everysec"');
    expect(refusal).toContain('CONFIG SET appendfsync always');
    expect(refusal).toContain('maxmemory-policy is "allkeys-lru"');
    expect(refusal).toContain('REDIS_ALLOW_UNSAFE');
    expect(refusal).not.toContain('appendonly is');
    const warnings = await checkDurability(redis, { allowUnsafe: true });
    expect(warnings).toHaveLength(2);
    expect(await redisLedger(redis).warnings()).toEqual(warnings);
  });

  test('one that does not let us ask needs somebody to state it', async () => {
    const { redis } = await started(['--rename-command', 'CONFIG', '']);

    const refusal = await checkDurability(redis, { allowUnsafe: false }).catch(String);
    expect(refusal).toContain('does not let us read its settings');
    expect(refusal).toContain('REDIS_DURABILITY=appendfsync-always');
    await expect(checkDurability(redis, { allowUnsafe: false, statedBySetting: 'everysec' })).rejects.toThrow();
    expect(await checkDurability(redis, { allowUnsafe: false, statedBySetting: 'appendfsync-always' })).toEqual([]);
    expect(await redisLedger(redis, { durability: 'appendfsync-always' }).warnings()).toEqual([]);
    expect(await redisLedger(redis).warnings()).toHaveLength(1);
  });

  test('an address where nobody answers is named, without its password', async () => {
    const failure = await connectRedis('redis://:hunter2@127.0.0.1:1', quiet).catch(String);

    expect(failure).toContain('Redis at 127.0.0.1:1 cannot be reached');
    expect(failure).not.toContain('hunter2');
  });
});
