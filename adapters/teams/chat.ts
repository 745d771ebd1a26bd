import type { Chat } from '../../src/ports.ts';
import type { Address } from '../../src/release/event.ts';
import type { View } from '../../src/release/view.ts';
import { teamsStatus } from './failures.ts';
import { inThread, isChannel, type References } from './references.ts';
import { render } from './render.ts';
import type { Conversation, Transport } from './transport.ts';

/** A card is read, not watched, and what Teams allows is for the whole channel. */
const paceMs = 5_000;

/**
 * Sends of one bot to one conversation: 7 in 1 s, 8 in 2 s, 60 in 30 s, 1,800 in an hour; 50 a second in a tenant. Ours keep
 * some distance, as people's answers are sent to the same conversations and are not counted here.
 * Source: learn.microsoft.com, "Optimize your bot with rate limiting in Teams"
 */
const allowances: Chat['allowances'] = (_call, { channel }) => [
  // Who is refused by one of these has used up those above it: the longest window must not pay for the shortest.
  { bucket: `teams:burst:${channel}`, calls: 6, windowMs: 2_200 },
  { bucket: `teams:half-minute:${channel}`, calls: 45, windowMs: 30_000 },
  { bucket: `teams:hour:${channel}`, calls: 1_500, windowMs: 3_600_000 },
  { bucket: 'teams:tenant', calls: 40, windowMs: 1_100 },
];

/** The Chat port on Teams. A message's id is its activity id; in a channel that is also the id of its thread. */
export const teamsChat = (transport: Transport, references: References): Chat => {
  /** Where the message itself stands, and the lines under it. */
  const around = async ({ thread, ...address }: Address, message: string): Promise<Conversation> => {
    const place = await references.find(address);
    return isChannel(place.id) ? { ...place, id: inThread(place.id, thread ?? message) } : place;
  };

  const post: Chat['post'] = async (address, view) => {
    const place = await references.find(address);
    const sent = rendered(view, place);
    const startsThread = isChannel(place.id) && address.thread === undefined;
    return startsThread ? transport.startThread(place, sent) : transport.post(place, sent);
  };

  const quietly = async (address: Address, message: string, view: View): Promise<void> => {
    const where = await around(address, message);
    try {
      await transport.post(where, rendered(view, where));
    } catch (error) {
      // Somebody deleted the card, and its thread with it: there is nobody to read under it.
      if (!isGone(error)) throw error;
    }
  };

  return {
    paceMs,
    allowances,
    post,
    async update(address, message, view) {
      const where = await around(address, message);
      try {
        await transport.update(where, message, rendered(view, where));
        return 'ok';
      } catch (error) {
        if (isGone(error)) return 'gone';
        throw error;
      }
    },
    async reply(address, message, view, loud) {
      // A chat has no threads: there, every line is seen by everybody as it is.
      if (!isChannel(address.channel)) return void (await post(address, view));
      // The thread first: when the other call fails, it is the quiet line that comes twice.
      await quietly(address, message, view);
      if (loud) await post({ ...address, thread: undefined }, view);
    },
  };
};

const rendered = (view: View, { tenant }: Conversation) => render(view, tenant);

const isGone = (error: unknown): boolean => teamsStatus(error) === 404;
