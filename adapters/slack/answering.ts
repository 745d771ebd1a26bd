import type { RespondFn, types } from '@slack/bolt';
import type { Address } from '../../src/release/event.ts';
import type { Reply } from '../../src/release/view.ts';
import { type Again, stubborn } from '../../src/stubborn.ts';
import { markup } from './blocks.ts';
import type { SlackDesk } from './desk.ts';
import { mayBeDone, slackCode } from './failures.ts';
import { renderAnswer } from './render-answer.ts';

/** Getting an answer to the one who asked. A chat call that fails is logged: it never undoes what was accepted. */

/** Who asked, and where. */
export interface Asker {
  user: string;
  channel: string;
  thread?: string;
}

interface Answer {
  text: string;
  blocks: types.KnownBlock[];
}

/** For one person's eyes: the body of an acknowledgement or of a post to a response_url. */
export const ephemeral = (reply: Reply) => ({
  response_type: 'ephemeral' as const,
  replace_original: false,
  ...answer(reply),
});

const answer = ({ view, announced = [] }: Reply): Answer => {
  const { text, blocks } = renderAnswer(view);
  const channels = announced.filter(isSlackChannel).map(({ channel }) => `<#${channel}>`);
  const pointer =
    channels.length > 0 ? `The card is in ${[...new Set(channels)].slice(0, 5).join(' ')}` : elsewhere(announced);
  return { text, blocks: pointer ? [...blocks, { type: 'context', elements: [markup(pointer)] }] : blocks };
};

const elsewhere = (announced: Address[]): string | undefined => {
  const surfaces = announced.map(({ surface }) => surface);
  return surfaces.includes('teams') && !surfaces.includes('slack') ? 'The card is in Microsoft Teams.' : undefined;
};

const isSlackChannel = ({ surface, channel }: Address): boolean =>
  surface === 'slack' && /^[CG][A-Z0-9]+$/.test(channel);

/** Through the interaction's own response_url, which works where we are no member; else as `whisper`. */
export const privately = async (desk: SlackDesk, respond: RespondFn, asker: Asker, reply: Reply): Promise<void> => {
  try {
    await respond({ ...ephemeral(reply), ...(asker.thread ? { thread_ts: asker.thread } : {}) });
  } catch (error) {
    desk.log.warn({ error, channel: asker.channel }, 'Slack did not take a private answer; I try another way');
    await whisper(desk, asker, reply);
  }
};

/** Only the asker sees it: in the channel where they asked, else in a direct message. */
export const whisper = (desk: SlackDesk, { user, channel, thread }: Asker, reply: Reply): Promise<void> =>
  logged(desk, async (again) => {
    const content = answer(reply);
    try {
      const where = { channel, user, ...(thread ? { thread_ts: thread } : {}) };
      await again(() => desk.web.call('chat.postEphemeral', { ...where, ...content }));
    } catch (error) {
      if (slackCode(error) === undefined) throw error;
      await again(() => desk.web.call('chat.postMessage', { channel: user, unfurl_links: false, ...content }));
    }
  });

/** For everybody, in the thread where it was asked. */
export const publicly = (desk: SlackDesk, { channel, thread }: Asker, reply: Reply): Promise<void> =>
  logged(desk, async (again) => {
    const where = { channel, ...(thread ? { thread_ts: thread } : {}), unfurl_links: false };
    await again(() => desk.web.call('chat.postMessage', { ...where, ...answer(reply) }));
  });

/** @param tell is given some seconds in which to try again what Slack does not do at once */
const logged = async (desk: SlackDesk, tell: (again: Again) => Promise<void>): Promise<void> => {
  try {
    await tell(stubborn({ mayBeDone, stopping: desk.stopping }));
  } catch (error) {
    desk.log.warn({ error }, 'an answer did not reach its asker in Slack');
  }
};
