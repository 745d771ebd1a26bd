import type { Chat } from '../../src/ports.ts';
import type { Address } from '../../src/release/event.ts';
import type { CardView, View } from '../../src/release/view.ts';
import { slackCode } from './failures.ts';
import { findCard } from './find-card.ts';
import { type Rendered, render } from './render.ts';
import type { Web } from './web.ts';

/** chat.update is limited to about one a second for each channel; a card is read, not watched. */
const paceMs = 3_000;

/**
 * chat.update is a Tier 3 method: 50 calls a minute for all cards of a workspace. What chat.postMessage takes is for Slack
 * to say (429): about one a second for each channel, and bursts whose size it does not tell. Keeping strictly to a second
 * would hold back the reason of one release behind the chatter of another.
 * Source: docs.slack.dev/apis/web-api/rate-limits
 */
const allowances: Chat['allowances'] = (call) =>
  call === 'update' ? [{ bucket: 'slack:update', calls: 50, windowMs: 60_000 }] : [];

/** The Chat port on Slack. A message's id is its `ts`. */
export const slackChat = (web: Web): Chat => {
  const rendered = async (view: View): Promise<Rendered> => render(view, (await web.installation()).team);

  const send = async (address: Address, thread: string | undefined, view: View, loud = false): Promise<string> => {
    const { ts } = await web.call('chat.postMessage', {
      channel: address.channel,
      ...(thread ? { thread_ts: thread, reply_broadcast: loud } : {}),
      unfurl_links: false,
      unfurl_media: false,
      ...(await rendered(view)),
    });
    return ts ?? '';
  };

  const update: Chat['update'] = async (address, message, view) => {
    try {
      await web.call('chat.update', { channel: address.channel, ts: message, ...(await rendered(view)) });
      return 'ok';
    } catch (error) {
      if (slackCode(error) === 'message_not_found') return 'gone';
      throw error;
    }
  };

  /** A card whose posting we do not remember (an answer was lost, a process died) is taken up again, not posted twice. */
  const adopt = async (address: Address, view: CardView): Promise<string | undefined> => {
    const found = await findCard(web, address, view.release);
    return found && (await update(address, found, view)) === 'ok' ? found : undefined;
  };

  return {
    paceMs,
    allowances,
    update,
    async post(address, view) {
      const known = view.kind === 'release' ? await adopt(address, view) : undefined;
      return known ?? send(address, address.thread, view);
    },
    async reply(address, message, view, loud) {
      try {
        await send(address, address.thread ?? message, view, loud);
      } catch (error) {
        if (!threadIsGone(error)) throw error;
        // Whoever deleted the card still hears of a failure.
        if (loud) await send(address, undefined, view);
      }
    },
  };
};

const threadIsGone = (error: unknown): boolean =>
  ['thread_not_found', 'message_not_found', 'invalid_thread_ts'].includes(slackCode(error) ?? '');
