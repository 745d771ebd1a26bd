import type { Actor } from '../../src/release/event.ts';
import type { Button, CardView } from '../../src/release/view.ts';
import type { Console } from './app.ts';
import { press, refuse } from './conversation.ts';
import { oneLine, wrap } from './text.ts';

/** A number presses that button of the newest card. */
export async function pressNumber(desk: Console, actor: Actor, number: number): Promise<void> {
  const card = desk.chat.newest();
  const button = card?.buttons[number - 1];
  if (!card || !button) return refuse(desk.screen, noButton(card, number), 'Type "status" to see what goes on.');
  if (button.confirm && !(await confirmed(desk, button.confirm))) return;
  const reason = button.asksReason ? await reasonFor(desk, button) : undefined;
  if (button.asksReason && !reason) return;
  await press(desk, actor, button, reason);
}

function noButton(card: CardView | undefined, number: number): string {
  if (!card) return `There is no card yet, so ${number} means nothing.`;
  const has = card.buttons.length === 0 ? 'no button' : `only ${card.buttons.length}`;
  return `The newest card (${card.release}) has ${has}, so ${number} means nothing.`;
}

/** Asks before the button counts. Anything but a yes is a no. */
async function confirmed(desk: Console, ask: NonNullable<Button['confirm']>): Promise<boolean> {
  const { screen } = desk;
  const text = wrap(ask.text, screen.width - 4).map((line) => `    ${line}`);
  screen.print({ kind: 'words', lines: [`  ${screen.paint(['bold'], `? ${oneLine(ask.title)}`)}`, ...text] });
  const answer = await screen.ask(`    y: ${oneLine(ask.yes)} · N: ${oneLine(ask.no)} › `);
  const yes = /^y(es)?$/i.test(answer?.trim() ?? '');
  if (!yes) screen.print({ kind: 'words', lines: [`    ${screen.paint(['gray'], 'Nothing was done.')}`] });
  return yes;
}

async function reasonFor(desk: Console, button: Button): Promise<string | undefined> {
  const { screen } = desk;
  const text = `? Reason for “${oneLine(button.label)}”. Everybody in the channel sees it.`;
  screen.print({ kind: 'words', lines: [`  ${screen.paint(['bold'], text)}`] });
  const reason = (await screen.ask('    because › '))?.trim();
  if (!reason) screen.print({ kind: 'words', lines: [`    ${screen.paint(['gray'], 'Nothing was done.')}`] });
  return reason;
}
