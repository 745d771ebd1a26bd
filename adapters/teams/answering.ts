import { isFirst } from '../../src/asking.ts';
import type { TransientError } from '../../src/errors.ts';
import type { Address } from '../../src/release/event.ts';
import type { AnswerView, Reply } from '../../src/release/view.ts';
import { type Again, stubborn } from '../../src/stubborn.ts';
import type { Sent } from './activity.ts';
import type { TeamsDesk } from './desk.ts';
import { teamsStatus } from './failures.ts';
import type { Asker } from './people.ts';
import { placeOf } from './references.ts';
import { renderAnswer } from './render-answer.ts';

/** Getting an answer to the one who asked. A chat call that fails is logged: it never undoes what was accepted. */

/** For everybody, in the thread or chat where it was asked. */
export const publicly = (desk: TeamsDesk, asker: Asker, reply: Reply): Promise<void> =>
  post(desk, asker, answer(asker, reply));

export const post = (desk: TeamsDesk, { where }: Asker, sent: Sent): Promise<void> =>
  logged(desk, async (again) => void (await again(() => desk.transport.post(where, sent))));

/** For the asker alone: unseen by others where it was asked, else in the chat between us two. */
export const privately = (desk: TeamsDesk, asker: Asker, reply: Reply): Promise<void> =>
  asker.alone
    ? publicly(desk, asker, reply)
    : logged(desk, (again) => whisper(desk, asker, answer(asker, reply), again));

/** `privately`, however often Teams told what is answered. @param key of the delivery */
export const tellOnce = async (desk: TeamsDesk, asker: Asker, key: string, reply: Reply): Promise<void> => {
  if (await isFirst(desk, { key })) await privately(desk, asker, reply);
};

const whisper = async (desk: TeamsDesk, asker: Asker, sent: Sent, again: Again): Promise<void> => {
  try {
    await again(() => desk.transport.whisper(asker.where, asker.person, sent));
  } catch (error) {
    if (!isNo(error)) throw error;
    desk.log.info({ error }, 'Teams did not whisper an answer; I write to the person directly');
    await directly(desk, asker, sent, again);
  }
};

/** Somebody who never wrote to us may not be reachable; then at least nobody waits for an answer. */
const directly = async (
  { transport, log }: TeamsDesk,
  { where, person }: Asker,
  sent: Sent,
  again: Again,
): Promise<void> => {
  try {
    const alone = await again(() => transport.direct(where, person));
    await again(() => transport.post(alone, sent));
  } catch (error) {
    log.warn({ error }, 'a private answer reached nobody in Teams; I say so where it was asked');
    await again(() => transport.post(where, renderAnswer(unreachable)));
  }
};

const unreachable: AnswerView = {
  kind: 'answer',
  tone: 'stopped',
  title: 'I could not answer you privately',
  lines: [],
  hint: 'Write to me directly, in a chat with me alone, and ask again.',
};

/** Teams understood, and does not do it: not a matter of trying again. */
const isNo = (error: unknown): boolean => {
  const code = teamsStatus(error) ?? 0;
  return code >= 400 && code < 500;
};

const answer = ({ where }: Asker, { view, announced = [] }: Reply): Sent =>
  renderAnswer({ ...view, lines: [...view.lines, ...pointer(placeOf(where.id), announced)] });

/** Teams gives us no names of channels, and their ids say nothing to people. */
const pointer = (here: string, announced: Address[]): string[] => {
  const channels = announced.filter(({ surface }) => surface === 'teams').map(({ channel }) => channel);
  if (channels.length === 0)
    return announced.some(({ surface }) => surface === 'slack') ? ['The card is in Slack.'] : [];
  return [
    channels.includes(here) ? 'The card is in this channel.' : 'The card is in the channel that release.yaml names.',
  ];
};

/** @param tell is given some seconds in which to try again what Teams does not do at once */
export const logged = async (desk: TeamsDesk, tell: (again: Again) => Promise<void>): Promise<void> => {
  try {
    await tell(stubborn({ mayBeDone, stopping: desk.stopping }));
  } catch (error) {
    desk.log.warn({ error }, 'an answer did not reach its asker in Teams');
  }
};

/** Refused before anything was done; of anything else, and of no answer at all, that is not known. */
const surelyNotDone = [401, 412, 425, 429, 503];

const mayBeDone = (error: TransientError): boolean => !surelyNotDone.includes(teamsStatus(error) ?? 0);
