import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TerminalError, TransientError } from '../src/errors.ts';
import { stubborn } from '../src/stubborn.ts';

/** How long an answer is tried again that a platform does not take. */

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const limited = (retryAfterMs: number) => new TransientError('limited', { retryAfterMs });

/** Fails always; how it ended, and how often and until when it was tried. */
async function failing(error: Error, { mayBeDone = false, stopAfter = 60_000 } = {}) {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), stopAfter);
  const again = stubborn({ mayBeDone: () => mayBeDone, stopping: stop.signal });
  const started = performance.now();
  const tries: number[] = [];
  const work = again(async () => {
    tries.push(performance.now() - started);
    throw error;
  });
  const ended = work.catch((thrown: unknown) => ({ thrown, at: performance.now() - started }));
  await vi.runAllTimersAsync();
  return { tries, ended: await ended };
}

test('for ten seconds, as often as it is told to', async () => {
  expect(await failing(limited(3_000))).toMatchObject({ tries: [0, 3_000, 6_000, 9_000] });
});

test('not at all where it would have to wait longer, and says so at once', async () => {
  const error = limited(60_000);
  expect(await failing(error)).toEqual({ tries: [0], ended: { thrown: error, at: 0 } });
});

test('once, where it may have been done', async () => {
  expect(await failing(limited(500), { mayBeDone: true })).toMatchObject({ tries: [0, 500] });
});

test('never where a person must mend something, or we are broken', async () => {
  const errors = [new TerminalError('forbidden', 'no', 'mend it'), new Error('a bug')];
  for (const error of errors) expect(await failing(error)).toMatchObject({ tries: [0], ended: { thrown: error } });
});

test('until it is to stop, also in the middle of a wait', async () => {
  const error = limited(3_000);
  expect(await failing(error, { stopAfter: 4_000 })).toEqual({
    tries: [0, 3_000],
    ended: { thrown: error, at: 4_000 },
  });
});

test('all tries through one share its time', async () => {
  const again = stubborn({ mayBeDone: () => false, stopping: new AbortController().signal });
  let tries = 0;
  const no = async () => {
    tries += 1;
    throw limited(6_000);
  };
  const both = again(no).catch(() => again(no).catch(() => undefined));
  await vi.runAllTimersAsync();
  await both;
  expect(tries).toBe(3);
});
