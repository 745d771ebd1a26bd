import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import type { SlackDesk } from './desk.ts';
import { formId, inputId } from './form.ts';
import { onButton } from './on-button.ts';
import { onForm, onOptions } from './on-form.ts';
import { onSlash, slashCommand } from './on-slash.ts';
import { onMention, onMessage } from './on-text.ts';
import { onReason, reasonId } from './reason.ts';

/** Everything that we hear of Slack, in one table. */
export const listen = (app: App, desk: SlackDesk): void => {
  app.command(slashCommand, onSlash(desk));
  app.event('app_mention', onMention(desk));
  app.event('message', onMessage(desk));
  // Any button, also those of an older version: a press is never silently swallowed.
  app.action<BlockAction<ButtonAction>>({ type: 'block_actions', action_id: /./ }, onButton(desk));
  app.options({ type: 'block_suggestion', action_id: inputId }, onOptions(desk));
  app.view(formId, onForm(desk));
  app.view(reasonId, onReason(desk));
};
