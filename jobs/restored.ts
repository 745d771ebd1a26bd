import type { Release } from '../src/release/release.ts';
import { isRunning } from '../src/release/release.ts';
import { settle } from '../src/settle.ts';
import type { World } from '../src/world.ts';

const trouble = {
  code: 'ledger-restored',
  say: 'The ledger was put back to an earlier state: what this release did since is forgotten.',
  hint: 'Compare the workload with the plan. Then press Resume to go on, Roll back, or take it over.',
} as const;

/**
 * After an old backup was put back, holds every running release: we cannot know what it did in the time that is
 * forgotten. Releases that wait are safe: they are judged again at their start, against the cluster's own marks.
 */
export async function holdRestored(world: World): Promise<void> {
  const { epoch, held } = await world.ledger.epochs();
  if (epoch <= held) return;
  world.log.error({ epoch }, 'the ledger was put back to an earlier state: every running release is held');
  for (const release of await world.ledger.active()) {
    if (mustHold(release)) await hold(world, release.id);
  }
  await world.ledger.heldEpoch(epoch);
}

const mustHold = (release: Release): boolean => isRunning(release) && release.phase !== 'errored';

/** Until our event lands or the release needs no holding: somebody may commit in between. */
async function hold(world: World, id: string): Promise<void> {
  for (;;) {
    const loaded = await world.ledger.load(id);
    if (!loaded || !mustHold(loaded.release)) return;
    const { release, now } = loaded;
    const settled = await settle(world, release, { type: 'errored', trouble, fence: release.fence + 1 }, now);
    if (!settled || settled.written.ok) return;
  }
}
