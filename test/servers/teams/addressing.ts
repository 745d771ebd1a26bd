import { limits } from './limits.ts';
import type { TeamsMessage } from './messages.ts';
import type { TeamsConversation } from './organization.ts';
import { refusal } from './refusal.ts';
import type { Store } from './store.ts';

/** Which conversation and message a call is about. Codes: bots/build-conversational-capability, "Status codes". */

export interface Place {
  conversation: TeamsConversation;
  /** The root of the thread, in channels. */
  thread?: string;
}

/**
 * Reads `19:…@thread.tacv2;messageid=…`.
 * @throws Refusal when there is no such conversation or thread, or the app is not installed there.
 */
export function placeOf(store: Store, id: string): Place {
  const [base = '', ...rest] = id.split(';');
  const conversation = store.conversations.get(base);
  if (!conversation) throw refusal(404, 'ConversationNotFound', 'Conversation not found.');
  mustHaveApp(conversation);
  if (rest.length === 0) return { conversation };
  if (conversation.kind !== 'channel') throw refusal(400, 'BadArgument', 'Only channels have threads.', [id]);
  const thread = /^messageid=(\d+)$/.exec(rest.join(';'))?.[1];
  const root = store.messages.find((it) => it.conversation === base && it.id === thread && !it.thread);
  if (!root || root.deleted) throw refusal(404, 'ConversationNotFound', 'Conversation not found.', [id]);
  return { conversation, thread };
}

/** @throws Refusal 403, as for a bot that was never installed or was removed. */
export function mustHaveApp(conversation: TeamsConversation): void {
  if (conversation.hasApp) return;
  if (conversation.kind === 'personal')
    throw refusal(403, 'ForbiddenOperationException', 'The bot is not installed for this user.');
  throw refusal(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.');
}

/** @throws Refusal 404 when it never was there, was deleted, or was targeted and its day is over. */
export function messageOf(store: Store, place: Place, id: string): TeamsMessage {
  const found = store.messages.find((it) => it.conversation === place.conversation.id && it.id === id && !it.deleted);
  if (found && !isOver(store, found)) return found;
  throw refusal(404, 'ActivityNotFoundInConversation', 'Activity not found in conversation.', [id]);
}

/** @returns whether a targeted message has vanished. */
export function isOver(store: Store, message: TeamsMessage): boolean {
  const posted = message.versions[0]?.at ?? 0;
  return message.onlyFor !== undefined && store.now() - posted > limits.targetedLife;
}
