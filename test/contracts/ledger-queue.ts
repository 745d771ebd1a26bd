import { describe, expect, test } from 'vitest';
import { TerminalError } from '../../src/errors.ts';
import type { Ledger } from '../../src/ports.ts';
import type { MakeLedger } from './ledger.ts';
import {
  aborted,
  happen,
  loaded,
  nextWrite,
  planned,
  planningStarted,
  queued,
  refused,
  request,
  requestedAt,
  running,
  started,
} from './ledger-writes.ts';

const prod = 'payments@prod';
const queue = async (ledger: Ledger) => (await ledger.target(prod, 0)).queue;

export function queuePromises(make: MakeLedger): void {
  describe('queue of a target', () => {
    test('is in order of entering, and each target has its own', async () => {
      const { ledger } = await make();
      await queued(ledger, 'a-222');
      await queued(ledger, 'b-222');
      await queued(ledger, 's-222', { service: 'search' });

      expect(await queue(ledger)).toEqual(['a-222', 'b-222']);
      expect((await ledger.target('search@prod', 0)).queue).toEqual(['s-222']);
    });

    test('entering twice is entering once', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222', { queue: 'enter' });
      await happen(ledger, 'a-222', planningStarted, { queue: 'enter-head' });
      await happen(ledger, 'a-222', planned, { queue: 'enter' });

      expect(await queue(ledger)).toEqual(['a-222']);
    });

    test('only the head may write what must be written at the head', async () => {
      const { ledger } = await make();
      await queued(ledger, 'a-222');
      await queued(ledger, 'b-222');

      expect(await happen(ledger, 'b-222', started, { mustHead: true })).toEqual({ ok: false, why: 'not-head' });
      expect((await loaded(ledger, 'b-222')).release.phase).toBe('queued');
      expect(await happen(ledger, 'a-222', started, { mustHead: true })).toMatchObject({ ok: true });
    });

    test('when the head leaves, the next one is named and due now', async () => {
      const { ledger } = await make();
      await running(ledger, 'a-222');
      await queued(ledger, 'b-222');
      const { release, now } = await loaded(ledger, 'b-222');
      await ledger.claimDue(10, 60_000);
      await ledger.defer('b-222', release.rev, now + 60_000);

      expect(await happen(ledger, 'a-222', aborted, { queue: 'leave', dueAt: null })).toMatchObject({
        ok: true,
        next: 'b-222',
      });

      expect(await queue(ledger)).toEqual(['b-222']);
      expect(await ledger.claimDue(10, 60_000)).toEqual(['b-222']);
    });

    test('when another than the head leaves, nobody is next', async () => {
      const { ledger } = await make();
      await running(ledger, 'a-222');
      await queued(ledger, 'b-222');

      const left = await happen(ledger, 'b-222', refused, { queue: 'leave', dueAt: null });

      expect(left).toEqual({ ok: true, now: expect.any(Number) });
      expect(await queue(ledger)).toEqual(['a-222']);
    });

    test('a rollback goes behind the release that holds the target and before all that wait', async () => {
      const { ledger } = await make();
      await running(ledger, 'a-222');
      await queued(ledger, 'b-222');
      await queued(ledger, 'r-222', { urgent: true });
      await queued(ledger, 'r-333', { urgent: true });

      expect(await queue(ledger)).toEqual(['a-222', 'r-222', 'r-333', 'b-222']);
    });

    test('a rollback takes the head from a deploy that has not started, which then may not start', async () => {
      const { ledger } = await make();
      await queued(ledger, 'b-222');
      const { release, now } = await loaded(ledger, 'b-222');
      await queued(ledger, 'r-222', { urgent: true });

      expect(await queue(ledger)).toEqual(['r-222', 'b-222']);
      expect(await ledger.commit(nextWrite(release, now, started, { mustHead: true }))).toEqual({
        ok: false,
        why: 'not-head',
      });
    });

    test('a rollback is not overtaken by one that comes while it runs', async () => {
      const { ledger } = await make();
      await running(ledger, 'r-222', { urgent: true });
      await queued(ledger, 'r-333', { urgent: true });

      expect(await queue(ledger)).toEqual(['r-222', 'r-333']);
    });
  });

  describe('releases of a target', () => {
    test('active ones by acceptance, finished ones by their end, the latest first', async () => {
      const { ledger } = await make();
      for (const id of ['a-222', 'b-222', 'c-222', 'd-222']) await request(ledger, id);
      await request(ledger, 's-222', { service: 'search' });
      await happen(ledger, 'c-222', refused, { dueAt: null });
      await happen(ledger, 'a-222', refused, { dueAt: null });

      const { active, recent, now } = await ledger.target(prod, 10);

      expect(active.map(({ id }) => id)).toEqual(['b-222', 'd-222']);
      expect(recent.map(({ id }) => id)).toEqual(['a-222', 'c-222']);
      expect(now).toBeGreaterThan(0);
      expect((await ledger.target(prod, 1)).recent.map(({ id }) => id)).toEqual(['a-222']);
      expect((await ledger.active()).map(({ id }) => id)).toEqual(['b-222', 'd-222', 's-222']);
    });

    test('a snapshot of a newer version is left alone, and said to be one', async () => {
      const { ledger } = await make();
      const { now } = await ledger.read([]);
      const write = requestedAt(now, 'new-222');
      if (write.release) write.release.after = { ...write.release.after, schema: 2 as 1 };
      await ledger.accept(write);
      await request(ledger, 'old-222');

      expect(await ledger.claimDue(10, 1_000)).toEqual(['old-222']);
      expect((await ledger.active()).map(({ id }) => id)).toEqual(['old-222']);
      await expect(ledger.load('new-222')).rejects.toThrow(TerminalError);
      await expect(ledger.load('new-222')).rejects.toThrow(/new-222 was written by a newer version/);
    });
  });
}
