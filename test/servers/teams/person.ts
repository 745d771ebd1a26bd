import { isOver } from './addressing.ts';
import { type TeamsMessage, wording } from './messages.ts';
import { findUser, personalChat, type TeamsUser } from './organization.ts';
import { type ClickOptions, click, submit } from './press.ts';
import type { Private } from './store.ts';
import { type Actor, mustSee, type Tampered, type World } from './world.ts';
import { dm, edit, mention, say, unsay, type WriteOptions, type Written } from './write.ts';

/** Someone in Teams, and everything that they can do and see. Methods throw when a person could not do that at all. */
export interface Person {
  user: TeamsUser;
  /** Writes `@app text` in a channel or group chat (by id or name) or, with `thread`, in the thread of that message. */
  mention: (where: string, text: string, options?: WriteOptions) => Promise<Written>;
  /** Writes to the app in their 1:1 chat. */
  dm: (text: string, options?: Tampered) => Promise<Written>;
  /** Writes something that does not mention the app: it never hears of it. */
  say: (where: string, text: string, thread?: string) => TeamsMessage;
  /** Changes what they wrote. */
  edit: (message: TeamsMessage, text: string) => Promise<Written>;
  /** Deletes what they wrote. */
  unsay: (message: TeamsMessage) => Promise<Written>;
  /** Presses a button, named by its label, also one behind a ShowCard. */
  click: (on: TeamsMessage, label: string, options?: ClickOptions) => ReturnType<typeof click>;
  /** The same in a client that does not know Action.Execute: a message with a value. */
  submit: (on: TeamsMessage, label: string, options?: ClickOptions) => ReturnType<typeof submit>;
  /** @returns every message and reply of the conversation, oldest first, with those targeted at them alone. */
  sees: (where: string) => TeamsMessage[];
  /** @returns what they alone were told, oldest first: targeted messages and answers to their presses. */
  reads: () => Private[];
  /** @returns the id of their 1:1 chat with the app. */
  directMessage: () => string;
}

/** @throws Error when the organization has no such user; `name` is a name, `29:…` id or Entra object id. */
export function personOf(world: World, name: string): Person {
  const { store } = world;
  const user = findUser(store.users, name);
  if (!user) {
    const there = [...store.users.values()].map((it) => it.name).join(', ');
    throw new Error(`There is no user ${name}. There are: ${there}.`);
  }
  const actor: Actor = { world, user };
  return {
    user,
    mention: (where, text, how = {}) => mention(actor, where, text, how),
    dm: (text, how = {}) => dm(actor, text, how),
    say: (where, text, thread) => say(actor, where, text, thread),
    edit: (message, text) => edit(actor, message, text),
    unsay: (message) => unsay(actor, message),
    click: (on, label, how = {}) => click(actor, on, label, how),
    submit: (on, label, how = {}) => submit(actor, on, label, how),
    sees: (where) => sees(actor, where),
    reads: () => reads(actor),
    directMessage: () => personalChat(user),
  };
}

function sees(actor: Actor, where: string): TeamsMessage[] {
  const { store } = actor.world;
  const { id } = mustSee(actor, where);
  const there = store.messages.filter((it) => it.conversation === id && !it.deleted && !isOver(store, it));
  return there.filter((it) => (it.onlyFor ?? actor.user.id) === actor.user.id);
}

function reads({ world: { store }, user }: Actor): Private[] {
  const targeted = store.messages.filter((it) => it.onlyFor === user.id && !it.deleted && !isOver(store, it));
  const told = targeted.map((it): Private => {
    const { conversation, card } = it;
    return { at: it.versions.at(-1)!.at, how: 'targeted', conversation, words: wording(it), card };
  });
  return [...told, ...(store.answers.get(user.id) ?? [])].sort((a, b) => a.at - b.at);
}
