import { describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/ports.ts';
import type { MakeLedger } from './ledger.ts';
import { channel, happen, planned, planningStarted, refused, request, retrying } from './ledger-writes.ts';

type Claim = NonNullable<Awaited<ReturnType<Ledger['claimCard']>>>;

async function claimed(ledger: Ledger, id: string, leaseMs = 60_000): Promise<Claim> {
  const found = await ledger.claimCard(id, leaseMs);
  if (!found) throw new Error(`card ${id} could not be claimed`);
  return found;
}

/** Shows revision `rev` on a card that is claimed, and gives it back. */
const show = (ledger: Ledger, { claim, card }: Claim, rev: number, notBefore?: number) =>
  ledger.settleCard(claim, { ...card, message: 'M1', shownRev: rev, noted: rev }, { done: true, notBefore });

export function cardPromises(make: MakeLedger): void {
  describe('cards', () => {
    test('a new release has one dirty card for each address', async () => {
      const { ledger } = await make();
      const teams = { ...channel, surface: 'teams' as const, channel: '19:x' };
      await request(ledger, 'a-222', { announce: [channel, teams] });

      expect((await ledger.dirtyCards(10)).sort()).toEqual(['a-222.0', 'a-222.1']);
      expect((await claimed(ledger, 'a-222.1')).card).toEqual({
        id: 'a-222.1',
        release: 'a-222',
        address: teams,
        message: undefined,
        shownRev: 0,
        noted: 0,
      });
    });

    test('a card has one holder, is clean when shown, and dirty again with the next event', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');
      const first = await claimed(ledger, 'a-222.0');
      expect(first.takenOver).toBe(false);
      expect(await ledger.claimCard('a-222.0', 60_000)).toBeUndefined();
      expect(await ledger.dirtyCards(10)).toEqual([]);

      expect(await show(ledger, first, 1)).toBe(true);
      expect(await ledger.dirtyCards(10)).toEqual([]);
      expect(await ledger.claimCard('a-222.0', 60_000)).toBeUndefined();

      await happen(ledger, 'a-222', planningStarted);
      expect(await ledger.dirtyCards(10)).toEqual(['a-222.0']);
      expect((await claimed(ledger, 'a-222.0')).card).toMatchObject({ message: 'M1', shownRev: 1, noted: 1 });
    });

    test('a card whose release moved on while it was shown stays dirty', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');
      const first = await claimed(ledger, 'a-222.0');
      await happen(ledger, 'a-222', planningStarted);
      expect(await ledger.dirtyCards(10)).toEqual([]);

      await show(ledger, first, 1);

      expect(await ledger.dirtyCards(10)).toEqual(['a-222.0']);
    });

    test('what is stored on the way is kept, and the card stays with its holder', async () => {
      const { ledger, pass } = await make();
      await request(ledger, 'a-222');
      const { claim, card } = await claimed(ledger, 'a-222.0', 400);
      expect(await ledger.settleCard(claim, { ...card, message: 'M1' }, { done: false })).toBe(true);
      expect(await ledger.claimCard('a-222.0', 400)).toBeUndefined();

      await pass(410);
      expect((await claimed(ledger, 'a-222.0')).card.message).toBe('M1');
    });

    test('a pace delays the next turn of a card, but not the final one', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');
      const first = await claimed(ledger, 'a-222.0');
      await show(ledger, first, 1, first.now + 60_000);
      await happen(ledger, 'a-222', planningStarted);
      expect(await ledger.dirtyCards(10)).toEqual([]);
      expect(await ledger.claimCard('a-222.0', 1_000)).toBeUndefined();

      await happen(ledger, 'a-222', refused, { dueAt: null });

      expect(await ledger.dirtyCards(10)).toEqual(['a-222.0']);
      await claimed(ledger, 'a-222.0');
    });

    test('a release that ends while its card is shown does not wait for the pace', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');
      const first = await claimed(ledger, 'a-222.0');
      await happen(ledger, 'a-222', refused, { dueAt: null });

      await show(ledger, first, 1, first.now + 60_000);

      expect(await ledger.dirtyCards(10)).toEqual(['a-222.0']);
    });

    test('a new phase keeps no pace, whenever it comes; what follows it does', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');
      const first = await claimed(ledger, 'a-222.0');
      await show(ledger, first, 1, first.now + 60_000);
      await happen(ledger, 'a-222', planningStarted, { turns: true });
      expect(await ledger.dirtyCards(10)).toEqual(['a-222.0']);

      const second = await claimed(ledger, 'a-222.0');
      await happen(ledger, 'a-222', planned, { turns: true });
      await show(ledger, second, 2, second.now + 60_000);
      expect(await ledger.dirtyCards(10)).toEqual(['a-222.0']);

      const third = await claimed(ledger, 'a-222.0');
      await happen(ledger, 'a-222', retrying);
      await show(ledger, third, 3, third.now + 60_000);
      expect(await ledger.dirtyCards(10)).toEqual([]);
    });

    test('a card that could not show a new phase waits as chat says', async () => {
      const { ledger, pass } = await make();
      await request(ledger, 'a-222');
      await happen(ledger, 'a-222', planningStarted, { turns: true });
      const { claim, card, now } = await claimed(ledger, 'a-222.0');

      await ledger.settleCard(claim, card, { done: true, notBefore: now + 400 });

      expect(await ledger.dirtyCards(10)).toEqual([]);
      await pass(410);
      expect(await ledger.dirtyCards(10)).toEqual(['a-222.0']);
    });

    test('a final card that could not be shown waits as chat says', async () => {
      const { ledger, pass } = await make();
      await request(ledger, 'a-222');
      await happen(ledger, 'a-222', refused, { dueAt: null });
      const { claim, card, now } = await claimed(ledger, 'a-222.0');

      await ledger.settleCard(claim, card, { done: true, notBefore: now + 400 });

      expect(await ledger.dirtyCards(10)).toEqual([]);
      await pass(410);
      expect(await ledger.dirtyCards(10)).toEqual(['a-222.0']);
    });

    test('a card that lacks thread lines stays dirty, and waits as chat says', async () => {
      const { ledger, pass } = await make();
      await request(ledger, 'a-222');
      await happen(ledger, 'a-222', refused, { dueAt: null });
      const { claim, card, now } = await claimed(ledger, 'a-222.0');
      const shown = { ...card, message: 'M1', shownRev: 2, noted: 1 };
      await ledger.settleCard(claim, shown, { done: false });

      await ledger.settleCard(claim, shown, { done: true, notBefore: now + 400 });

      expect(await ledger.dirtyCards(10)).toEqual([]);
      await pass(410);
      expect((await claimed(ledger, 'a-222.0')).card).toMatchObject({ shownRev: 2, noted: 1 });
    });

    test('a pace set after a release ended unseen does not hold back its final card', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');
      const { claim, card, now } = await claimed(ledger, 'a-222.0');
      const shown = { ...card, message: 'M1', shownRev: 1, noted: 1 };
      await ledger.settleCard(claim, shown, { done: false });
      await happen(ledger, 'a-222', refused, { dueAt: null });

      await ledger.settleCard(claim, shown, { done: true, notBefore: now + 60_000 });

      expect(await ledger.dirtyCards(10)).toEqual(['a-222.0']);
    });

    test('final cards come first', async () => {
      const { ledger } = await make();
      await request(ledger, 'a-222');
      await request(ledger, 'b-222');
      await happen(ledger, 'b-222', refused, { dueAt: null });

      expect(await ledger.dirtyCards(10)).toEqual(['b-222.0', 'a-222.0']);
      expect(await ledger.dirtyCards(1)).toEqual(['b-222.0']);
    });

    test('a dead holder loses its card, and a final card is then sent once more', async () => {
      const { ledger, pass } = await make();
      await request(ledger, 'a-222');
      await happen(ledger, 'a-222', refused, { dueAt: null });
      const dead = await claimed(ledger, 'a-222.0', 40);
      await pass(50);
      expect(await ledger.dirtyCards(10)).toEqual(['a-222.0']);

      const heir = await claimed(ledger, 'a-222.0', 400);
      expect(heir.takenOver).toBe(true);
      expect(await show(ledger, dead, 1)).toBe(false);
      expect(await show(ledger, heir, 2)).toBe(true);
      expect(await ledger.dirtyCards(10)).toEqual([]);

      await pass(410);
      expect(await ledger.dirtyCards(10)).toEqual(['a-222.0']);
      const again = await claimed(ledger, 'a-222.0', 400);
      expect(again).toMatchObject({ takenOver: true, card: { shownRev: 2, message: 'M1' } });
      await show(ledger, again, 2);
      await pass(410);
      expect(await ledger.dirtyCards(10)).toEqual([]);
    });

    test('a holder that goes on saying so keeps its card past its lease', async () => {
      const { ledger, pass } = await make();
      await request(ledger, 'a-222');
      const { claim, card } = await claimed(ledger, 'a-222.0', 400);
      await pass(250);
      expect(await ledger.settleCard(claim, card, { done: false })).toBe(true);
      await pass(250);

      expect(await ledger.dirtyCards(10)).toEqual([]);
      expect(await ledger.claimCard('a-222.0', 400)).toBeUndefined();
      await pass(200);
      expect(await ledger.claimCard('a-222.0', 400)).toMatchObject({ takenOver: true });
    });

    test('a holder that was frozen, and comes back after all others, has the card sent once more', async () => {
      const { ledger, pass } = await make();
      await request(ledger, 'a-222');
      await happen(ledger, 'a-222', refused, { dueAt: null });
      const frozen = await claimed(ledger, 'a-222.0', 40);
      await pass(50);
      await show(ledger, await claimed(ledger, 'a-222.0', 40), 2);
      await pass(50);
      await show(ledger, await claimed(ledger, 'a-222.0', 40), 2);
      await pass(50);
      expect(await ledger.dirtyCards(10)).toEqual([]);

      expect(await show(ledger, frozen, 1)).toBe(false);

      expect(await ledger.dirtyCards(10)).toEqual(['a-222.0']);
      const again = await claimed(ledger, 'a-222.0');
      expect(again).toMatchObject({ takenOver: true, card: { shownRev: 2 } });
      await show(ledger, again, 2);
      expect(await ledger.dirtyCards(10)).toEqual([]);
      // The same answer again, because its first was lost, means nothing.
      expect(await show(ledger, again, 2)).toBe(true);
      expect(await ledger.dirtyCards(10)).toEqual([]);
    });
  });
}
