import type { SlackCommandMiddlewareArgs, SlashCommand } from '@slack/bolt';
import type { Asked } from '../../src/asked.ts';
import { ask, inTime, privateReply, stillWriting } from '../../src/asking.ts';
import { ephemeral, privately } from './answering.ts';
import { inText, type SlackDesk } from './desk.ts';
import { openForm } from './on-form.ts';
import { typed } from './text.ts';

export const slashCommand = '/release';

/** `/release …`: acknowledged with the answer, after it is durable; bare, it opens the form. */
export const onSlash =
  (desk: SlackDesk) =>
  async ({ command, ack, respond }: SlackCommandMiddlewareArgs): Promise<void> => {
    const asker = { user: command.user_id, channel: command.channel_id };
    const asked = askedBy(command);
    const pending = ask(desk, asked);
    const reply = await inTime(pending, desk.patienceMs);
    if (!reply) {
      await ack(ephemeral(privateReply(stillWriting)));
      return privately(desk, respond, asker, inText(await pending));
    }
    const problem = reply.form ? await openForm(desk, asked.actor, command.trigger_id, asker) : reply;
    await ack(problem && ephemeral(problem));
  };

const askedBy = (command: SlashCommand): Asked => ({
  text: typed(command.text),
  actor: { surface: 'slack', tenant: command.team_id, id: command.user_id, name: command.user_name },
  from: { surface: 'slack', tenant: command.team_id, channel: command.channel_id },
  // A card in a conversation between people would be seen by them alone, and we could not even post it.
  ...(/^(directmessage|mpdm-)/.test(command.channel_name) ? { direct: true } : {}),
  via: 'slash',
  key: `slack:${command.trigger_id}`,
});
