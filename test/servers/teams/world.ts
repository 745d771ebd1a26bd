import { isOver } from './addressing.ts';
import type { Answer, Delivery, TokenKind } from './delivery.ts';
import type { TeamsMessage } from './messages.ts';
import type { TeamsConversation, TeamsUser } from './organization.ts';
import type { Store } from './store.ts';

/** What people act on: the organization, and the wire to the app. */
export interface World {
  store: Store;
  serviceUrl: () => string;
  /** Tells the app something; presses have less time than messages. */
  wire: (delivery: Delivery) => Promise<Answer>;
}

/** Someone about to do something. */
export interface Actor {
  world: World;
  user: TeamsUser;
}

/** How a delivery is made to differ from a good one. */
export interface Tampered {
  token?: TokenKind;
  /** Another Entra tenant in the activity. */
  tenant?: string;
  /** Another serviceUrl in the activity; the token says the same. */
  serviceUrl?: string;
}

/** @throws Error when this person cannot see the conversation. */
export function mustSee({ world: { store }, user }: Actor, id: string): TeamsConversation {
  const found = store.conversations.get(id) ?? [...store.conversations.values()].find((it) => it.name === id);
  if (!found)
    throw new Error(`There is no conversation ${id}. There are: ${[...store.conversations.keys()].join(', ')}.`);
  if (found.members.includes(user.id)) return found;
  throw new Error(`${user.name} is no member of ${found.name} and cannot see it.`);
}

/** @throws Error when the message is gone or for somebody else. @returns it as it is now. */
export function mustHave(actor: Actor, on: TeamsMessage): TeamsMessage {
  const { store } = actor.world;
  mustSee(actor, on.conversation);
  const now = store.messages.find((it) => it.id === on.id && it.conversation === on.conversation);
  if (!now || now.deleted || isOver(store, now)) throw new Error(`${actor.user.name} cannot see it: it is gone.`);
  if (now.onlyFor && now.onlyFor !== actor.user.id)
    throw new Error(`${actor.user.name} cannot see it: it is for ${now.onlyFor} alone.`);
  return now;
}
