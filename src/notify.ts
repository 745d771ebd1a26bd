import { TerminalError, TransientError } from './errors.ts';
import type { CardState, Chat, ChatCall } from './ports.ts';
import { sealButtons } from './release/button.ts';
import { cardOf } from './release/card.ts';
import type { Happened } from './release/event.ts';
import { evolve } from './release/evolve.ts';
import { type Calling, type Noted, noteOf } from './release/notes.ts';
import { isFinished, type Release } from './release/release.ts';
import type { CardView, NoteView } from './release/view.ts';
import type { World } from './world.ts';

/** A holder that died is followed by another one after this, ms. One that lives renews its claim all the time. */
const lease = 12_000;
/** The share of what a platform allows that running releases may use; the rest is kept for final states. */
const shareOfRunning = 0.8;
/** Whoever waits for its turn asks again after this, ms: by then others may have given up theirs. */
const askForTurnAgain = 1_000;

/**
 * Brings one card up to date: the card from the state as it is now, then the thread lines that are missing. One claim
 * per card; what is shown is stored after each call, so that a crash repeats at most the call that was under way.
 *
 * @throws TransientError when the ledger does not answer for long; a chat that fails is tried again later and harms nothing
 */
export async function notify(world: World, cardId: string): Promise<void> {
  // What came while we were calling is shown at once, where it keeps no pace: nobody rings for it again.
  while (await takeClaim(world, cardId));
}

/** False when there is nothing to show now. */
async function takeClaim(world: World, cardId: string): Promise<boolean> {
  const claimed = await world.ledger.claimCard(cardId, lease);
  if (!claimed) return false;
  const { claim, takenOver, now } = claimed;
  const turn: Turn = { world, claim, card: claimed.card, again: takenOver };
  try {
    const notBefore = await renewing(turn, () => bringUpToDate(turn, now));
    await world.ledger.settleCard(claim, turn.card, { done: true, notBefore });
  } catch (error) {
    const wait = later(error);
    world.log.warn({ err: error, card: cardId, waitMs: wait }, 'a card could not be shown');
    await giveBack(turn, now + wait);
  }
  return true;
}

/** A call to a chat may take longer than the lease: that we live is said meanwhile. What fails is said again. */
async function renewing<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
  const alive = () => turn.world.ledger.settleCard(turn.claim, turn.card, { done: false }).catch(() => false);
  const timer = setInterval(() => void alive(), lease / 4);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** How often a ledger that is away is asked to take a card back, ms. */
const askAgain = 500;

/** A ledger that was away for a moment must not keep the card for the whole lease: its holder lives, and says so. */
async function giveBack({ world, claim, card }: Turn, notBefore: number): Promise<void> {
  for (let left = lease; ; left -= askAgain) {
    try {
      await world.ledger.settleCard(claim, card, { done: true, notBefore });
      return;
    } catch (error) {
      if (!(error instanceof TransientError) || left <= 0) throw error;
      await new Promise((done) => setTimeout(done, askAgain));
    }
  }
}

interface Turn {
  world: World;
  claim: string;
  card: CardState;
  /** A claim before us died in the middle: a final card is sent once more. */
  again: boolean;
}

/** A message that may stand there already is not repeated in haste, ms: while answers get lost, each would be one more. */
const hesitation = 10_000;

function later(error: unknown): number {
  if (error instanceof TransientError) return Math.max(error.retryAfterMs, error.unknown ? hesitation : 500);
  return error instanceof TerminalError ? 300_000 : 30_000;
}

async function bringUpToDate(turn: Turn, now: number): Promise<number | undefined> {
  const { world } = turn;
  const chat = world.chats[turn.card.address.surface];
  const loaded = await world.ledger.load(turn.card.release);
  if (!loaded) return undefined;
  if (!chat) throw new TransientError(`no ${turn.card.address.surface} here`, { retryAfterMs: 30_000 });
  const wait = (await show(turn, chat, loaded.release, loaded.now)) || (await say(turn, chat, loaded.release));
  if (wait > 0) return now + wait;
  return isFinished(loaded.release) ? undefined : now + chat.paceMs;
}

/**
 * Takes what this call needs of what the platform allows, which all cards share; final ones may use all of it.
 * @returns how long the call must wait, ms
 */
