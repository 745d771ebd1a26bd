import type { EventOutcome } from './events.ts';
import type { Filled } from './form.ts';
import type { SlackMessage } from './messages.ts';
import type { ClickOutcome, SlashOutcome, SubmitOutcome } from './outcomes.ts';
import { type ClickOptions, choose, click, dismiss, submit } from './press.ts';
import { slash } from './slash.ts';
import { directMessage } from './store.ts';
import type { SlackView } from './views.ts';
import type { SlackUser } from './workspace.ts';
import { type Actor, mustSee, type Pressable, type Tampered, type World } from './world.ts';
import { dm, mention, openHome, say, type WriteOptions, type Written } from './write.ts';

/** Someone in Slack, and everything that they can do and see. Methods throw when a person could not do that at all. */
export interface Person {
  user: SlackUser;
  /** Types `/command text` in a channel. */
  slash: (channel: string, command: string, text?: string, options?: Tampered) => Promise<SlashOutcome>;
  /** Presses a button, named by its action_id or its label, of a message as they see it (or of an older version of it). */
  click: (on: Pressable, button: string, options?: ClickOptions) => Promise<ClickOutcome>;
  /** Takes an option of a menu, named by its action_id, in a message or view. */
  choose: (on: Pressable, actionId: string, option: Filled[string]) => Promise<ClickOutcome>;
  /** Fills in a modal and submits it. */
  submit: (view: SlackView, filled?: Filled, options?: Tampered) => Promise<SubmitOutcome>;
  /** Closes a modal with its close button. */
  dismiss: (view: SlackView) => Promise<void>;
  /** Writes `@app text` in a channel or, with `thread`, in the thread of that ts. */
  mention: (channel: string, text: string, options?: WriteOptions) => Promise<Written>;
  /** Writes to the app in a direct message. */
  dm: (text: string, options?: WriteOptions) => Promise<Written>;
  /** Writes something that is not for the app: no event. */
  say: (channel: string, text: string, thread?: string) => SlackMessage;
  openHome: () => Promise<EventOutcome>;
  /** @returns every message and reply of the channel, oldest first, with the ephemerals that are for them alone. */
  sees: (channel: string) => SlackMessage[];
  /** @returns the modal on top, if one is open. */
  modal: () => SlackView | undefined;
  home: () => SlackView | undefined;
  /** @returns their direct-message channel with the app. */
  directMessage: () => string;
}

/** @throws Error when the workspace has no such user; `name` is an id or a name. */
export function personOf(world: World, name: string): Person {
  const { store } = world;
  const user = store.users.get(name) ?? [...store.users.values()].find((it) => it.name === name);
  if (!user) throw new Error(`There is no user ${name}. There are: ${[...store.users.keys()].join(', ')}.`);
  const actor: Actor = { world, user };
  return {
    user,
    slash: (channel, command, text = '', how = {}) => slash(actor, { channel, command, text }, how),
    click: (on, button, how = {}) => click(actor, on, button, how),
    choose: (on, actionId, option) => choose(actor, on, actionId, option),
    submit: (view, filled = {}, how = {}) => submit(actor, view, filled, how),
    dismiss: (view) => dismiss(actor, view),
    mention: (channel, text, how = {}) => mention(actor, channel, text, how),
    dm: (text, how = {}) => dm(actor, text, how),
    say: (channel, text, thread) => say(actor, channel, text, thread),
    openHome: () => openHome(actor),
    sees: (channel) => sees(actor, channel),
    modal: () => [...store.views.values()].filter((view) => view.open && view.user === user.id).at(-1),
    home: () => store.homes.get(user.id),
    directMessage: () => directMessage(store, user.id).id,
  };
}

function sees(actor: Actor, channel: string): SlackMessage[] {
  mustSee(actor, channel);
  const { id } = actor.user;
  const inChannel = actor.world.store.messages.filter((it) => it.channel === channel && !it.deleted);
  return inChannel.filter((it) => (it.onlyFor ?? id) === id);
}
