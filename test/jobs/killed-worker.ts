import { connectRedis } from '../../adapters/redis/connection.ts';
import { redisLedger } from '../../adapters/redis/ledger.ts';
import { bullDoorbell } from '../../jobs/queue.ts';
import { stopJobs, stopOnSignal } from '../../jobs/stop.ts';
import { startSweeper } from '../../jobs/sweep.ts';
import { startWorkers } from '../../jobs/worker.ts';
import { quiet } from '../adapters/redis/quiet.ts';
import { bareWorld } from './world.ts';

/** A worker process whose looks take `LOOK_MS`: says `began <id>` and `ended <id>`, for a test to kill or to stop it. */
const { REDIS_URL: url = '', LEASE_MS, LOOK_MS } = process.env;

const redis = await connectRedis(url, quiet);
const doorbell = bullDoorbell({ url }, quiet);
const world = bareWorld(redisLedger(redis), doorbell, quiet);
const workers = startWorkers({ url }, quiet, async (lane, id) => {
  if (lane === 'chat') return;
  console.log(`began ${id}`);
  await new Promise((done) => setTimeout(done, Number(LOOK_MS)));
  console.log(`ended ${id}`);
});
await workers.ready();
const sweeper = startSweeper(world, { worker: `worker-${process.pid}`, leaseMs: Number(LEASE_MS) });
stopOnSignal(() => stopJobs({ sweeper, workers, doorbell }, quiet), quiet);
console.log('ready');
