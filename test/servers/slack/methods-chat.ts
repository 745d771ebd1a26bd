import { slackError } from './errors.ts';
import { limits } from './limits.ts';
import type { SlackMessage } from './messages.ts';
import type { Method } from './method.ts';
import { messagePayload } from './payloads.ts';
import { addMessage, changed, findMessage, happen, remove, rewrite, type Store } from './store.ts';
import { blockProblems, type Json } from './validation.ts';
import type { SlackChannel } from './workspace.ts';

const write = ['chat:write'];

/** chat.* and reactions.*: everything that puts words before people. */
export const chatMethods: Record<string, Method> = {
  'chat.postMessage': { scopes: write, required: ['channel'], run: ({ store }, args) => postMessage(store, args) },
  'chat.postEphemeral': {
    scopes: write,
    required: ['channel', 'user'],
    run: ({ store }, args) => postEphemeral(store, args),
  },
  'chat.update': { scopes: write, required: ['channel', 'ts'], run: ({ store }, args) => update(store, args) },
  'chat.delete': { scopes: write, required: ['channel', 'ts'], run: ({ store }, args) => deleteMessage(store, args) },
  'chat.getPermalink': {
    scopes: [],
    required: ['channel', 'message_ts'],
    run: ({ store }, args) => permalink(store, args),
  },
  'reactions.add': {
    scopes: ['reactions:write'],
    required: ['channel', 'timestamp', 'name'],
    run: ({ store }, args) => react(store, args),
  },
};

/**
 * Reads text and blocks as every way of posting does.
 * @throws SlackError `no_text`, `msg_too_long`, `invalid_blocks_format`, `invalid_blocks`, `msg_blocks_too_long`.
 */
export function readContent(store: Store, method: string, args: Json): { text: string; blocks: Json[] } {
  const text = typeof args.text === 'string' ? args.text : '';
  const blocks = readBlocks(args.blocks);
  if (text === '' && blocks.length === 0) throw slackError('no_text');
  if (text.length > limits.messageText) throw slackError('msg_too_long');
  if (text === '') {
    store.warnings.push(`${method}: blocks without \`text\`: notifications and screen readers have nothing to say`);
  }
  return { text, blocks };
}

function readBlocks(value: unknown): Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw slackError('invalid_blocks_format');
  const problems = blockProblems(value);
  if (problems.length > 0) throw slackError('invalid_blocks', problems);
  if (JSON.stringify(value).length > limits.blocksTotal) throw slackError('msg_blocks_too_long');
  return value;
}

function postMessage(store: Store, args: Json): Json {
  const channel = channelToWrite(store, args.channel);
  const content = readContent(store, 'chat.postMessage', args);
  const thread = threadOf(store, channel, args.thread_ts);
  const message = addMessage(store, {
    ...content,
    ...ours(store, channel),
    thread,
    broadcast: thread !== undefined && args.reply_broadcast === true,
    metadata: readMetadata(args.metadata),
  });
  return { channel: channel.id, ts: message.ts, message: messagePayload(store, message) };
}

function postEphemeral(store: Store, args: Json): Json {
  const channel = channelToWrite(store, args.channel);
  const reader = String(args.user);
  if (!store.users.has(reader)) throw slackError('user_not_found');
  if (!channel.members.includes(reader)) throw slackError('user_not_in_channel');
  const content = readContent(store, 'chat.postEphemeral', args);
  const thread = threadOf(store, channel, args.thread_ts);
  const message = addMessage(store, { ...content, ...ours(store, channel), thread, onlyFor: reader });
  return { message_ts: message.ts };
}

function update(store: Store, args: Json): Json {
  const message = ownMessage(store, args.channel, args.ts, 'cant_update_message');
  const metadata = readMetadata(args.metadata);
  if (escapedBytes(args.text) > limits.updateTextBytes) throw slackError('msg_too_long');
  if (args.text !== undefined || args.blocks !== undefined) {
    const { text, blocks } = readContent(store, 'chat.update', args);
    rewrite(store, message, text, blocks, 'update');
  } else if (!metadata) throw slackError('no_text');
  if (metadata) message.metadata = Object.keys(metadata).length > 0 ? metadata : undefined;
  return { channel: message.channel, ts: message.ts, text: message.text, message: messagePayload(store, message) };
}

function escapedBytes(text: unknown): number {
  if (typeof text !== 'string') return 0;
  return Buffer.byteLength(text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
}

function deleteMessage(store: Store, args: Json): Json {
  const message = ownMessage(store, args.channel, args.ts, 'cant_delete_message');
  remove(store, message);
  return { channel: message.channel, ts: message.ts };
}

function permalink(store: Store, args: Json): Json {
  const message = anyMessage(store, args.channel, args.message_ts);
  const thread = message.thread ? `?thread_ts=${message.thread}&cid=${message.channel}` : '';
  const path = `${message.channel}/p${message.ts.replace('.', '')}${thread}`;
  return { channel: message.channel, permalink: `https://${store.team.domain}.slack.com/archives/${path}` };
}

function react(store: Store, args: Json): undefined {
  const message = anyMessage(store, args.channel, args.timestamp);
  const name = String(args.name);
  if (!/^[a-z0-9_+'-]+$/.test(name)) throw slackError('invalid_name');
  const by = message.reactions.get(name) ?? [];
  if (by.includes(store.app.userId)) throw slackError('already_reacted');
  message.reactions.set(name, [...by, store.app.userId]);
  happen(store, 'reacted', message);
  changed(store);
}

/** @throws SlackError `channel_not_found`, `is_archived` or `not_in_channel`. A user id is the direct message with them. */
function channelToWrite(store: Store, id: unknown): SlackChannel {
  const channel = store.channels.get(String(id)) ?? [...store.channels.values()].find((it) => it.im === id);
  if (!channel) throw slackError('channel_not_found');
  if (channel.isArchived) throw slackError('is_archived');
  if (!channel.members.includes(store.app.userId)) throw slackError('not_in_channel');
  return channel;
}

function ours(store: Store, channel: SlackChannel) {
  return { channel: channel.id, user: store.app.userId, fromApp: true };
}

function threadOf(store: Store, channel: SlackChannel, ts: unknown): string | undefined {
  if (ts === undefined) return undefined;
  if (typeof ts !== 'string' || !/^\d+\.\d{6}$/.test(ts)) throw slackError('invalid_thread_ts');
  const root = findMessage(store, channel.id, ts);
  if (!root) throw slackError('thread_not_found');
  // A reply to a reply lands in the same thread, as in the client.
  return root.thread ?? root.ts;
}

function anyMessage(store: Store, channel: unknown, ts: unknown): SlackMessage {
  if (!store.channels.has(String(channel))) throw slackError('channel_not_found');
  const message = findMessage(store, String(channel), String(ts));
  if (!message) throw slackError('message_not_found');
  return message;
}

function ownMessage(store: Store, channel: unknown, ts: unknown, refusal: string): SlackMessage {
  const message = anyMessage(store, channel, ts);
  if (message.user !== store.app.userId) throw slackError(refusal);
  return message;
}

function readMetadata(value: unknown): Json | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw slackError('invalid_metadata_format');
  const { event_type, event_payload } = value as Json;
  if (Object.keys(value).length === 0) return {};
  if (typeof event_type !== 'string' || typeof event_payload !== 'object') throw slackError('invalid_metadata_schema');
  return value as Json;
}