async function turnFor(call: ChatCall, turn: Turn, chat: Chat, release: Release): Promise<number> {
  for (const { bucket, calls, windowMs } of chat.allowances(call, turn.card.address)) {
    const limit = isFinished(release) ? calls : Math.ceil(calls * shareOfRunning);
    const taken = await turn.world.ledger.take(`chat:${bucket}`, limit, windowMs);
    if (!taken.ok) return Math.min(taken.waitMs, askForTurnAgain);
  }
  return 0;
}

/** @returns how long to wait before the card may be shown, ms; 0: it is. */
async function show(turn: Turn, chat: Chat, release: Release, now: number): Promise<number> {
  const { world, card } = turn;
  const current = card.message !== undefined && card.shownRev >= release.rev && !(turn.again && isFinished(release));
  if (current) return 0;
  const wait = await turnFor(card.message === undefined ? 'post' : 'update', turn, chat, release);
  if (wait > 0) return wait;
  const key = await world.ledger.secret('buttons');
  const view: CardView = sealButtons(key, cardOf(release, now, await world.ledger.warnings()), release.planHash);
  const send = async (shown: CardView): Promise<string | undefined> => {
    const updated = card.message === undefined ? 'gone' : await chat.update(card.address, card.message, shown);
    return updated === 'gone' ? chat.post(card.address, shown) : card.message;
  };
  const message = await send(view).catch(whenRejected(() => send({ ...view, facts: [], steps: [] })));
  await keep(turn, { ...card, message, shownRev: release.rev });
  return 0;
}

/**
 * Thread lines are posted in order, each once, but for the one under way when a process dies. None is newer than the card
 * above it: a later one waits for the next turn.
 *
 * @returns how long to wait before the next line may be posted, ms; 0: nothing is missing
 */
async function say(turn: Turn, chat: Chat, release: Release): Promise<number> {
  if (turn.card.noted >= release.rev) return 0;
  const events = await turn.world.ledger.events(release.id);
  let after: Release | undefined;
  for (const happened of events.filter(({ rev }) => rev <= release.rev)) {
    after = evolve(after, happened.event, happened.at);
    const wait = after && happened.rev > turn.card.noted ? await sayOne(turn, chat, happened, after) : 0;
    if (wait > 0) return wait;
  }
  turn.card = { ...turn.card, noted: release.rev };
  return 0;
}

async function sayOne(turn: Turn, chat: Chat, { event, rev }: Happened, after: Release): Promise<number> {
  const noted = noteOf(event, after, callingOf(turn.world, after));
  if (!noted || !turn.card.message) return 0;
  const wait = await turnFor('reply', turn, chat, after);
  if (wait > 0) return wait;
  await tell(turn, chat, noted);
  await keep(turn, { ...turn.card, noted: rev });
  return 0;
}

/** One line that a platform never takes must not keep back all that follow it: it is told plainly, or else passed over. */
async function tell({ world, card }: Turn, chat: Chat, { note, loud }: Noted): Promise<void> {
  const say = (line: NoteView) => chat.reply(card.address, card.message!, line, loud);
  const plain = { ...note, text: note.text.slice(0, 500), mentions: [], code: undefined };
  const passOver = async (error: unknown) =>
    world.log.error({ err: error, card: card.id, line: note.text.slice(0, 200) }, 'a chat does not take this line');
  await say(note).catch(whenRejected(() => say(plain).catch(whenRejected(passOver))));
}

/** Does something else about a message that will never be taken as it is; what may be mended or tried again stays. */
const whenRejected =
  <T>(instead: (error: TerminalError) => Promise<T>) =>
  (error: unknown): Promise<T> => {
    if (error instanceof TerminalError && error.code === 'rejected') return instead(error);
    throw error;
  };

async function keep(turn: Turn, card: CardState): Promise<void> {
  turn.card = card;
  const held = await turn.world.ledger.settleCard(turn.claim, card, { done: false });
  if (!held) throw new TransientError('another process took this card over');
}

/** The groups of the roles that may approve, as this installation's chats know them. */
function callingOf(world: World, release: Release): Calling {
  const { roles } = world.catalog();
  const approvers = (release.plan?.approvals.from ?? []).flatMap((name) =>
    (roles[name]?.groups ?? []).filter((group) => !group.startsWith('user:')).map((group) => ({ group, name })),
  );
  return { approvers };
}
