import type { Asked } from '../../src/asked.ts';
import { TransientError } from '../../src/errors.ts';
import type { Log } from '../../src/ports.ts';
import type { DeployCommand } from '../../src/release/command.ts';
import type { Actor, Address } from '../../src/release/event.ts';
import type { AnswerView, Button, Reply } from '../../src/release/view.ts';
import type { ConsoleChat, Screen } from './chat.ts';
import { renderAnswer } from './render-answer.ts';

/** What a conversation in the terminal needs from the house. */
export interface Desk {
  /** Somebody asked: authorises, accepts durably, replies. Throws TransientError when nothing could be accepted. */
  handle: (asked: Asked) => Promise<Reply>;
  chat: ConsoleChat;
  screen: Screen;
  /** The channel that the terminal is. */
  from: Address;
  log: Log;
}

/** Somebody types a line, with or without `/release`. */
export const say = (desk: Desk, actor: Actor, text: string): Promise<Reply> =>
  ask(desk, { text: text.replace(/^\/release\b\s*/i, ''), actor, from: desk.from, via: 'console' });

/** Somebody presses a button of a card; what it asks for has been asked. */
export const press = (desk: Desk, actor: Actor, button: Button, reason?: string): Promise<Reply> =>
  ask(desk, { button: { ref: button.ref, reason }, actor, from: desk.from, via: 'button' });

/** Somebody has filled in the form. */
export const submit = (desk: Desk, actor: Actor, command: DeployCommand): Promise<Reply> =>
  ask(desk, { command, actor, from: desk.from, via: 'form' });

/** Asks, and prints the answer: an outage is an answer too. */
async function ask(desk: Desk, asked: Asked): Promise<Reply> {
  const reply = await desk.handle(asked).catch((error: unknown) => outage(desk, error));
  if (!reply.form) answer(desk.screen, reply.view, reply.private);
  return reply;
}

export const answer = (screen: Screen, view: AnswerView, secret: boolean): void =>
  screen.print({ kind: 'answer', lines: renderAnswer(view, screen, secret) });

/** A private no of the terminal itself. */
export const refuse = (screen: Screen, title: string, hint: string): void =>
  answer(screen, { kind: 'answer', tone: 'bad', title, lines: [], hint }, true);

function outage({ log }: Desk, error: unknown): Reply {
  log.error({ err: error }, 'a request from the terminal was not accepted');
  const known = error instanceof TransientError && !error.unknown;
  const view = known ? notAccepted(error) : uncertain(error);
  return { ok: false, private: true, view };
}

const notAccepted = (error: TransientError): AnswerView => ({
  kind: 'answer',
  tone: 'bad',
  title: 'Not accepted, nothing will happen.',
  lines: [`I cannot write it down now: ${error.message}.`],
  hint: 'Try again in a moment.',
});

const uncertain = (error: unknown): AnswerView => ({
  kind: 'answer',
  tone: 'bad',
  title: 'I cannot tell whether this was accepted.',
  lines: [error instanceof Error ? error.message : String(error)],
  hint: 'Look with "status" before you try again.',
});
