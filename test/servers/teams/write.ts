import type { Answer } from './delivery.ts';
import { changeActivity, messageActivity } from './incoming.ts';
import { type Json, textOf } from './json.ts';
import type { TeamsMessage } from './messages.ts';
import { personalChat } from './organization.ts';
import { addMessage, remove, rewrite } from './store.ts';
import { type Actor, mustHave, mustSee, type Tampered } from './world.ts';

/** Writing, changing and deleting messages. */

export interface WriteOptions extends Tampered {
  /** The id of the root to which this is a reply. Channels only. */
  thread?: string;
}

/** What was written, and how the app took it: nothing when it was not for the app. */
export type Written = { message: TeamsMessage } & (Answer | { outcome: 'not-told' });

/** Writes `@app text`: in channels and group chats the app hears of nothing else. */
export function mention(actor: Actor, where: string, text: string, options: WriteOptions): Promise<Written> {
  const { bot } = actor.world.store;
  const at = `<at>${bot.name}</at>`;
  const entity = { type: 'mention', mentioned: { ...bot }, text: at };
  return tell(actor, write(actor, where, `${at} ${text}`, options.thread, [entity]), options);
}

/** Writes to the app alone. */
export function dm(actor: Actor, text: string, options: Tampered): Promise<Written> {
  return tell(actor, write(actor, personalChat(actor.user), text), options);
}

/** Writes something that does not mention the app: the app never hears of it. */
export function say(actor: Actor, where: string, text: string, thread?: string): TeamsMessage {
  return write(actor, where, text, thread);
}

function write(actor: Actor, where: string, text: string, thread?: string, entities: Json[] = []): TeamsMessage {
  const { store } = actor.world;
  const conversation = mustSee(actor, where);
  if (thread && conversation.kind !== 'channel') throw new Error(`${conversation.name} is a chat: it has no threads.`);
  const root = store.messages.find((it) => it.id === thread && it.conversation === conversation.id);
  if (thread && !root) throw new Error(`There is no message ${thread} in ${conversation.name}.`);
  const draft = { conversation: conversation.id, from: actor.user.id, fromApp: false, text, entities };
  return addMessage(store, { ...draft, thread: root?.thread ?? root?.id });
}

async function tell(actor: Actor, message: TeamsMessage, how: Tampered): Promise<Written> {
  const where = mustSee(actor, message.conversation);
  if (!where.hasApp) return { message, outcome: 'not-told' };
  const activity = messageActivity(actor, where, message, how);
  return { message, ...(await actor.world.wire({ activity, token: how.token })) };
}

/** Changes what they wrote; the app hears of it when it was told of the message. */
export function edit(actor: Actor, message: TeamsMessage, text: string): Promise<Written> {
  const now = mine(actor, message);
  const at = textOf(now.entities[0]?.text);
  rewrite(actor.world.store, now, { text: at ? `${at} ${text}` : text, entities: now.entities });
  return tellOfChange(actor, now);
}

/** Deletes what they wrote. */
export function unsay(actor: Actor, message: TeamsMessage): Promise<Written> {
  const now = mine(actor, message);
  remove(actor.world.store, now);
  return tellOfChange(actor, now);
}

function mine(actor: Actor, message: TeamsMessage): TeamsMessage {
  const now = mustHave(actor, message);
  if (now.from !== actor.user.id) throw new Error(`${actor.user.name} did not write it.`);
  return now;
}

async function tellOfChange(actor: Actor, message: TeamsMessage): Promise<Written> {
  const where = mustSee(actor, message.conversation);
  const told = where.kind === 'personal' || message.entities.length > 0;
  if (!told || !where.hasApp) return { message, outcome: 'not-told' };
  return { message, ...(await actor.world.wire({ activity: changeActivity(actor, where, message, message.deleted) })) };
}
