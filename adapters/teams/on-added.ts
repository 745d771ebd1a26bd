import { waysToBegin } from '../../src/asking.ts';
import type { AnswerView } from '../../src/release/view.ts';
import type { TeamsDesk } from './desk.ts';
import type { Admitted } from './door.ts';
import { type HttpReply, taken } from './http.ts';
import { isAlone } from './people.ts';
import { isChannel, placeOf } from './references.ts';
import { renderAnswer } from './render-answer.ts';

/** Being added to a team, a group chat or somebody's chats: we say once who we are. */

/** Teams tells it twice (as an installation, and as a new member), again on every upgrade, and again when it is lost. */
const greetedFor = 90 * 24 * 3_600_000;

/**
 * An administrator may install us for a whole organisation at once, which is told like everybody adding us by hand.
 * Greeting all of them would use up what Teams allows for releases; whoever is left out is told how when they write.
 */
const aloneEveryMs = 10_000;

export const onInstalled = async (desk: TeamsDesk, admitted: Admitted): Promise<HttpReply> => {
  if (admitted.activity.action === 'add') desk.goOn(greet(desk, admitted));
  return taken;
};

export const onAdded = async (desk: TeamsDesk, admitted: Admitted): Promise<HttpReply> => {
  const { membersAdded = [], recipient } = admitted.activity;
  if (membersAdded.some(({ id }) => id === recipient?.id)) desk.goOn(greet(desk, admitted));
  return taken;
};

const greet = async (desk: TeamsDesk, { activity, where }: Admitted): Promise<void> => {
  try {
    const place = placeOf(where.id);
    if (!(await desk.once(`teams:greeted:${place}`, greetedFor))) return;
    if (isAlone(activity) && !(await desk.once('teams:greeted-alone', aloneEveryMs))) return;
    const greeting = renderAnswer(isAlone(activity) ? alone : amongPeople);
    await (isChannel(place)
      ? desk.transport.startThread({ ...where, id: place }, greeting)
      : desk.transport.post(where, greeting));
  } catch (error) {
    // Also where Teams limits us: a greeting is not worth a second call.
    desk.log.warn({ error }, 'could not say hello in Teams');
  }
};

const greeting = (hint: string): AnswerView => ({
  kind: 'answer',
  tone: 'told',
  title: 'I carry out releases, watch them, and put the old version back when the new one is bad',
  lines: waysToBegin.slice(0, 3),
  hint,
});

const alone = greeting('Write one of these to me, or "help" for all of them.');
const amongPeople = greeting('Mention me with one of these; my name alone brings a form.');
