import { Worker } from 'bullmq';
import type { Lane, Log } from '../src/ports.ts';
import { laneNames, lanes, prefixOf, type Queues, retryStrategy } from './lanes.ts';

/** Answers one ring: looks at a release, or shows a card. Throws nothing that matters: the ledger knows what is due. */
export type Answer = (lane: Lane, id: string) => Promise<void>;

export interface Workers {
  ready(): Promise<void>;
  /** Takes no more rings and waits `graceMs` for those under way; false when some were left behind. */
  stop(graceMs: number): Promise<boolean>;
}

/** One BullMQ worker a lane, each with connections of its own. */
export function startWorkers(queues: Queues, log: Log, answer: Answer): Workers {
  const workers = laneNames.map((lane) => startWorker(queues, lane, log, answer));
  return {
    ready: async () => {
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    },
    stop: async (graceMs) => {
      const closed = Promise.all(workers.map((worker) => worker.close())).then(() => true);
      const late = new Promise<false>((done) => setTimeout(done, graceMs, false).unref());
      const inTime = await Promise.race([closed, late]);
      if (!inTime) await Promise.allSettled(workers.map((worker) => worker.disconnect()));
      return inTime;
    },
  };
}

function startWorker(queues: Queues, lane: Lane, log: Log, answer: Answer): Worker<{ id: string }> {
  const { queue, concurrency } = lanes[lane];
  const worker = new Worker<{ id: string }>(queue, (job) => answer(lane, job.data.id), {
    prefix: prefixOf(queues),
    connection: { url: queues.url, retryStrategy, maxRetriesPerRequest: null },
    concurrency,
    lockDuration: 30_000,
    stalledInterval: 5_000,
    // A job that loses its worker again and again is still only a ring: BullMQ must not give it up for us.
    maxStalledCount: 1_000_000,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
    runRetryDelay: 500,
  });
  worker.on('error', (err) => log.debug({ err: err.message, lane }, 'the worker has no connection'));
  worker.on('failed', (job, err) => log.error({ err, lane, id: job?.data.id }, 'a ring could not be answered'));
  return worker;
}
