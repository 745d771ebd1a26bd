import type { Outcome } from '../outcome.ts';
import { needsClusterPause, type Release } from '../release/release.ts';
import type { World } from '../world.ts';
import { clusterOf, identity } from './engine.ts';

/** Tells the cluster to stop replacing pods of a step under way (spec.paused); where that is unknown, nothing happens. */
export async function pauseInCluster(world: World, release: Release): Promise<Outcome> {
  const place = release.plan?.places[release.cursor.place];
  if (!place || !needsClusterPause(release)) return { waitMs: 3_600_000 };
  const op = `${release.cursor.op}.pause.${release.fence}`;
  await clusterOf(world, place).apply({ ...identity(release, place, op), set: { what: 'paused', paused: true } });
  return { event: { type: 'pause-applied', paused: true } };
}
