import { renderCard } from '../../adapters/slack/render-card.ts';
import { cardOf } from '../../src/release/card.ts';
import type { Release } from '../../src/release/release.ts';
import type { SlackMessage } from '../servers/slack/messages.ts';
import type { Call } from '../servers/slack/store.ts';
import { type Evidence, type Violation, violation } from './check.ts';

/** I7: the card that people see at the end is the state at the end, and no card ever went back in time. */
export function checkCards({ ledger, cards, calls, crashes }: Evidence): Violation[] {
  const doubled = duplicates(cards);
  return [
    ...ledger.releases.flatMap(({ snapshot }) => checkLast(snapshot, cards.get(snapshot.id) ?? [])),
    ...backwards(calls),
    ...ledger.dirty.map((card) => violation('cards', `${card} was never brought up to date`)),
    ...(doubled > crashes ? [violation('cards', `${doubled} cards were posted twice in ${crashes} crashes`)] : []),
  ];
}

/** First posts beyond one for each release. */
export const duplicates = (cards: Map<string, SlackMessage[]>): number =>
  [...cards.values()].reduce((sum, all) => sum + all.length - 1, 0);

function checkLast(release: Release, [card]: SlackMessage[]): Violation[] {
  if (!card) return [violation('cards', `${release.id} has no card`)];
  const wanted = renderCard(cardOf(release, release.finishedAt ?? 0)).text;
  return card.text === wanted
    ? []
    : [violation('cards', `${release.id}: its card says "${card.text}" in place of "${wanted}"`)];
}

/** By what the app sent, in the order in which Slack took it. */
function backwards(calls: readonly Call[]): Violation[] {
  const shown = new Map<string, number>();
  return calls.filter(isCard).flatMap(({ args }) => {
    const { release, rev } = (args.metadata as { event_payload: { release: string; rev: number } }).event_payload;
    const key = `${release} ${args.ts ?? ''}`;
    const before = shown.get(key) ?? 0;
    shown.set(key, Math.max(before, rev));
    return rev < before ? [violation('cards', `${release}: its card went back from ${before} to ${rev}`)] : [];
  });
}

const done = ['ok', 'lost-reply', 'slow'];
const isCard = ({ method, args, answer }: Call): boolean =>
  method === 'chat.update' &&
  done.includes(answer) &&
  (args.metadata as { event_type?: string } | undefined)?.event_type === 'release';
