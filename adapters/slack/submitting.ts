import type { SlackViewMiddlewareArgs, types, ViewSubmitAction } from '@slack/bolt';
import { z } from 'zod';
import type { Asked } from '../../src/asked.ts';
import { ask, inTime, stillWriting } from '../../src/asking.ts';
import { clean, plain } from '../../src/release/clean.ts';
import type { AnswerView, Reply } from '../../src/release/view.ts';
import { type Asker, whisper } from './answering.ts';
import { plainText } from './blocks.ts';
import type { SlackDesk } from './desk.ts';
import type { Field } from './form.ts';
import { limits } from './limits.ts';

/** What all our modals do when they are submitted. */

const carried = z.object({ channel: z.string(), thread: z.string().optional() });

/** Slack keeps `private_metadata` as we wrote it; nobody can change it on the way. */
export const askerOf = (body: ViewSubmitAction): Asker => ({
  user: body.user.id,
  ...carried.parse(JSON.parse(body.view.private_metadata)),
});

/** Asks, then closes the modal and answers privately; a refusal keeps it open and stands at its field. */
export const settle = async (
  desk: SlackDesk,
  { ack }: Pick<SlackViewMiddlewareArgs<ViewSubmitAction>, 'ack'>,
  asked: Asked,
  asker: Asker,
  fieldOf: (reply: Reply) => Field,
): Promise<void> => {
  const pending = ask(desk, asked);
  const reply = await inTime(pending, desk.patienceMs);
  if (reply && !reply.ok) return ack({ response_action: 'errors', errors: { [fieldOf(reply)]: inWords(reply.view) } });
  await (reply ? ack() : ack({ response_action: 'update', view: waiting }));
  await whisper(desk, asker, await pending);
};

const inWords = ({ title, lines, hint }: AnswerView): string =>
  plain([title, ...lines, hint ?? ''].map(clean).filter(Boolean).join(' '), 1_000);

const waiting: types.ModalView = {
  type: 'modal',
  title: plainText(stillWriting.title, limits.modalTitle),
  close: plainText('Close', limits.modalTitle),
  blocks: [{ type: 'section', text: plainText(stillWriting.lines.join(' '), limits.section) }],
};
