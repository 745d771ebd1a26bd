import { TerminalError, TransientError } from './errors.ts';
import type { Outcome } from './outcome.ts';
import type { Trouble } from './release/event.ts';
import { hasTouched, isWaiting, type Release } from './release/release.ts';
import type { World } from './world.ts';

/** How long we go on asking before we say that we cannot tell, ms. The way back has a budget of its own. */
const patience = { before: 60_000, during: 120_000 };

/**
 * What a look comes to that threw. A transient error is tried again until its budget is spent; a terminal one is for
 * a person. Neither is ever a verdict: errored holds, it does not roll back.
 */
export function troubled(world: World, release: Release, now: number, error: unknown): Outcome {
  const what = error instanceof Error ? error.message : String(error);
  if (error instanceof TerminalError) return stop(release, { code: error.code, say: what, hint: error.hint });
  if (!(error instanceof TransientError))
    world.log.error({ err: error, release: release.id }, 'a look failed in a way we did not foresee');
  if (release.retryingSince === undefined) return { event: { type: 'retrying', what } };
  const budget = isWaiting(release) || release.phase === 'validating-before' ? patience.before : patience.during;
  const spent = now - release.retryingSince > budget;
  if (!spent || release.phase === 'recovering')
    return { waitMs: error instanceof TransientError ? error.retryAfterMs : 2_000 };
  return stop(release, {
    code: 'budget',
    say: `${what} (tried for ${Math.round(budget / 1000)} s)`,
    hint: hasBegun(release) ? 'Look at it, then press Resume to go on.' : 'Look at it, then ask again.',
  });
}

/** What has not begun ends here and is asked for again; what has begun waits to be gone on with. */
const hasBegun = (release: Release): boolean => !isWaiting(release) && release.phase !== 'validating-before';

function stop(release: Release, trouble: Trouble): Outcome {
  const refusal = { code: 'not-now', say: `Nothing changed: ${trouble.say}.`, hint: trouble.hint } as const;
  if (isWaiting(release)) return { event: { type: 'refused', refusal } };
  if (release.phase === 'validating-before' && !hasTouched(release))
    return { event: { type: 'failed-before-write', refusal, measurements: [] } };
  if (release.phase === 'recovering')
    return {
      event: { type: 'recovery-failed', trouble: { ...trouble, say: `the way back failed too: ${trouble.say}` } },
    };
  return { event: { type: 'errored', trouble, fence: release.fence } };
}
