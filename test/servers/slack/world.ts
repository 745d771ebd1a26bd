import type { Delivery, Wire } from './delivery.ts';
import type { EventOptions, EventOutcome } from './events.ts';
import type { SlackMessage } from './messages.ts';
import type { Context } from './payloads.ts';
import type { ResponseUrls } from './response-urls.ts';
import { findMessage, type Store } from './store.ts';
import type { Triggers } from './triggers.ts';
import type { Json } from './validation.ts';
import type { SlackView } from './views.ts';
import type { SlackUser } from './workspace.ts';

/** What people act on: the workspace, and the wire to the app. */
export interface World {
  store: Store;
  triggers: Triggers;
  responseUrls: ResponseUrls;
  origin: () => string;
  wire: Wire;
  /** Delivers an event with its redeliveries. */
  tell: (payload: Json, options: EventOptions) => Promise<EventOutcome>;
}

/** Someone about to do something. */
export interface Actor {
  world: World;
  user: SlackUser;
}

/** What can be pressed. */
export type Pressable = SlackMessage | SlackView;

export interface Tampered {
  /** Sends the request as someone would who is not Slack. HTTP only: Socket Mode has no signatures. */
  tamper?: Delivery['tamper'];
}

export function isView(on: Pressable): on is SlackView {
  return 'renderings' in on;
}

/** @returns who acts, with a fresh trigger_id and, outside views, a fresh response_url. */
export function contextOf({ world, user }: Actor, channel?: string, on?: Pressable): Context {
  const view = on && isView(on) ? on : undefined;
  const original = on && !isView(on) ? on : undefined;
  const responseUrl = channel && `${world.origin()}${world.responseUrls.issue(user.id, channel, original)}`;
  return { user, triggerId: world.triggers.issue(user.id, view), responseUrl };
}

/**
 * Public channels are open to everyone of the workspace; private ones, direct messages and foreign ones to members.
 * @throws Error when this person cannot see the channel.
 */
export function mustSee({ world: { store }, user }: Actor, id: string): void {
  const channel = store.channels.get(id);
  if (!channel) throw new Error(`There is no channel ${id}. There are: ${[...store.channels.keys()].join(', ')}.`);
  const open = !channel.isPrivate && user.teamId === store.team.id;
  if (open || channel.members.includes(user.id)) return;
  throw new Error(`${user.name} is no member of ${channel.name} and cannot see it.`);
}

/** @throws Error when the message or view is gone or for somebody else. */
export function mustHave(actor: Actor, on: Pressable): void {
  if (!isView(on)) mustSee(actor, on.channel);
  const owner = (isView(on) ? on.user : on.onlyFor) ?? actor.user.id;
  if (owner !== actor.user.id) throw new Error(`${actor.user.name} cannot see it: it is for ${owner} alone.`);
  if (isView(on) ? !on.open : present(actor.world.store, on).deleted) {
    throw new Error(`${actor.user.name} cannot see it: it is gone.`);
  }
}

/** @returns the message as it is now: a press on an old rendering still carries the present message. */
export function present(store: Store, on: SlackMessage): SlackMessage {
  return findMessage(store, on.channel, on.ts, true) ?? { ...on, deleted: true };
}
