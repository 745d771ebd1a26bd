import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { type MemoryDoorbell, memoryDoorbell } from '../../adapters/memory/doorbell.ts';
import { memoryLedger } from '../../adapters/memory/ledger.ts';
import { connectRedis } from '../../adapters/redis/connection.ts';
import { redisLedger } from '../../adapters/redis/ledger.ts';
import { answerIn } from '../../jobs/answer.ts';
import { bullDoorbell } from '../../jobs/queue.ts';
import { stopJobs } from '../../jobs/stop.ts';
import { startSweeper, sweep } from '../../jobs/sweep.ts';
import { startWorkers } from '../../jobs/worker.ts';
import type { Doorbell, Ledger, Log } from '../ports.ts';
import type { World } from '../world.ts';
import { type OwnRedis, onPath, startRedis } from './redis-server.ts';

/** Where the demo writes things down, and what looks at it again. */
export interface Keeping {
  ledger: Ledger;
  doorbell: Doorbell;
  /** What the banner says of it. */
  say: string;
  /** Starts workers and sweeper; the returned function stops them. */
  work(world: World): () => Promise<void>;
  /** Nothing of the demo stays behind. */
  close(): Promise<void>;
}

/** How soon a look that nobody rang for is made, ms. */
const sweepEvery = 250;

/** The Redis of REDIS_URL, else a redis-server of our own where there is one, else memory. */
export async function openLedger(env: NodeJS.ProcessEnv, log: Log): Promise<Keeping> {
  if (env.REDIS_URL) return inRedis(env.REDIS_URL, 'the Redis of REDIS_URL, under keys of its own', log);
  const program = await onPath('redis-server', env.PATH);
  if (program === undefined) return inMemory('in memory, because there is no redis-server on PATH and no REDIS_URL');
  const own = await startRedis(program).catch((error: Error) => error);
  if (own instanceof Error) return inMemory(`in memory, because ${own.message}`);
  return inRedis(own.url, 'a redis-server of its own, every write on disk before it is acknowledged', log, own);
}

function inMemory(say: string): Keeping {
  const doorbell: MemoryDoorbell = memoryDoorbell();
  return {
    ledger: memoryLedger({ now: Date.now }),
    doorbell,
    say: `${say}: everything is forgotten at the end`,
    work: (world) =>
      doorbell.start({ answer: answerIn(world), sweep: () => sweep(world, { worker: 'demo' }) }, sweepEvery),
    close: async () => undefined,
  };
}

async function inRedis(url: string, say: string, log: Log, own?: OwnRedis): Promise<Keeping> {
  const redis = await connectRedis(url, log).catch(async (error: Error) => {
    await own?.stop();
    throw error;
  });
  // Whoever's Redis it is may hold a real installation: we never touch keys that are not ours.
  const prefix = `re-demo-${randomBytes(6).toString('hex')}`;
  const queues = { url, prefix: `{${prefix}-jobs}` };
  const doorbell = bullDoorbell(queues, log);
  return {
    ledger: redisLedger(redis, { prefix: `{${prefix}}` }),
    doorbell,
    say,
    work: (world) => {
      const workers = startWorkers(queues, log, answerIn(world));
      const sweeper = startSweeper(world, { worker: 'demo', everyMs: sweepEvery });
      return () => stopJobs({ sweeper, workers, doorbell }, log, 2_000);
    },
    close: async () => {
      if (!own)
        await forget(redis, prefix).catch((err: unknown) => log.warn({ err }, 'keys of the demo are left behind'));
      redis.disconnect();
      await own?.stop();
    },
  };
}

async function forget(redis: Redis, prefix: string): Promise<void> {
  for (let cursor = '0'; ; ) {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `{${prefix}*`, 'COUNT', 500);
    if (keys.length > 0) await redis.unlink(...keys);
    if (next === '0') return;
    cursor = next;
  }
}
