import type { BlockAction, ButtonAction, SlackActionMiddlewareArgs } from '@slack/bolt';
import type { Asked } from '../../src/asked.ts';
import { ask, inTime, privateReply } from '../../src/asking.ts';
import { type Asker, privately } from './answering.ts';
import { parseButtonId } from './button-id.ts';
import type { SlackDesk } from './desk.ts';
import { openModal } from './open-modal.ts';
import { whoActed } from './people.ts';
import { reasonView } from './reason.ts';

type Press = SlackActionMiddlewareArgs<BlockAction<ButtonAction>>;

/** A pressed button. Whoever pressed it is always told what came of it; the card changes by itself, from state. */
export const onButton =
  (desk: SlackDesk) =>
  async (press: Press): Promise<void> => {
    const { action, body, ack, respond } = press;
    const pending = answerTo(desk, press);
    await inTime(pending, desk.patienceMs);
    await ack();
    const reply = await pending;
    if (reply) await privately(desk, respond, askerOf(body), reply);
    else desk.log.debug({ action: action.action_id }, 'asked for the reason of a press');
  };

/** @returns nothing when a modal now asks for the reason. */
const answerTo = async (desk: SlackDesk, { action, body }: Press) => {
  const id = parseButtonId(action.action_id);
  if (!id || !action.value) return outdated;
  if (!id.asksReason) return ask(desk, askedByPress(body, action.value));
  const view = reasonView(action.text.text, { ref: action.value, ...askerOf(body) });
  return openModal(desk, whoActed(body), body.trigger_id, view, `/release ${id.verb} <release> because <reason>`);
};

const askedByPress = (body: BlockAction, ref: string): Asked => {
  const actor = whoActed(body);
  const { channel, thread } = askerOf(body);
  return {
    button: { ref },
    actor,
    from: { surface: 'slack', tenant: actor.tenant, channel, thread },
    via: 'button',
    key: `slack:${body.trigger_id}`,
  };
};

const askerOf = ({ user, channel, container }: BlockAction): Asker => ({
  user: user.id,
  channel: channel?.id ?? container.channel_id ?? '',
  ...(container.thread_ts ? { thread: container.thread_ts } : {}),
});

const outdated = privateReply({
  kind: 'answer',
  tone: 'stopped',
  title: 'This button is from an older version of me, nothing happened',
  lines: [],
  hint: 'Type /release status to see what goes on and what you can do.',
});
