import type { Outcome } from '../outcome.ts';
import { keys, type Quarantine } from '../release/keys.ts';
import type { Release } from '../release/release.ts';
import type { World } from '../world.ts';
import { type Counts, causes, type Finding } from './rollout.ts';

/** Doubt about the old side means doubt about the verdict: if it suffers too, it may not be the version. */
const oldSideHealthy = (counts: Counts): boolean => counts.oldAvailable >= counts.old;

/**
 * A rollout is doomed: is it the version? Then we return at once and hold its digest back. If the platform is to
 * blame, or the old version suffers as well, or this already is the way back, a person decides.
 *
 * @param at index of the place where it was seen
 */
export async function onDoomed(
  world: World,
  release: Release,
  doomed: { finding: Finding; counts?: Counts },
  now: number,
  at = release.cursor.place,
): Promise<Outcome> {
  const { finding, counts } = doomed;
  const cause = causes[finding.cause];
  if (release.kind === 'rollback') {
    return stopped(
      release,
      'way-back',
      `the version we return to ${cause.say}: ${finding.message}`,
      'A rollback is never rolled back by itself. Choose another revision, or take over.',
    );
  }
  if (cause.blame === 'platform') {
    return stopped(
      release,
      'platform',
      `this is not the version, the platform is in trouble: ${finding.message}`,
      'Mend the platform and press Resume, or Roll back.',
    );
  }
  if (counts && !oldSideHealthy(counts)) {
    return stopped(
      release,
      'platform',
      `${finding.message}; but ${counts.old - counts.oldAvailable} of ${counts.old} pods of the old version are unhealthy too, so it may not be the version`,
      'Look at the old version first; then Resume, or Roll back.',
    );
  }
  const place = release.plan?.places[at];
  if (place && !place.returnPoint.pullable) {
    return stopped(
      release,
      'way-back',
      `${finding.message}; there is no safe return: an image that ran before cannot be pulled any more`,
      'Deploy another version, or take over.',
    );
  }
  return failed(world, release, finding, now, at);
}

const stopped = (release: Release, code: 'platform' | 'way-back', say: string, hint: string): Outcome => ({
  event: { type: 'errored', trouble: { code, say, hint }, fence: release.fence },
});

/** The verdict, and the quarantine with it, in one commit. */
async function failed(world: World, release: Release, finding: Finding, now: number, place: number): Promise<Outcome> {
  const key = keys.quarantine(release.target);
  const { records } = await world.ledger.read([key]);
  const before = (records[0]?.value as Quarantine | undefined) ?? {};
  const why = `${causes[finding.cause].say}: ${finding.message}`;
  const entry = { version: release.plan?.to ?? '', release: release.id, at: now, why };
  return {
    event: { type: 'verdict-failed', place, finding, fence: release.fence + 1, quarantine: true },
    records: [{ key, value: { ...before, [release.plan?.toDigest ?? '']: entry } }],
    guards: [{ key, rev: records[0]?.rev ?? 0 }],
  };
}
