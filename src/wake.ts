import { laneOf } from './settle.ts';
import type { World } from './world.ts';

/** Something about this release changed in the world: due soon, and rung then. Never throws: the sweeper looks anyway. */
export function wakeUp(world: World, id: string): void {
  ring(world, id).catch((err: unknown) => world.log.debug({ err, release: id }, 'a wake-up was lost'));
}

async function ring(world: World, id: string): Promise<void> {
  const afterMs = await world.ledger.wake(id);
  if (afterMs === undefined) return;
  const loaded = await world.ledger.load(id);
  if (loaded) await world.doorbell.ring(laneOf(loaded.release), id, loaded.release.rev, afterMs);
}
