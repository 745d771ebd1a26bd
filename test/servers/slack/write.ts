import type { EventOptions, EventOutcome } from './events.ts';
import type { SlackMessage } from './messages.ts';
import { eventCallback, writtenEvent } from './payloads.ts';
import { addMessage, directMessage } from './store.ts';
import { type Actor, mustSee } from './world.ts';

/** Writing messages: mentions and direct messages become events, everything else is only there to be read. */

export interface WriteOptions extends EventOptions {
  /** The ts of the message whose thread it goes to. */
  thread?: string;
}

export interface Written extends EventOutcome {
  message: SlackMessage;
}

export function mention(actor: Actor, channel: string, text: string, options: WriteOptions): Promise<Written> {
  return write(
    actor,
    'app_mention',
    say(actor, channel, `<@${actor.world.store.app.userId}> ${text}`, options.thread),
    options,
  );
}

export function dm(actor: Actor, text: string, options: WriteOptions): Promise<Written> {
  const channel = directMessage(actor.world.store, actor.user.id).id;
  return write(actor, 'message', say(actor, channel, text, options.thread), options);
}

export function say(actor: Actor, channel: string, text: string, thread?: string): SlackMessage {
  mustSee(actor, channel);
  return addMessage(actor.world.store, { channel, user: actor.user.id, fromApp: false, text, blocks: [], thread });
}

async function write(
  { world }: Actor,
  type: 'app_mention' | 'message',
  message: SlackMessage,
  options: EventOptions,
): Promise<Written> {
  const event = writtenEvent(world.store, type, message);
  return { message, ...(await world.tell(eventCallback(world.store, event), options)) };
}

export function openHome({ world, user }: Actor): Promise<EventOutcome> {
  const channel = directMessage(world.store, user.id).id;
  const event = { type: 'app_home_opened', user: user.id, channel, tab: 'home' };
  return world.tell(eventCallback(world.store, event), {});
}
