import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../adapters/kubernetes/rollout.ts';
import type { Rollout } from '../../../src/deployment/rollout.ts';
import { context, deployment, event, pod, ready, t0, verdictOf } from './handmade.ts';

const deadline = 120;

/** Looks every `every` seconds at three new pods of which `available(look)` are Ready, as an engine does: it remembers the best. */
function watch(available: (look: number) => number, every: number): { doomedAt: number; lastMaximumAt: number } {
  const pods = (n: number) => [0, 1, 2].map((i) => (i < n ? ready('new', { created: 0 }) : pod({ created: 0 })));
  let best = { available: 0, at: t0 };
  for (let look = 0; ; look += 1) {
    const seconds = look * every;
    const objects = deployment([...pods(available(look)), ready('old', { created: -60, readySince: -50 })]);
    const rollout: Rollout = judge(objects, context(seconds, { best, progressDeadline: deadline * 1000 }));
    if (rollout.state !== 'progressing') return { doomedAt: seconds, lastMaximumAt: (best.at - t0) / 1000 };
    const now = t0 + seconds * 1000;
    if (rollout.counts.updatedAvailable > best.available)
      best = { available: rollout.counts.updatedAvailable, at: now };
  }
}

describe('the deadline', () => {
  it('is never extended by availability that comes and goes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 15 }),
        (flaps, every) => {
          const { doomedAt, lastMaximumAt } = watch((look) => flaps[look % flaps.length] ?? 0, every);
          expect(doomedAt).toBeLessThan(lastMaximumAt + deadline + every);
          // Three pods, at most two at once: at most two new maxima, whatever it does in between.
          expect(doomedAt).toBeLessThan(3 * (deadline + every));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('comes at the same moment for a flapping rollout as for a still one', () => {
    const still = watch((look) => Math.min(look, 1), 5);
    const flapping = watch((look) => look % 2, 5);
    expect(flapping).toEqual(still);
    expect(flapping.doomedAt).toBe(5 + deadline);
  });

  it('runs from the write, and a new maximum winds it up again', () => {
    const objects = () => deployment([ready(), pod(), ready('old', { created: -60, readySince: -50 })]);
    const at = (seconds: number, available: number) =>
      verdictOf(judge(objects(), context(seconds, { best: { available, at: t0 } })));
    expect([at(119, 1), at(121, 1), at(121, 0)]).toEqual(['progressing', 'not-ready', 'progressing']);
  });

  it('gives a pod that was created later its own time, but twice the deadline is the end', () => {
    const at = (seconds: number) =>
      verdictOf(
        judge(
          deployment([ready(), ready(), pod({ created: seconds - 5 })]),
          context(seconds, { best: { available: 2, at: t0 } }),
        ),
      );
    expect([at(130), at(239), at(241)]).toEqual(['progressing', 'progressing', 'not-ready']);
  });

  it('says what the probe said', () => {
    const late = pod();
    const said = event(late, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', {
      count: 40,
    });
    const rollout = judge(
      deployment([late, ready(), ready()], { events: [said] }),
      context(130, { best: { available: 2, at: t0 } }),
    );
    expect(rollout).toMatchObject({
      state: 'doomed',
      finding: { cause: 'not-ready', pod: late.metadata?.name, container: 'app' },
    });
    expect(rollout.state === 'doomed' && rollout.finding.message).toMatch(/130 s.*statuscode: 503/);
  });

  it('is the platform’s when nothing of the new revision is there to be at fault', () => {
    const unobserved = judge(deployment([ready('old')], { observed: 1 }), context(121));
    expect(unobserved).toMatchObject({ state: 'doomed', finding: { cause: 'not-progressing' } });
    const linger = judge(
      deployment([ready(), ready(), ready(), ready('old')]),
      context(121, { best: { available: 3, at: t0 } }),
    );
    expect(linger).toMatchObject({
      state: 'doomed',
      finding: { cause: 'not-progressing', message: expect.stringContaining('1 old pod to end') },
    });
  });

  it('does not run when the judge is asked for facts only', () => {
    const patient = context(86_400, { progressDeadline: Number.POSITIVE_INFINITY });
    expect(verdictOf(judge(deployment([pod(), ready(), ready()]), patient))).toBe('progressing');
  });

  it('compares ages with the API server’s clock, not with ours', () => {
    const skewed = { clusterNow: t0 + 130_000 - 60_000, best: { available: 2, at: t0 } };
    const fresh = deployment([ready(), ready(), pod({ created: -40 })]);
    // By our clock 130 s went by; by the server's the pod is 110 s old, and its own time is not over.
    expect(verdictOf(judge(fresh, context(130, skewed)))).toBe('progressing');
    expect(verdictOf(judge(fresh, context(130, { ...skewed, clusterNow: t0 + 130_000 })))).toBe('not-ready');
  });
});
