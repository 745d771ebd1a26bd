import type { types } from '@slack/bolt';
import { notAccepted, privateReply } from '../../src/asking.ts';
import { isRefusal, TransientError } from '../../src/errors.ts';
import type { Actor } from '../../src/release/event.ts';
import type { AnswerView, Reply } from '../../src/release/view.ts';
import type { SlackDesk } from './desk.ts';

/**
 * Opens a modal for someone we know; a guest sees no names of services and writes no reasons in vain.
 * @param otherwise what to type instead, when Slack does not open it within the three seconds that a trigger lives.
 * @returns what to tell the person when there is no modal.
 */
export const openModal = async (
  desk: SlackDesk,
  actor: Actor,
  trigger: string,
  view: types.ModalView,
  otherwise: string,
): Promise<Reply | undefined> => {
  try {
    const who = await desk.identity.resolve(actor);
    if (isRefusal(who)) return refused(who.say, who.hint, who.code);
    await desk.web.call('views.open', { trigger_id: trigger, view });
    return undefined;
  } catch (error) {
    desk.log.warn({ error }, 'a modal could not be opened in Slack');
    return privateReply(error instanceof TransientError ? notAccepted(error) : notOpened(otherwise));
  }
};

const refused = (say: string, hint: string, code: string): Reply => ({
  ok: false,
  private: true,
  code,
  view: { kind: 'answer', tone: 'bad', title: say, lines: [], hint },
});

const notOpened = (otherwise: string): AnswerView => ({
  kind: 'answer',
  tone: 'bad',
  title: 'Slack did not open the form, nothing happened',
  lines: [],
  hint: `Try again, or type it: ${otherwise}`,
});
