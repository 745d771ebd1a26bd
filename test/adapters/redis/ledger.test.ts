import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectRedis } from '../../../adapters/redis/connection.ts';
import { redisLedger } from '../../../adapters/redis/ledger.ts';
import { TerminalError } from '../../../src/errors.ts';
import type { Ledger } from '../../../src/ports.ts';
import { ledgerContract } from '../../contracts/ledger.ts';
import { request } from '../../contracts/ledger-writes.ts';
import { type RedisServer, startRedis } from '../../servers/redis.ts';
import { quiet } from './quiet.ts';

let server: RedisServer;
let redis: Redis;
let made = 0;

beforeAll(async () => {
  server = await startRedis();
  redis = await connectRedis(server.url, quiet);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

function fresh(): { ledger: Ledger; prefix: string } {
  made += 1;
  const prefix = `{re-${made}}`;
  return { ledger: redisLedger(redis, { prefix }), prefix };
}

/** Redis' clock cannot be set: we wait until it says so. */
async function pass(ms: number): Promise<void> {
  const millis = async () => Number((await redis.time()).map(Number).reduce((s, us) => s * 1_000 + us / 1_000));
  const until = (await millis()) + ms;
  while ((await millis()) < until) await pause(5);
}

ledgerContract('Redis', async () => ({ ledger: fresh().ledger, pass }), 25);

describe('a ledger in Redis', () => {
  test('keeps replies for more than seven days', async () => {
    const { ledger, prefix } = fresh();
    await request(ledger, 'a-222', { key: 'slack:1' });

    expect(await redis.pttl(`${prefix}:key:slack:1`)).toBeGreaterThan(7 * 24 * 3_600_000);
  });

  test('names the key whose value is damaged', async () => {
    const { ledger, prefix } = fresh();
    await request(ledger, 'a-222');
    await redis.hset(`${prefix}:release:a-222`, 'snapshot', '{"schema":1,');

    await expect(ledger.load('a-222')).rejects.toThrow(TerminalError);
    await expect(ledger.load('a-222')).rejects.toThrow(`${prefix}:release:a-222 does not hold JSON`);
  });

  test('looking when nothing is due or dirty writes nothing to the disk', async () => {
    const { ledger } = fresh();
    const offset = async () => /aof_current_size:(\d+)/.exec(await redis.info('persistence'))?.[1];
    const before = await offset();
    await ledger.claimDue(10, 1_000);
    await ledger.dirtyCards(10);
    await ledger.workers();
    await ledger.epochs();
    await ledger.target('payments@prod', 5);

    expect(before).toBeDefined();
    expect(await offset()).toBe(before);
  });
});
