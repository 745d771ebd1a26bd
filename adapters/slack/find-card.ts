import type { Address } from '../../src/release/event.ts';
import { slackCode } from './failures.ts';
import { cardMetadata } from './render-card.ts';
import type { Web } from './web.ts';

/** Ample for the seconds between a lost answer and the next try, in the busiest channel. */
const lookBack = 100;

/**
 * The card of a release at this address, by the metadata that we put on it. Undefined when there is none, or when we
 * may not read there (the history scopes are optional). Throws TransientError: then we do not know, and must not post.
 */
export const findCard = async (web: Web, address: Address, release: string): Promise<string | undefined> => {
  try {
    const [{ messages = [] }, { bot }] = await Promise.all([recent(web, address), web.installation()]);
    return messages.find((it) => it.bot_id === bot && isCardOf(it.metadata, release))?.ts;
  } catch (error) {
    if (slackCode(error) !== undefined) return undefined;
    throw error;
  }
};

const recent = (web: Web, { channel, thread }: Address) =>
  thread
    ? web.call('conversations.replies', { channel, ts: thread, limit: lookBack, include_all_metadata: true })
    : web.call('conversations.history', { channel, limit: lookBack, include_all_metadata: true });

const isCardOf = (metadata: { event_type?: string; event_payload?: object } | undefined, release: string): boolean =>
  metadata?.event_type === cardMetadata &&
  new Map(Object.entries(metadata.event_payload ?? {})).get('release') === release;
