import { describe, expect, test } from 'vitest';
import { memoryLedger } from '../../../adapters/memory/ledger.ts';
import { ledgerContract } from '../../contracts/ledger.ts';
import { request } from '../../contracts/ledger-writes.ts';

function fakeClock(): { now: () => number; pass: (ms: number) => Promise<void> } {
  let at = Date.UTC(2026, 10, 23, 9);
  const pass = async (ms: number) => {
    at += ms;
  };
  return { now: () => at, pass };
}

ledgerContract(
  'memory',
  async () => {
    const { now, pass } = fakeClock();
    return { ledger: memoryLedger({ now }), pass };
  },
  150,
);

const day = 24 * 3_600_000;

describe('a ledger in memory', () => {
  test('keeps replies for more than seven days', async () => {
    const { now, pass } = fakeClock();
    const ledger = memoryLedger({ now });
    await request(ledger, 'a-222', { key: 'k', reply: 'yes' });
    await pass(7 * day);

    expect(await request(ledger, 'b-222', { key: 'k' })).toMatchObject({ why: 'duplicate', reply: 'yes' });
    await pass(2 * day);
    expect(await request(ledger, 'b-222', { key: 'k' })).toMatchObject({ ok: true });
  });

  test('gives out copies: what is done to them changes nothing', async () => {
    const ledger = memoryLedger({ now: () => 1 });
    await request(ledger, 'a-222');
    const [found] = await ledger.active();
    if (found) found.rev = 99;
    (await ledger.secret('buttons')).fill(0);

    expect((await ledger.load('a-222'))?.release.rev).toBe(1);
    expect([...(await ledger.secret('buttons'))]).not.toEqual(new Array(32).fill(0));
  });

  test('says that it forgets', async () => {
    expect(await memoryLedger({ now: () => 1 }).warnings()).toEqual([expect.stringContaining('forgotten')]);
  });
});
