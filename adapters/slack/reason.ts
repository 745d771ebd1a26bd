import type { SlackViewMiddlewareArgs, types, ViewSubmitAction } from '@slack/bolt';
import { z } from 'zod';
import type { Asked } from '../../src/asked.ts';
import type { Asker } from './answering.ts';
import { plainText } from './blocks.ts';
import type { SlackDesk } from './desk.ts';
import { input, inputId, textInput } from './form.ts';
import { limits } from './limits.ts';
import { whoActed } from './people.ts';
import { askerOf, settle } from './submitting.ts';

/** The small modal between a button that asks for a reason and its effect. */

export const reasonId = 'release-reason';

export const reasonView = (label: string, carried: Asker & { ref: string }): types.ModalView => ({
  type: 'modal',
  callback_id: reasonId,
  private_metadata: JSON.stringify(carried),
  title: plainText('Why?', limits.modalTitle),
  submit: plainText(label.length > limits.modalTitle ? 'Do it' : label, limits.modalTitle),
  close: plainText('Cancel', limits.modalTitle),
  blocks: [input('reason', `Reason for “${label}”. Everybody in the channel sees it.`, textInput(500, true))],
});

export const onReason =
  (desk: SlackDesk) =>
  async (args: SlackViewMiddlewareArgs<ViewSubmitAction>): Promise<void> =>
    settle(desk, args, askedWithReason(args.body), askerOf(args.body), () => 'reason');

const askedWithReason = (body: ViewSubmitAction): Asked => {
  const { ref } = z.object({ ref: z.string() }).parse(JSON.parse(body.view.private_metadata));
  const actor = whoActed(body);
  const { channel, thread } = askerOf(body);
  return {
    button: { ref, reason: body.view.state.values.reason?.[inputId]?.value?.trim() ?? '' },
    actor,
    from: { surface: 'slack', tenant: actor.tenant, channel, thread },
    via: 'button',
    key: `slack:${body.view.id}:${body.view.hash}`,
  };
};
