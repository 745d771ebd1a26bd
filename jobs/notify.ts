import { TransientError } from '../src/errors.ts';
import { notify } from '../src/notify.ts';
import type { World } from '../src/world.ts';

/** Shows one card. Never throws: the card stays dirty, and then somebody shows it. */
export async function showCard(world: World, card: string): Promise<void> {
  await notify(world, card).catch((err: unknown) => {
    if (err instanceof TransientError) world.log.warn({ err: err.message, card }, 'a card is put off');
    else world.log.error({ err, card }, 'a card failed');
  });
}
