import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectRedis } from '../../adapters/redis/connection.ts';
import { redisLedger } from '../../adapters/redis/ledger.ts';
import type { Ledger } from '../../src/ports.ts';
import { quiet } from '../adapters/redis/quiet.ts';
import { request } from '../contracts/ledger-writes.ts';
import { type RedisServer, startRedis } from '../servers/redis.ts';

let server: RedisServer;
let redis: Redis;
let ledger: Ledger;
const children: ChildProcess[] = [];

beforeAll(async () => {
  server = await startRedis();
  redis = await connectRedis(server.url, quiet);
  ledger = redisLedger(redis);
});
beforeEach(() => redis.flushall());
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

interface Worker {
  child: ChildProcess;
  said: () => string[];
}

async function startWorker(lookMs: number, leaseMs: number): Promise<Worker> {
  const env = { ...process.env, REDIS_URL: server.url, LOOK_MS: String(lookMs), LEASE_MS: String(leaseMs) };
  const child = spawn(process.execPath, [fileURLToPath(new URL('killed-worker.ts', import.meta.url))], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const said = () => output.split('\n').filter(Boolean);
  await vi.waitFor(() => expect(said()).toContain('ready'), { timeout: 10_000 });
  return { child, said };
}

const awaiting = (worker: Worker, line: string, timeout: number) =>
  vi.waitFor(() => expect(worker.said()).toContain(line), { timeout, interval: 10 });

describe('worker processes', () => {
  test('a release whose worker was killed is taken up by another when the claim runs out', async () => {
    const first = await startWorker(60_000, 1_500);
    await request(ledger, 'a-222', { announce: [] });
    await awaiting(first, 'began a-222', 5_000);
    const second = await startWorker(0, 1_500);
    await vi.waitFor(async () => expect(await ledger.workers()).toHaveLength(2));

    first.child.kill('SIGKILL');
    const killed = performance.now();
    await awaiting(second, 'ended a-222', 10_000);

    expect(performance.now() - killed).toBeLessThan(1_500 + 1_500);
  });

  test('on SIGTERM a worker ends its look, exits by itself, and no longer counts as alive', async () => {
    const worker = await startWorker(1_000, 60_000);
    await request(ledger, 'a-222', { announce: [] });
    await awaiting(worker, 'began a-222', 5_000);

    worker.child.kill('SIGTERM');
    const asked = performance.now();
    const [code] = await once(worker.child, 'exit');

    expect(code).toBe(0);
    expect(worker.said()).toContain('ended a-222');
    expect(performance.now() - asked).toBeLessThan(4_000);
    await vi.waitFor(async () => expect(await ledger.workers()).toEqual([]), { timeout: 7_000, interval: 50 });
  });
});
