import type { Asked } from '../../src/asked.ts';
import { ask, isFirst } from '../../src/asking.ts';
import type { Reply } from '../../src/release/view.ts';
import { privately, publicly } from './answering.ts';
import type { TeamsDesk } from './desk.ts';
import type { Admitted } from './door.ts';
import { type HttpReply, status, taken } from './http.ts';
import { showForm } from './on-form.ts';
import { onSubmit } from './on-submit.ts';
import { addressOf, askerOf, isAlone, isComplete, keyOf, stranger, whoActed } from './people.ts';
import { callsUs, typed } from './said.ts';

/**
 * Text: anything in a chat with us alone; in channels and group chats what mentions us. The Connector hears that it
 * arrived when it is durable, people hear the answer after.
 */
export const onMessage = async (desk: TeamsDesk, admitted: Admitted): Promise<HttpReply> => {
  const { activity } = admitted;
  if (!isComplete(admitted)) return status(400);
  if (typeof activity.value === 'object') return onSubmit(desk, admitted);
  if (!isAlone(activity) && !callsUs(activity)) return taken;
  const asked = askedBy(admitted);
  const reply = asked ? await ask(desk, asked) : stranger;
  desk.goOn(answerOnce(desk, admitted, asked, reply));
  return taken;
};

const askedBy = (admitted: Admitted): Asked | undefined => {
  const actor = whoActed(admitted);
  const alone = isAlone(admitted.activity);
  return (
    actor && {
      text: typed(admitted.activity),
      actor,
      from: addressOf(admitted),
      ...(alone ? { direct: true } : {}),
      via: alone ? 'message' : 'mention',
      key: keyOf(admitted),
    }
  );
};

const answerOnce = async (
  desk: TeamsDesk,
  admitted: Admitted,
  asked: Asked | undefined,
  reply: Reply,
): Promise<void> => {
  if (!(await isFirst(desk, { key: keyOf(admitted) }))) return;
  const asker = askerOf(admitted);
  if (asked && reply.form) return showForm(desk, asker, asked.actor);
  await (reply.private ? privately : publicly)(desk, asker, reply);
};
