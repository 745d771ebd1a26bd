import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Happened, ReleaseEvent } from '../../src/release/event.ts';
import { evolve, refold } from '../../src/release/evolve.ts';
import {
  finishedPhases,
  hasTouched,
  isFinished,
  isRunning,
  isWaiting,
  type Release,
} from '../../src/release/release.ts';
import { anyEvent, anyLife, born, person, planOf } from './events.ts';

const runs = { numRuns: 500 };

/** Every state on the way, with the event that came next. */
function* live(
  events: ReleaseEvent[],
): Generator<{ before: Release | undefined; event: ReleaseEvent; after: Release | undefined; at: number }> {
  let before: Release | undefined;
  for (const [index, event] of events.entries()) {
    const at = index * 1_000;
    const after = evolve(before, event, at);
    yield { before, event, after, at };
    before = after;
  }
}
const endOf = (events: ReleaseEvent[]): Release => [...live(events)].at(-1)?.after as Release;

describe('whatever happens, in whatever order, however often', () => {
  test('an event that fits adds exactly one revision; one that does not returns the very same object', () => {
    fc.assert(
      fc.property(anyLife, (events) => {
        for (const { before, after } of live(events)) {
          if (!before || !after) continue;
          if (after !== before) expect(after.rev).toBe(before.rev + 1);
          expect(after.id).toBe(before.id);
        }
      }),
      runs,
    );
  });

  test('a finished release never changes again', () => {
    fc.assert(
      fc.property(
        anyLife,
        fc.constantFrom(...finishedPhases),
        fc.array(anyEvent, { maxLength: 20 }),
        (events, phase, more) => {
          const finished: Release = { ...endOf(events), phase };
          const as = structuredClone(finished);
          for (const event of more) expect(evolve(finished, event, 9_999_999)).toBe(finished);
          expect(finished).toEqual(as);
        },
      ),
      runs,
    );
  });

  test('nothing is changed in place', () => {
    const freeze = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
      Object.freeze(value);
      Object.values(value).forEach(freeze);
    };
    fc.assert(
      fc.property(anyLife, (events) => {
        for (const { after, event } of live(events)) {
          freeze(after);
          freeze(event);
        }
      }),
      runs,
    );
  });

  test('the events that fitted, folded again, are the snapshot', () => {
    fc.assert(
      fc.property(anyLife, (events) => {
        const kept: Happened[] = [];
        let last: Release | undefined;
        for (const { before, after, event, at } of live(events)) {
          if (after !== before && after) kept.push({ rev: after.rev, at, event });
          last = after;
        }
        expect(refold(kept)).toEqual(last);
        expect(refold(JSON.parse(JSON.stringify(kept)))).toEqual(JSON.parse(JSON.stringify(last)));
        expect(kept.map((one) => one.rev)).toEqual(kept.map((_, index) => index + 1));
      }),
      runs,
    );
  });

  test('from everywhere one event leads back: to the end when nothing was touched, to the way back when something was', () => {
    fc.assert(
      fc.property(anyLife, (events) => {
        for (const { after: release } of live(events)) {
          if (!release || isFinished(release)) continue;
          const aborted = evolve(
            release,
            { type: 'controlled', verb: 'abort', by: person('Bob'), fence: 99 },
            1,
          ) as Release;
          if (release.phase === 'recovering') expect(aborted).toBe(release);
          else expect(aborted.phase).toBe(hasTouched(release) ? 'recovering' : 'cancelled');
          expect(isWaiting(release) && hasTouched(release)).toBe(false);
        }
      }),
      runs,
    );
  });

  test('the way back visits every touched place, last first, and is over only when each has returned', () => {
    fc.assert(
      fc.property(anyLife, (events) => {
        for (const { before, after } of live(events)) {
          if (!after) continue;
          if (
            after.phase === 'recovering' &&
            before?.phase !== 'recovering' &&
            before?.phase !== 'paused' &&
            before?.phase !== 'errored'
          )
            expect(after.returning?.order).toEqual([...after.touched].reverse());
          if (after.phase === 'rolled-back' && before?.phase === 'recovering')
            expect(new Set(after.returning?.done)).toEqual(new Set(after.touched));
        }
      }),
      runs,
    );
  });

  test('nothing starts without enough different people, for the plan as it is, none of them the one who asked', () => {
    fc.assert(
      fc.property(anyLife, (events) => {
        for (const { before, after } of live(events)) {
          if (!before || !after || !isWaiting(before) || !isRunning(after)) continue;
          const good = after.approvals.filter(
            (one) => one.planHash === after.planHash && one.by.principal !== after.by.principal,
          );
          expect(new Set(good.map((one) => one.by.principal)).size).toBeGreaterThanOrEqual(
            after.plan?.approvals.required ?? 0,
          );
        }
      }),
      runs,
    );
  });
});

describe('approvals', () => {
  const needing = (required: number, hash = 'hash-a', at?: number): ReleaseEvent[] => [
    born(),
    { type: 'planning-started' },
    { type: 'planned', plan: planOf({ approvals: { required, from: [], expiresMs: 60_000 }, at }), hash },
  ];
  const yes = (name: string, planHash = 'hash-a'): ReleaseEvent => ({
    type: 'approved',
    approval: { by: person(name), at: 0, planHash },
  });

  test('a new plan voids what was said about the old one', () => {
    const once = endOf([...needing(2), yes('Bob')]);
    expect(once.approvals).toHaveLength(1);
    const plan = planOf({ approvals: { required: 2, from: [], expiresMs: 60_000 } });
    const again = evolve(once, { type: 'replanned', plan, hash: 'hash-b', why: 'drift' }, 5) as Release;
    expect(again).toMatchObject({ phase: 'awaiting-approval', approvals: [], planHash: 'hash-b', replanned: 'drift' });
    expect(evolve(again, yes('Bob', 'hash-a'), 6)).toBe(again);
  });

  test('a yes after the deadline does not count', () => {
    const waiting = endOf(needing(1));
    expect(evolve(waiting, yes('Bob'), (waiting.expiresAt ?? 0) + 1)).toBe(waiting);
    expect(evolve(waiting, yes('Bob'), waiting.expiresAt ?? 0)?.phase).toBe('queued');
  });

  test('the requester does not count, and nobody counts twice', () => {
    const waiting = endOf(needing(2));
    expect(evolve(waiting, yes('Ann'), 1)).toBe(waiting);
    const one = evolve(waiting, yes('Bob'), 1) as Release;
    expect(evolve(one, yes('Bob'), 2)).toBe(one);
    expect(evolve(one, yes('Cyd'), 2)?.phase).toBe('queued');
  });

  test('what is for later waits for its hour', () => {
    expect(endOf([...needing(1, 'hash-a', 50_000), yes('Bob')]).phase).toBe('scheduled');
  });
});
