import { describe, expect, test } from 'vitest';
import type { MakeLedger } from './ledger.ts';
import { happen, loaded, planningStarted, refused, request, retrying } from './ledger-writes.ts';

export function duePromises(make: MakeLedger): void {
  describe('due times', () => {
    test('what is due is claimed once, the most overdue first, and comes back when its lease ends', async () => {
      const { ledger, pass } = await make();
      const { now } = await ledger.read([]);
      await request(ledger, 'later-222', { dueAt: now - 5 });
      await request(ledger, 'first-222', { dueAt: now - 10 });
      await request(ledger, 'future-222', { dueAt: now + 60_000 });
      await request(ledger, 'never-222', { dueAt: null });

      expect(await ledger.claimDue(1, 400)).toEqual(['first-222']);
      expect(await ledger.claimDue(10, 400)).toEqual(['later-222']);
      expect(await ledger.claimDue(10, 400)).toEqual([]);
      await pass(410);
      expect((await ledger.claimDue(10, 400)).sort()).toEqual(['first-222', 'later-222']);
    });

    test('a commit replaces the due time, and none means never', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');
      await happen(ledger, 'a-222', refused, { dueAt: null });

      expect(await ledger.claimDue(10, 1_000)).toEqual([]);
    });

    test('a look that found nothing defers, unless something happened since', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');
      const { now } = await loaded(ledger, 'a-222');
      await ledger.defer('a-222', 1, now + 60_000);
      expect(await ledger.claimDue(10, 1_000)).toEqual([]);

      await happen(ledger, 'a-222', planningStarted);
      await ledger.defer('a-222', 1, now + 60_000);

      expect(await ledger.claimDue(10, 1_000)).toEqual(['a-222']);
    });

    test('a wake makes it due now, without a new revision, at most twice a second, and none is forgotten', async () => {
      const { ledger, pass } = await make();
      const { now } = await ledger.read([]);
      await request(ledger, 'a-222', { dueAt: now + 60_000 });

      expect(await ledger.wake('a-222')).toBe(0);
      expect(await ledger.claimDue(10, 60_000)).toEqual(['a-222']);
      const soon = await ledger.wake('a-222');
      expect(soon).toBeGreaterThan(0);
      expect(soon).toBeLessThanOrEqual(500);
      expect(await ledger.claimDue(10, 60_000)).toEqual([]);
      await pass(510);
      expect(await ledger.claimDue(10, 60_000)).toEqual(['a-222']);
      expect(await ledger.wake('a-222')).toBe(0);
      expect((await loaded(ledger, 'a-222')).release.rev).toBe(1);
    });

    test('a wake during a look is not lost when the look defers or commits', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');
      await request(ledger, 'b-222');
      const { now } = await ledger.read([]);
      expect(await ledger.claimDue(10, 60_000)).toHaveLength(2);
      await ledger.wake('a-222');
      await ledger.wake('b-222');

      await ledger.defer('a-222', 1, now + 60_000);
      await happen(ledger, 'b-222', retrying, { dueAt: now + 60_000 });

      expect((await ledger.claimDue(10, 60_000)).sort()).toEqual(['a-222', 'b-222']);
      await ledger.defer('a-222', 1, now - 1);
      expect(await ledger.claimDue(10, 60_000)).toEqual(['a-222']);
    });

    test('a look that begins has seen what woke it, and keeps others from looking until its lease ends', async () => {
      const { ledger, pass } = await make();
      await request(ledger, 'a-222');
      await ledger.wake('a-222');
      const { release, now } = (await ledger.look('a-222', 400))!;
      expect(release).toMatchObject({ id: 'a-222', rev: 1 });
      expect(await ledger.claimDue(10, 60_000)).toEqual([]);
      await pass(410);
      expect(await ledger.claimDue(10, 60_000)).toEqual(['a-222']);

      await ledger.look('a-222', 60_000);
      await ledger.defer('a-222', 1, now - 1);
      expect(await ledger.claimDue(10, 60_000)).toEqual(['a-222']);
    });

    test('a look makes nothing due that only a person can move, and finds nothing that is not there', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222', { dueAt: null });

      expect(await ledger.look('a-222', -1)).toMatchObject({ release: { id: 'a-222' } });
      expect(await ledger.look('nobody-222', -1)).toBeUndefined();
      expect(await ledger.claimDue(10, 1_000)).toEqual([]);
    });

    test('nothing wakes what only a person can move, or what is not there', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222', { dueAt: null });

      expect(await ledger.wake('a-222')).toBeUndefined();
      expect(await ledger.wake('nobody-222')).toBeUndefined();
      expect(await ledger.claimDue(10, 1_000)).toEqual([]);
    });
  });
}
