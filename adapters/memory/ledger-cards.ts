import type { CardState, Ledger } from '../../src/ports.ts';
import type { Address } from '../../src/release/event.ts';
import { inOrder, type KeptCard, type State } from './ledger-state.ts';

const isFinal = (state: State, card: KeptCard): boolean => state.releases.get(card.release)?.finished === true;

/** It shows less than the ledger knows, or lacks thread lines. */
const isBehind = (state: State, card: KeptCard): boolean =>
  Math.min(card.shownRev, card.noted) < (state.releases.get(card.release)?.rev ?? 0);

/** Every card of the release shows less than the ledger knows now; a new release gets a card for each address. */
export function soilCards(state: State, release: string, fresh: Address[], now: number, turns: boolean): void {
  for (const [n, address] of fresh.entries())
    state.cards.set(`${release}.${n}`, {
      release,
      address: JSON.stringify(address),
      shownRev: 0,
      noted: 0,
      notBefore: 0,
    });
  for (let n = 0; ; n += 1) {
    const card = state.cards.get(`${release}.${n}`);
    if (!card) return;
    if (turns || isFinal(state, card)) card.notBefore = 0;
    card.turn = Math.max(now, card.notBefore, card.claim?.until ?? 0);
  }
}

export function dirtyCards(state: State, limit: number): string[] {
  const now = state.now();
  const due = [...state.cards].filter(([, card]) => card.turn !== undefined && card.turn <= now);
  const ordered = (final: boolean) =>
    inOrder(due.filter(([, card]) => isFinal(state, card) === final).map(([id, card]) => [id, card.turn ?? 0]));
  return [...ordered(true), ...ordered(false)].slice(0, limit);
}

export function claimCard(state: State, id: string, leaseMs: number): Awaited<ReturnType<Ledger['claimCard']>> {
  const card = state.cards.get(id);
  const now = state.now();
  if (!card || !isClaimable(state, card, now)) return undefined;
  if (card.claim) card.again ??= 'owed';
  const token = Buffer.from(state.random(16)).toString('hex');
  card.claim = { token, until: now + leaseMs, leaseMs, shownRev: card.shownRev };
  card.turn = now + leaseMs;
  return { card: shown(id, card), claim: token, takenOver: card.again !== undefined, now };
}

function isClaimable(state: State, card: KeptCard, now: number): boolean {
  if (card.claim) return card.claim.until <= now;
  return (isBehind(state, card) || card.again === 'waits') && card.notBefore <= now;
}

const shown = (id: string, { release, address, message, shownRev, noted }: KeptCard): CardState => ({
  id,
  release,
  address: JSON.parse(address),
  message,
  shownRev,
  noted,
});

export function settleCard(
  state: State,
  token: string,
  to: CardState,
  { done, notBefore = 0 }: { done: boolean; notBefore?: number },
): boolean {
  const card = state.cards.get(to.id);
  if (!card) return false;
  if (card.claim?.token !== token) {
    if (card.settled !== token) sendAgain(card, state.now());
    return card.settled === token;
  }
  const moved = to.shownRev > card.claim.shownRev;
  const caughtUp = moved && to.noted >= to.shownRev;
  Object.assign(card, { shownRev: to.shownRev, noted: to.noted, message: to.message ?? card.message });
  // A final card keeps no pace, nor does one that lacks a new phase: they only wait after a call that failed (chat is
  // down, or says "later").
  const lacksPhase = (state.releases.get(card.release)?.turned ?? 0) > to.shownRev;
  const urgent = (isFinal(state, card) && caughtUp) || (moved && lacksPhase);
  if (done) giveBack(state, card, urgent ? 0 : notBefore);
  else renew(card.claim, card, state.now());
  return true;
}

/** Who stores something lives: its lease begins anew. */
function renew(claim: NonNullable<KeptCard['claim']>, card: KeptCard, now: number): void {
  claim.until = now + claim.leaseMs;
  card.turn = claim.until;
}

/** Somebody who was frozen is back, and its call may have landed after everybody else's. */
function sendAgain(card: KeptCard, now: number): void {
  card.again = card.claim ? 'owed' : 'waits';
  if (!card.claim) card.turn = now;
}

function giveBack(state: State, card: KeptCard, notBefore: number): void {
  const now = state.now();
  const leaseMs = card.claim?.leaseMs ?? 0;
  card.settled = card.claim?.token;
  card.claim = undefined;
  card.notBefore = notBefore;
  card.turn = undefined;
  if (isBehind(state, card)) {
    card.turn = Math.max(now, notBefore);
  } else if (card.again === 'owed') {
    card.again = 'waits';
    card.notBefore = now + leaseMs;
    card.turn = card.notBefore;
  } else {
    card.again = undefined;
  }
}
