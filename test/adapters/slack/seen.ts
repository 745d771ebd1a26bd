import { slackChat } from '../../../adapters/slack/chat.ts';
import { type SlackMessage, wording } from '../../servers/slack/messages.ts';
import type { Slack } from '../../servers/slack/slack.ts';
import { webOf } from './setup.ts';
import { cardView } from './views.ts';

/** What somebody reads in a channel, oldest first. */
export const said = (slack: Slack, who: string, channel = 'C0PROD'): string[] =>
  slack.as(who).sees(channel).map(wording);

/** Answers to a press come after its acknowledgement. */
export const hears = (slack: Slack, who: string, text: string | RegExp): Promise<unknown> =>
  slack.until(() => said(slack, who).at(-1)?.match(text), { what: `${who} to hear ${text}` });

/** A release card of ours, in the channel or in a thread of it. */
export const postCard = async (slack: Slack, thread?: string): Promise<SlackMessage> => {
  const address = { surface: 'slack' as const, tenant: 'T0ACME', channel: 'C0PROD', thread };
  const ts = await slackChat(webOf(slack)).post(address, cardView());
  return slack.messages('C0PROD').find((it) => it.ts === ts)!;
};
