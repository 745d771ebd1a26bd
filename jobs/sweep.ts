import { setTimeout as pause } from 'node:timers/promises';
import { TransientError } from '../src/errors.ts';
import { laneOf } from '../src/settle.ts';
import type { World } from '../src/world.ts';
import { holdRestored } from './restored.ts';
import { keepTidy } from './tidy.ts';

/** A dead worker's claim comes back after this, ms: with the sweep, its release moves again within 15 s. */
const leaseMs = 10_000;
const beatMs = 5_000;
const batch = 100;

/** How to sweep; `worker` names this process among the others. */
export interface Sweeping {
  worker: string;
  everyMs?: number;
  leaseMs?: number;
}

/** One sweep: says that we live, holds what a restored backup forgot, rings for what is due and what is not shown. */
export async function sweep(world: World, { worker, leaseMs: lease = leaseMs }: Sweeping): Promise<void> {
  await world.ledger.beat(worker, beatMs);
  await holdRestored(world);
  await ringDue(world, lease);
  for (const card of await world.ledger.dirtyCards(batch)) await world.doorbell.ring('chat', card, 0);
}

async function ringDue(world: World, lease: number): Promise<void> {
  for (let claimed = batch; claimed === batch; ) {
    const ids = await world.ledger.claimDue(batch, lease);
    for (const id of ids) await ringOne(world, id);
    claimed = ids.length;
  }
}

/**
 * One damaged release must not keep the others waiting. One that is claimed already, and cannot be read because the
 * ledger went in between, is rung all the same: else it would wait for the whole lease.
 */
async function ringOne(world: World, id: string): Promise<void> {
  try {
    const loaded = await world.ledger.load(id);
    if (loaded) await world.doorbell.ring(laneOf(loaded.release), id, loaded.release.rev);
  } catch (err) {
    if (err instanceof TransientError) return world.doorbell.ring('deploy', id, 0);
    world.log.error({ err, release: id }, 'a release that is due cannot be read');
  }
}

/** Sweeps every `everyMs` (500), and tidies, until stopped; `stop` waits for what is under way. */
export function startSweeper(world: World, how: Sweeping): { stop: () => Promise<void> } {
  const stopped = new AbortController();
  let failing = false;
  const round = async (): Promise<void> => {
    try {
      await sweep(world, how);
      if (failing) world.log.info({}, 'sweeping again');
      failing = false;
    } catch (err) {
      if (!failing) world.log.warn({ err }, 'sweeping is not possible now; trying again');
      failing = true;
    }
  };
  const running = (async () => {
    while (!stopped.signal.aborted) {
      await round();
      await pause(how.everyMs ?? 500, undefined, stopped).catch(() => undefined);
    }
  })();
  const tidying = keepTidy(world, stopped.signal);
  return {
    stop: () => {
      stopped.abort();
      return Promise.all([running, tidying]).then(() => undefined);
    },
  };
}
