import { randomUUID } from 'node:crypto';
import type { Json } from './json.ts';
import type { TeamsMessage, Version } from './messages.ts';
import { makeOrganization, type Organization, type OrganizationOptions } from './organization.ts';

/** Everything the stand-in remembers. Only data and its bookkeeping: the rules stand in the files that use it. */

/** What happened, in the order in which people could see it. */
export interface Happening {
  at: number;
  what: 'posted' | 'whispered' | 'updated' | 'deleted' | 'answered';
  channel?: string;
  id?: string;
  user?: string;
  text?: string;
}

/** One call of the Connector, of Graph, of the login or of the key directory. */
export interface Call {
  at: number;
  /** Which one, such as `sendToConversation`: what `inject` and `count` go by. */
  call: string;
  method: string;
  path: string;
  /** 0 when the connection broke. */
  status: number;
  body?: Json;
  /** `ok`, the error's code, or what an injected fault did to it. */
  answer: string;
  /** Microsoft itself said no: not an injected fault, not a rate limit. */
  refused: boolean;
  /** Why, where there is more to say than a code. */
  problems: string[];
}

/** What one person alone was told: a targeted message, or the answer to a press. */
export interface Private {
  at: number;
  how: 'targeted' | 'answer';
  conversation: string;
  words: string;
  card?: Json;
}

export interface Store extends Organization {
  messages: TeamsMessage[];
  /** What was told to each person alone, by `29:…` id. */
  answers: Map<string, Private[]>;
  happenings: Happening[];
  calls: Call[];
  /** What Teams accepts but a reader pays for, such as a card without a summary for the notification. */
  warnings: string[];
  /** Milliseconds; the stand-in has no other clock. */
  now: () => number;
  /** Called after every change. */
  observers: Set<() => void>;
  /** The last message id given out: they are unique and rise. */
  lastId: number;
}

export function makeStore(options: OrganizationOptions & { now?: () => number }): Store {
  return {
    ...makeOrganization(options),
    messages: [],
    answers: new Map(),
    happenings: [],
    calls: [],
    warnings: [],
    now: options.now ?? Date.now,
    observers: new Set(),
    lastId: 0,
  };
}

/** Tells everyone who awaits a condition to look again. */
export function changed(store: Store): void {
  for (const look of [...store.observers]) look();
}

/** @returns an id as messages have it: the milliseconds of their time. */
export function newMessageId(store: Store): string {
  store.lastId = Math.max(store.lastId + 1, store.now());
  return String(store.lastId);
}

/** @returns an id as presses and events have it. */
export function newEventId(): string {
  return `f:${randomUUID()}`;
}

export type Draft = Pick<TeamsMessage, 'conversation' | 'from' | 'fromApp' | 'text'> &
  Partial<Pick<TeamsMessage, 'thread' | 'summary' | 'card' | 'entities' | 'onlyFor'>>;

/** Puts a message into a conversation (or before one person's eyes, with `onlyFor`). */
export function addMessage(store: Store, draft: Draft): TeamsMessage {
  const message: TeamsMessage = {
    summary: '',
    entities: [],
    ...draft,
    id: newMessageId(store),
    edited: false,
    deleted: false,
    versions: [],
  };
  store.messages.push(message);
  keepVersion(store, message, 'post');
  happen(store, message.onlyFor ? 'whispered' : 'posted', message);
  return message;
}

/** Replaces what a message says. */
export function rewrite(store: Store, message: TeamsMessage, says: Partial<Draft>): void {
  const { text = '', summary = '', entities = [], card } = says;
  Object.assign(message, { text, summary, entities, card, edited: true });
  keepVersion(store, message, 'update');
  happen(store, 'updated', message);
}

export function remove(store: Store, message: TeamsMessage): void {
  message.deleted = true;
  keepVersion(store, message, 'delete');
  happen(store, 'deleted', message);
}

/** Tells somebody alone the answer to what they pressed. */
export function tellAlone(store: Store, user: string, told: Omit<Private, 'at' | 'how'>): void {
  const all = store.answers.get(user) ?? [];
  store.answers.set(user, [...all, { at: store.now(), how: 'answer', ...told }]);
  happen(store, 'answered', { conversation: told.conversation, onlyFor: user, text: told.words });
}

function keepVersion(store: Store, message: TeamsMessage, by: Version['by']): void {
  const { text, summary, card, entities } = message;
  message.versions.push({ at: store.now(), by, text, summary, card, entities });
}

function happen(store: Store, what: Happening['what'], about: Partial<TeamsMessage>): void {
  const { conversation: channel, id, from, onlyFor, summary, text } = about;
  store.happenings.push({ at: store.now(), what, channel, id, user: onlyFor ?? from, text: summary || text });
  changed(store);
}
