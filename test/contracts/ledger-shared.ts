import { describe, expect, test } from 'vitest';
import type { MakeLedger } from './ledger.ts';

export function sharedPromises(make: MakeLedger): void {
  describe('what processes share', () => {
    test('a key is new once within its time', async () => {
      const { ledger, pass } = await make();

      expect(await Promise.all([ledger.once('k', 400), ledger.once('k', 400), ledger.once('other', 400)])).toEqual([
        true,
        false,
        true,
      ]);
      await pass(410);
      expect(await ledger.once('k', 400)).toBe(true);
    });

    test('a bucket gives so many tokens in any window, and says how long to wait', async () => {
      const { ledger, pass } = await make();
      const take = () => ledger.take('slack:T1', 2, 500);

      expect(await take()).toEqual({ ok: true });
      expect(await take()).toEqual({ ok: true });
      const no = await take();
      expect(no).toEqual({ ok: false, waitMs: expect.any(Number) });
      const waitMs = no.ok ? 0 : no.waitMs;
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(500);
      expect(await ledger.take('slack:T2', 2, 500)).toEqual({ ok: true });
      await pass(waitMs);
      expect(await take()).toEqual({ ok: true });
    });

    test('a secret is made once and is the same for all', async () => {
      const { ledger } = await make();
      const [first, second, other] = await Promise.all([
        ledger.secret('buttons'),
        ledger.secret('buttons'),
        ledger.secret('x'),
      ]);

      expect(first).toHaveLength(32);
      expect([...second]).toEqual([...first]);
      expect([...other]).not.toEqual([...first]);
    });

    test('a worker lives as long as it says so', async () => {
      const { ledger, pass } = await make();
      await ledger.beat('one', 400);
      await ledger.beat('two', 10_000);
      expect((await ledger.workers()).sort()).toEqual(['one', 'two']);

      await pass(410);
      expect(await ledger.workers()).toEqual(['two']);
    });

    test('a ledger that was never put back has no epoch to hold', async () => {
      const { ledger } = await make();

      expect(await ledger.epochs()).toEqual({ epoch: 0, held: 0 });
    });

    test('audit rows come newest first', async () => {
      const { ledger } = await make();
      for (const action of ['one', 'two', 'three'])
        await ledger.accept({ audit: { actor: 'ann', action, subject: 'x', detail: { because: action } } });

      expect((await ledger.audit(2)).map(({ action, detail }) => [action, detail])).toEqual([
        ['three', { because: 'three' }],
        ['two', { because: 'two' }],
      ]);
    });
  });
}
