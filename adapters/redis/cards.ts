import { randomUUID } from 'node:crypto';
import type { CardState, Ledger } from '../../src/ports.ts';
import type { Address } from '../../src/release/event.ts';
import { keyOf, parse, run, runOnce, type Store, script } from './store.ts';

const dirty = script('dirty-cards');
const claim = script('claim-card');
const settle = script('settle-card');

export const dirtyCards = (store: Store, limit: number): Promise<string[]> => run(store, dirty, { limit });

type Claimed = [
  now: number,
  takenOver: number,
  release: string,
  address: string,
  message: string | null,
  shownRev: string,
  noted: string,
];

export async function claimCard(store: Store, id: string, leaseMs: number): ReturnType<Ledger['claimCard']> {
  const token = randomUUID();
  const claimed = await runOnce<Claimed | null>(store, claim, { id, leaseMs, claim: token });
  if (!claimed) return undefined;
  const [now, takenOver, release, address, message, shownRev, noted] = claimed;
  const card: CardState = {
    id,
    release,
    address: parse<Address>(keyOf(store, 'card', id), address),
    message: message ?? undefined,
    shownRev: Number(shownRev),
    noted: Number(noted),
  };
  return { card, claim: token, takenOver: takenOver === 1, now };
}

export async function settleCard(
  store: Store,
  token: string,
  { id, message, shownRev, noted }: CardState,
  { done, notBefore = 0 }: { done: boolean; notBefore?: number },
): Promise<boolean> {
  return (await runOnce(store, settle, { id, claim: token, message, shownRev, noted, done, notBefore })) === 1;
}
