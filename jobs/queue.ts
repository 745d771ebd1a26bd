import { setTimeout as pause } from 'node:timers/promises';
import { Queue } from 'bullmq';
import type { Doorbell, Lane, Log } from '../src/ports.ts';
import { jobId, laneNames, lanes, prefixOf, type Queues, retryStrategy } from './lanes.ts';

export interface BullDoorbell extends Doorbell {
  /** Waits for the rings under way, 1 s at most, and closes the connections. */
  close(): Promise<void>;
}

/** How long a ring is tried again before it is left to the sweeper, ms: a Redis that was killed is back by then. */
const patienceMs = 3_000;
const againMs = 200;

/**
 * Rings by way of BullMQ. `ring` neither waits nor fails: whoever rings has written what matters to the ledger, and the
 * sweeper rings again for what is overdue. A ring that is lost costs the whole lease of a look, and they are lost when
 * Redis goes, which is when looks are cut short: so it is tried again for a while.
 */
export function bullDoorbell(queues: Queues, log: Log): BullDoorbell {
  const open = Object.fromEntries(laneNames.map((lane) => [lane, openQueue(queues, lane, log)])) as Record<Lane, Queue>;
  const underWay = new Set<Promise<unknown>>();
  let closed = false;
  const add = async (lane: Lane, id: string, rev: number, delay: number): Promise<void> => {
    for (const until = performance.now() + patienceMs; ; await pause(againMs)) {
      try {
        await open[lane].add('look', { id }, { jobId: jobId(id, rev, Date.now() + delay), delay });
        return;
      } catch (err) {
        if (closed || performance.now() > until) throw err;
      }
    }
  };
  return {
    ring: async (lane, id, rev, afterMs = 0) => {
      const added = add(lane, id, rev, afterMs)
        .catch((err: Error) => log.warn({ err: err.message, lane, id }, 'a ring was lost; the sweeper will ring again'))
        .finally(() => underWay.delete(added));
      underWay.add(added);
    },
    close: async () => {
      closed = true;
      await Promise.race([Promise.allSettled(underWay), new Promise((done) => setTimeout(done, 1_000).unref())]);
      await Promise.allSettled(Object.values(open).map((queue) => queue.disconnect()));
    },
  };
}

function openQueue(queues: Queues, lane: Lane, log: Log): Queue {
  const queue = new Queue(lanes[lane].queue, {
    prefix: prefixOf(queues),
    connection: { url: queues.url, retryStrategy, enableOfflineQueue: false, commandTimeout: 2_000 },
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
  });
  queue.on('error', (err) => log.debug({ err: err.message, lane }, 'the queue has no connection'));
  return queue;
}
