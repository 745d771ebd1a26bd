import { describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/ports.ts';
import type { MakeLedger } from './ledger.ts';
import { aborted, happen, loaded, queued, refused, request } from './ledger-writes.ts';

const key = 'payments@prod';
const all = { skip: 0, limit: 100 };

async function finished(ledger: Ledger, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    await request(ledger, id);
    await happen(ledger, id, refused, { dueAt: null });
  }
}

async function keepRecord(ledger: Ledger, name: string): Promise<void> {
  const audit = { actor: 'ann', action: 'x', subject: 'x' };
  await ledger.accept({ records: [{ key: name, value: { template: 1 } }], audit });
}

export function forgetPromises(make: MakeLedger): void {
  describe('forgetting', () => {
    test('the oldest finished releases come first, never one of the newest, page by page', async () => {
      const { ledger } = await make();
      await finished(ledger, 'a-222', 'b-222', 'c-222', 'd-222');
      await request(ledger, 'e-222');

      expect(await ledger.targets()).toEqual([key]);
      expect(await ledger.outlived(key, 1, all)).toEqual(['a-222', 'b-222', 'c-222']);
      expect(await ledger.outlived(key, 1, { skip: 1, limit: 1 })).toEqual(['b-222']);
      expect(await ledger.outlived(key, 1, { skip: 3, limit: 5 })).toEqual([]);
      expect(await ledger.outlived(key, 4, all)).toEqual([]);
      expect(await ledger.outlived('search@prod', 0, all)).toEqual([]);
    });

    test('a target where nothing has ended yet is not among them', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');

      expect(await ledger.targets()).toEqual([]);
    });

    test('of a forgotten release nothing is left: no snapshot, event, card, record, and no place in its target', async () => {
      const { ledger } = await make();
      await finished(ledger, 'a-222', 'b-222');
      for (const name of ['template:a-222:0', 'template:b-222:0', 'lock:x']) await keepRecord(ledger, name);
      const { release } = await loaded(ledger, 'a-222');
      const claimed = await ledger.claimCard('a-222.0', 1_000);

      expect(await ledger.forget(release, ['template:a-222:0'])).toBe(true);

      expect(await ledger.load('a-222')).toBeUndefined();
      expect(await ledger.events('a-222')).toEqual([]);
      expect(await ledger.claimCard('a-222.0', 1_000)).toBeUndefined();
      expect(await ledger.settleCard(claimed!.claim, claimed!.card, { done: true })).toBe(false);
      expect(await ledger.dirtyCards(10)).toEqual(['b-222.0']);
      const { records } = await ledger.read(['template:a-222:0', 'template:b-222:0', 'lock:x']);
      expect(records.map(({ value }) => value)).toEqual([undefined, { template: 1 }, { template: 1 }]);
      expect((await ledger.target(key, 10)).recent.map(({ id }) => id)).toEqual(['b-222']);
      expect(await ledger.outlived(key, 0, all)).toEqual(['b-222']);
    });

    test('one that has not ended is never forgotten, and one that is gone is gone', async () => {
      const { ledger } = await make();
      await queued(ledger, 'a-222');
      const { release } = await loaded(ledger, 'a-222');
      await keepRecord(ledger, 'template:a-222:0');

      expect(await ledger.forget(release, ['template:a-222:0'])).toBe(false);
      expect((await loaded(ledger, 'a-222')).release).toEqual(release);
      expect((await ledger.read(['template:a-222:0'])).records[0]?.value).toEqual({ template: 1 });
      expect((await ledger.target(key, 1)).queue).toEqual(['a-222']);

      await happen(ledger, 'a-222', aborted, { dueAt: null, queue: 'leave' });
      expect(await ledger.forget((await loaded(ledger, 'a-222')).release, [])).toBe(true);
      expect(await ledger.forget(release, [])).toBe(false);
    });

    test('what is said late about a forgotten release is lost, and does not bring it back', async () => {
      const { ledger } = await make();
      await finished(ledger, 'a-222');
      const { release, now } = await loaded(ledger, 'a-222');
      await ledger.forget(release, []);

      expect(await ledger.wake('a-222')).toBeUndefined();
      await ledger.defer('a-222', release.rev, now);
      expect(await ledger.claimDue(10, 1_000)).toEqual([]);
      const late = { event: refused, at: now, after: { ...release, rev: release.rev + 1 }, dueAt: now };
      expect(await ledger.commit({ release: late, audit: { actor: 'x', action: 'x', subject: 'x' } })).toEqual({
        ok: false,
        why: 'conflict',
      });
    });
  });
}
