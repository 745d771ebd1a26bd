import { slackError } from './errors.ts';
import type { SlackMessage } from './messages.ts';
import type { Method } from './method.ts';
import { messagePayload } from './payloads.ts';
import { directMessage, findMessage, type Store } from './store.ts';
import type { Json } from './validation.ts';
import type { SlackChannel } from './workspace.ts';

const history = ['channels:history', 'groups:history', 'im:history'];
const read = ['channels:read', 'groups:read', 'im:read'];

/** conversations.*: reading back what was said, and opening direct messages. */
export const conversationMethods: Record<string, Method> = {
  'conversations.history': {
    scopes: history,
    required: ['channel'],
    run: ({ store }, args) => channelHistory(store, args),
  },
  'conversations.replies': {
    scopes: history,
    required: ['channel', 'ts'],
    run: ({ store }, args) => replies(store, args),
  },
  'conversations.info': { scopes: read, required: ['channel'], run: ({ store }, args) => info(store, args) },
  'conversations.open': { scopes: ['im:write'], required: ['users'], run: ({ store }, args) => open(store, args) },
};

function channelHistory(store: Store, args: Json): Json {
  const channel = readable(store, args.channel);
  const shown = store.messages.filter((it) => visible(it, channel) && (!it.thread || it.broadcast));
  return page(store, shown.reverse(), args);
}

function replies(store: Store, args: Json): Json {
  const channel = readable(store, args.channel);
  const asked = findMessage(store, channel.id, String(args.ts));
  if (!asked) throw slackError('thread_not_found');
  const root = asked.thread ?? asked.ts;
  return page(
    store,
    store.messages.filter((it) => visible(it, channel) && (it.thread ?? it.ts) === root),
    args,
  );
}

/** Ephemerals are in nobody's history, not even in the app's. */
function visible(message: SlackMessage, channel: SlackChannel): boolean {
  return message.channel === channel.id && !message.onlyFor && !message.deleted;
}

function page(store: Store, all: SlackMessage[], args: Json): Json {
  const inside = all.filter((it) => within(it.ts, args));
  const from = Number(args.cursor ?? 0);
  const to = from + Math.min(Number(args.limit ?? 100), 999);
  const more = inside.length > to;
  const messages = inside.slice(from, to).map((it) => messagePayload(store, it, args.include_all_metadata === true));
  return { messages, has_more: more, response_metadata: { next_cursor: more ? String(to) : '' } };
}

function within(ts: string, args: Json): boolean {
  const { oldest, latest } = args;
  const edge = args.inclusive === true && (ts === oldest || ts === latest);
  return edge || ((!oldest || ts > String(oldest)) && (!latest || ts < String(latest)));
}

function info(store: Store, args: Json): Json {
  const channel = store.channels.get(String(args.channel));
  if (!channel) throw slackError('channel_not_found');
  return { channel: channelPayload(store, channel) };
}

function open(store: Store, args: Json): Json {
  const user = String(args.users);
  if (!store.users.has(user)) throw slackError('user_not_found');
  return { channel: { id: directMessage(store, user).id } };
}

function readable(store: Store, id: unknown): SlackChannel {
  const channel = store.channels.get(String(id));
  if (!channel) throw slackError('channel_not_found');
  if (!channel.members.includes(store.app.userId)) throw slackError('not_in_channel');
  return channel;
}

function channelPayload(store: Store, channel: SlackChannel): Json {
  return {
    id: channel.id,
    name: channel.name,
    is_channel: !channel.im,
    is_im: channel.im !== undefined,
    is_private: channel.isPrivate,
    is_archived: channel.isArchived,
    is_ext_shared: channel.isShared,
    is_member: channel.members.includes(store.app.userId),
    user: channel.im,
    context_team_id: store.team.id,
  };
}
