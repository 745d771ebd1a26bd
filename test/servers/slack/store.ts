import { randomBytes } from 'node:crypto';
import type { SlackMessage, Version } from './messages.ts';
import type { Json } from './validation.ts';
import type { SlackView } from './views.ts';
import { makeWorkspace, type SlackChannel, type Workspace, type WorkspaceOptions } from './workspace.ts';

/** Everything the stand-in remembers. Only data and its bookkeeping: the rules stand in the files that use it. */

/** What happened, in the order in which people could see it. */
export interface Happening {
  at: number;
  what: 'posted' | 'whispered' | 'updated' | 'deleted' | 'view-opened' | 'view-updated' | 'home-published' | 'reacted';
  channel?: string;
  ts?: string;
  user?: string;
  text?: string;
}

/** One call of a Web API method or of a response_url (method `response_url`). */
export interface Call {
  at: number;
  method: string;
  args: Json;
  /** `ok`, Slack's error code, or what an injected fault did to it. */
  answer: string;
  /** Slack itself said no: not an injected fault, not a rate limit. */
  refused: boolean;
  /** Slack's `[ERROR]` lines, where it says more than a code. */
  problems: string[];
}

export interface Store extends Workspace {
  messages: SlackMessage[];
  views: Map<string, SlackView>;
  /** The published Home view of each user. */
  homes: Map<string, SlackView>;
  happenings: Happening[];
  calls: Call[];
  /** What Slack accepts but a reader pays for, such as blocks without fallback text. */
  warnings: string[];
  /** Milliseconds; the stand-in has no other clock. */
  now: () => number;
  /** Called after every change. */
  observers: Set<() => void>;
  /** The last ts given out, in microseconds: ts are unique and rise. */
  lastTs: number;
}

export function makeStore(options: WorkspaceOptions & { now?: () => number }): Store {
  return {
    ...makeWorkspace(options),
    messages: [],
    views: new Map(),
    homes: new Map(),
    happenings: [],
    calls: [],
    warnings: [],
    now: options.now ?? Date.now,
    observers: new Set(),
    lastTs: 0,
  };
}

/** Tells everyone who awaits a condition to look again. */
export function changed(store: Store): void {
  for (const look of [...store.observers]) look();
}

/** @returns an id that nothing else in this process has, with Slack's kind of prefix. */
export function newId(prefix: string): string {
  return `${prefix}${randomBytes(6).toString('hex').toUpperCase()}`;
}

export function newTs(store: Store): string {
  store.lastTs = Math.max(store.lastTs + 1, Math.floor(store.now() * 1000));
  return `${Math.floor(store.lastTs / 1e6)}.${String(store.lastTs % 1e6).padStart(6, '0')}`;
}

export type Draft = Pick<SlackMessage, 'channel' | 'user' | 'fromApp' | 'text' | 'blocks'> &
  Partial<Pick<SlackMessage, 'thread' | 'broadcast' | 'onlyFor' | 'metadata'>>;

/** Puts a message into a channel (or before one person's eyes, with `onlyFor`). */
export function addMessage(store: Store, draft: Draft, by: Version['by'] = 'post'): SlackMessage {
  const blocks = withIds(draft.blocks);
  const message: SlackMessage = {
    broadcast: false,
    ...draft,
    blocks,
    ts: newTs(store),
    reactions: new Map(),
    edited: false,
    deleted: false,
    versions: [{ at: store.now(), by, text: draft.text, blocks }],
  };
  store.messages.push(message);
  happen(store, message.onlyFor ? 'whispered' : 'posted', message);
  return message;
}

/** Replaces what a message says. Without blocks Slack drops the old ones and tags it "(edited)". */
export function rewrite(store: Store, message: SlackMessage, text: string, blocks: Json[], by: Version['by']): void {
  message.text = text;
  message.blocks = withIds(blocks);
  message.edited ||= blocks.length === 0;
  message.versions.push({ at: store.now(), by, text, blocks: message.blocks });
  happen(store, 'updated', message);
}

export function remove(store: Store, message: SlackMessage): void {
  message.deleted = true;
  message.versions.push({ at: store.now(), by: 'delete', text: '', blocks: [] });
  happen(store, 'deleted', message);
}

/** @returns the message, also when it is gone for others; ephemerals only when asked for. */
export function findMessage(store: Store, channel: string, ts: string, ephemeral = false): SlackMessage | undefined {
  const found = store.messages.find((it) => it.channel === channel && it.ts === ts && !it.deleted);
  return found && (ephemeral || !found.onlyFor) ? found : undefined;
}

/** @returns the direct-message channel of the app and this user, opened when need be. */
export function directMessage(store: Store, user: string): SlackChannel {
  const id = `D0${user}`;
  const members = [user, store.app.userId];
  const im = { id, name: 'directmessage', isPrivate: true, isArchived: false, isShared: false, im: user, members };
  if (!store.channels.has(id)) store.channels.set(id, im);
  return store.channels.get(id)!;
}

export function happen(store: Store, what: Happening['what'], about: Partial<SlackMessage>): void {
  const { channel, ts, text, user, onlyFor } = about;
  store.happenings.push({ at: store.now(), what, channel, ts, text, user: onlyFor ?? user });
  changed(store);
}

/** Slack gives every block and every interactive element an id when the app did not. */
export function withIds(blocks: Json[]): Json[] {
  return blocks.map((block) => {
    const copy: Json = { block_id: newId('b'), ...structuredClone(block) };
    const inside = [...((copy.elements as Json[] | undefined) ?? []), copy.accessory, copy.element] as (
      | Json
      | undefined
    )[];
    for (const it of inside) if (it && interactive(it)) it.action_id ??= newId('a');
    return copy;
  });
}

function interactive(element: Json): boolean {
  return (
    !['image', 'plain_text', 'mrkdwn'].includes(String(element.type)) && !String(element.type).startsWith('rich_text')
  );
}
