import { describe, expect, test } from 'vitest';
import type { MakeLedger } from './ledger.ts';
import {
  happen,
  loaded,
  nextWrite,
  planningStarted,
  refused,
  request,
  requestedAt,
  retrying,
} from './ledger-writes.ts';

export function writePromises(make: MakeLedger): void {
  describe('writes', () => {
    test('a new release can be read back as it was written, with its event and its audit row', async () => {
      const { ledger } = await make();
      const { now } = await ledger.read([]);
      const write = requestedAt(now, 'payments-7f3');

      expect(await ledger.accept(write)).toMatchObject({ ok: true });

      expect((await loaded(ledger, 'payments-7f3')).release).toEqual(write.release?.after);
      expect(await ledger.events('payments-7f3')).toEqual([{ rev: 1, at: now, event: write.release?.event }]);
      expect(await ledger.audit(10)).toMatchObject([
        { actor: 'ann', action: 'requested', subject: 'payments-7f3', rev: 1, at: expect.any(Number) },
      ]);
    });

    test('an id that is taken is a conflict, and nothing of the second write stays', async () => {
      const { ledger } = await make();
      await request(ledger, 'payments-7f3');
      const { now } = await ledger.read([]);
      const second = requestedAt(now + 1, 'payments-7f3', { service: 'search', key: 'k' });

      expect(await ledger.accept({ ...second, records: [{ key: 'x', value: 1 }] })).toEqual({
        ok: false,
        why: 'conflict',
      });

      expect((await ledger.read(['x'])).records).toEqual([{ rev: 0, value: undefined }]);
      expect(await ledger.audit(10)).toHaveLength(1);
      expect(await request(ledger, 'search-222', { key: 'k' })).toMatchObject({ ok: true });
    });

    test('of two events decided on one revision one wins, and the other writes nothing', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');
      const { release, now } = await loaded(ledger, 'a-222');
      const writes = [
        nextWrite(release, now, planningStarted),
        nextWrite(release, now, refused),
        nextWrite(release, now, retrying),
      ];

      const answers = await Promise.all(writes.map((write) => ledger.commit(write)));

      expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
      expect(answers.filter((answer) => !answer.ok && answer.why === 'conflict')).toHaveLength(2);
      expect((await ledger.events('a-222')).map(({ rev }) => rev)).toEqual([1, 2]);
      expect((await loaded(ledger, 'a-222')).release.rev).toBe(2);
    });

    test('two workers that decide the very same at the very same time are still two: one loses', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');
      const { release, now } = await loaded(ledger, 'a-222');
      const same = () => ledger.commit(nextWrite(release, now, planningStarted));

      const answers = await Promise.all([same(), same()]);

      expect(answers.map((answer) => answer.ok).sort()).toEqual([false, true]);
    });

    test('the same write again is answered as the first time, even when more has happened since', async () => {
      const { ledger } = await make();
      const { now } = await ledger.read([]);
      const first = requestedAt(now, 'a-222');
      await ledger.accept(first);
      await happen(ledger, 'a-222', planningStarted);

      expect(await ledger.accept(first)).toMatchObject({ ok: true });

      expect(await ledger.events('a-222')).toHaveLength(2);
      expect(await ledger.audit(10)).toHaveLength(2);
    });

    test('a key seen before does nothing and gets the first reply; another request under it is refused', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222', { key: 'k', fingerprint: 'f', reply: { say: 'accepted', release: 'a-222' } });

      const again = await request(ledger, 'b-222', { key: 'k', fingerprint: 'f', reply: { say: 'other' } });
      const reused = await request(ledger, 'c-222', { key: 'k', fingerprint: 'g' });

      expect(again).toEqual({ ok: false, why: 'duplicate', reply: { say: 'accepted', release: 'a-222' } });
      expect(reused).toEqual({ ok: false, why: 'key-reused' });
      expect(await ledger.load('b-222')).toBeUndefined();
      expect(await ledger.load('c-222')).toBeUndefined();
    });

    test('events after a revision are only those', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');
      await happen(ledger, 'a-222', planningStarted);
      await happen(ledger, 'a-222', refused);

      expect((await ledger.events('a-222', 1)).map(({ event }) => event.type)).toEqual(['planning-started', 'refused']);
      expect(await ledger.events('nobody-222')).toEqual([]);
    });
  });

  describe('records and guards', () => {
    test('a record has a revision that a guard holds on to; a stale guard loses and writes nothing', async () => {
      const { ledger } = await make();
      const audit = { actor: 'ann', action: 'freeze', subject: 'prod' };
      const freeze = (reason: string | null, rev: number) =>
        ledger.accept({
          records: [{ key: 'freeze:prod', value: reason && { reason } }],
          guards: [{ key: 'freeze:prod', rev }],
          audit,
        });

      expect(await freeze('weekend', 0)).toMatchObject({ ok: true });
      const [kept] = (await ledger.read(['freeze:prod', 'freeze:staging'])).records;
      expect(kept?.value).toEqual({ reason: 'weekend' });

      expect(await freeze('other', 0)).toEqual({ ok: false, why: 'stale-guard' });
      expect(await request(ledger, 'a-222', { guards: [{ key: 'freeze:prod', rev: 0 }] })).toEqual({
        ok: false,
        why: 'stale-guard',
      });
      expect(await ledger.load('a-222')).toBeUndefined();
      expect(await request(ledger, 'a-222', { guards: [{ key: 'freeze:prod', rev: kept?.rev ?? 0 }] })).toMatchObject({
        ok: true,
      });
      expect((await ledger.read(['freeze:prod'])).records).toEqual([kept]);
    });

    test('a record that went and came back is not the one that was read', async () => {
      const { ledger } = await make();
      const set = (value: unknown | null) =>
        ledger.accept({ records: [{ key: 'lock:x', value }], audit: { actor: 'ann', action: 'lock', subject: 'x' } });
      await set({ by: 'ann' });
      const [first] = (await ledger.read(['lock:x'])).records;
      await set(null);
      expect((await ledger.read(['lock:x'])).records).toEqual([{ rev: 0, value: undefined }]);
      await set({ by: 'bob' });

      expect(await request(ledger, 'a-222', { guards: [{ key: 'lock:x', rev: first?.rev ?? 0 }] })).toEqual({
        ok: false,
        why: 'stale-guard',
      });
    });

    test('what is falsy is still a value', async () => {
      const { ledger } = await make();
      await ledger.accept({
        records: [
          { key: 'zero', value: 0 },
          { key: 'no', value: false },
          { key: 'empty', value: '' },
        ],
        audit: { actor: 'ann', action: 'x', subject: 'x' },
      });

      expect((await ledger.read(['zero', 'no', 'empty'])).records.map(({ value }) => value)).toEqual([0, false, '']);
    });
  });
}
