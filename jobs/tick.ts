import { setTimeout as pause } from 'node:timers/promises';
import { advance } from '../src/advance.ts';
import { TransientError } from '../src/errors.ts';
import type { Lane } from '../src/ports.ts';
import type { World } from '../src/world.ts';

/** A ledger that is away for a moment must not cost the whole lease of the look, ms. */
const againMs = 1_000;
/** How often the ledger is asked whether it is back, and for how long: until the lease ends by itself, ms. */
const askMs = 500;
const patienceMs = 10_000;

/** One look at a release. Never throws: its claim in the ledger runs out, and then somebody looks again. */
export async function tick(world: World, lane: Lane, id: string): Promise<void> {
  try {
    await advance(world, id);
  } catch (err) {
    if (!(err instanceof TransientError)) return world.log.error({ err, release: id }, 'a look failed');
    world.log.warn({ err: err.message, release: id }, 'a look is put off');
    await world.doorbell.ring(lane, id, 0, againMs);
    await wakeOnceBack(world, id);
  }
}

/** A ring is lost while Redis is away: then the release is due again as soon as it is back, for the sweeper to find. */
async function wakeOnceBack({ ledger }: World, id: string): Promise<void> {
  if (await answers(ledger.read([]))) return;
  for (let left = patienceMs; left > 0; left -= askMs) {
    await pause(askMs);
    if (await answers(ledger.wake(id))) return;
  }
}

const answers = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    () => false,
  );
