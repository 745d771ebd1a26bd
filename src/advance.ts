import { deploy } from './deployment/engine.ts';
import { pauseInCluster } from './deployment/pause.ts';
import { plan } from './deployment/planning.ts';
import { start } from './deployment/start.ts';
import type { Outcome } from './outcome.ts';
import { recover } from './recovery/engine.ts';
import type { ReleaseEvent } from './release/event.ts';
import { isFinished, type Phase, type Release } from './release/release.ts';
import { settle } from './settle.ts';
import { troubled } from './troubled.ts';
import { validateAfter, validateBefore } from './validation/engine.ts';
import type { World } from './world.ts';

type Look = (world: World, release: Release, now: number) => Promise<Outcome> | Outcome;

/** Longer than a look may take: one that died is begun again after this, so that its release moves within 15 s, ms. */
const lease = 10_000;

/** One engine a phase. A phase that is not here waits for a person. */
const looks: Partial<Record<Phase, Look>> = {
  requested: () => ({ event: { type: 'planning-started' } }),
  planning: plan,
  'awaiting-approval': (_, release, now) => waitOr(release.expiresAt, now, { type: 'expired' }),
  scheduled: (_, release, now) => waitOr(release.plan?.at, now, { type: 'due' }),
  queued: start,
  'validating-before': validateBefore,
  deploying: deploy,
  'rolled-out': () => ({ event: { type: 'window-opened' } }),
  'validating-after': validateAfter,
  recovering: recover,
  paused: pauseInCluster,
};

const waitOr = (until: number | undefined, now: number, event: ReleaseEvent): Outcome =>
  until !== undefined && until > now ? { waitMs: until - now } : { event };

/**
 * Time passed, or something changed: one look at a release and at most one change. Harmless when it is called twice,
 * late, or for a release that is gone: the commit is a compare-and-set, and a loser stops silently.
 *
 * @throws TransientError when the ledger does not answer; the sweeper rings again.
 */
export async function advance(world: World, id: string): Promise<void> {
  const loaded = await world.ledger.look(id, lease);
  if (!loaded) return;
  const { release, now } = loaded;
  const look = looks[release.phase];
  if (!look || isFinished(release)) return unwatch(world, release);
  const outcome = await Promise.resolve()
    .then(() => look(world, release, now))
    .catch((error: unknown) => troubled(world, release, now, error));
  await carryOut(world, release, now, outcome);
}

async function carryOut(world: World, release: Release, now: number, outcome: Outcome): Promise<void> {
  if (!outcome.event) return world.ledger.defer(release.id, release.rev, now + outcome.waitMs);
  const settled = await settle(world, release, outcome.event, now, outcome);
  if (!settled) {
    world.log.error({ release: release.id, phase: release.phase, event: outcome.event.type }, 'an event did not fit');
    return world.ledger.defer(release.id, release.rev, now + 5_000);
  }
  if (!settled.written.ok) return lookAgain(world, release, now, settled.written.why);
  if (isFinished(settled.after)) unwatch(world, release);
  const late = await outcome.late;
  if (late) await addLate(world, release.id, late);
}

/** Somebody was faster. What was read may have changed: look again; a lost race on the release itself rings by itself. */
async function lookAgain(world: World, release: Release, now: number, why: string): Promise<void> {
  if (why === 'stale-guard') await world.ledger.defer(release.id, release.rev, now);
  if (why === 'not-head') await world.ledger.defer(release.id, release.rev, now + 30_000);
}

/** Adds what came in after the commit, on whatever revision the release has by now. */
async function addLate(world: World, id: string, event: ReleaseEvent): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const loaded = await world.ledger.load(id);
    if (!loaded) return;
    const settled = await settle(world, loaded.release, event, loaded.now);
    if (!settled || settled.written.ok) return;
  }
}

function unwatch(world: World, release: Release): void {
  for (const { place } of release.plan?.places ?? []) world.clusters.get(place.cluster)?.unwatch(release.id);
}
