import { messageOf, mustHaveApp, type Place, placeOf } from './addressing.ts';
import { type Json, objects, textOf } from './json.ts';
import type { TeamsMessage } from './messages.ts';
import { account, findUser, personalChat } from './organization.ts';
import { bad, readActivity, type Says } from './outgoing.ts';
import { refusal } from './refusal.ts';
import type { Reply, Request, Route } from './serve.ts';
import { addMessage, remove, rewrite, type Store } from './store.ts';

/** The Bot Connector's REST API, as far as a bot in Teams uses it. */

/** @returns the routes under the serviceUrl's path. */
export function connectorRoutes(store: Store): Route[] {
  const at = (rest: string) => new RegExp(`^/emea/v3/conversations${rest}/?$`);
  const activities = '/(?<conversation>[^/]+)/activities';
  const one = `${activities}/(?<activity>[^/]+)`;
  const members = '/(?<conversation>[^/]+)';
  return [
    { call: 'createConversation', method: 'POST', path: at(''), answer: (it) => create(store, it) },
    { call: 'sendToConversation', method: 'POST', path: at(activities), answer: (it) => send(store, it) },
    { call: 'replyToActivity', method: 'POST', path: at(one), answer: (it) => reply(store, it) },
    { call: 'updateActivity', method: 'PUT', path: at(one), answer: (it) => update(store, it) },
    { call: 'deleteActivity', method: 'DELETE', path: at(one), answer: (it) => drop(store, it) },
    { call: 'getMembers', method: 'GET', path: at(`${members}/members`), answer: (it) => list(store, it) },
    { call: 'getPagedMembers', method: 'GET', path: at(`${members}/pagedmembers`), answer: (it) => page(store, it) },
    {
      call: 'getMember',
      method: 'GET',
      path: at(`${members}/members/(?<member>[^/]+)`),
      answer: (it) => who(store, it),
    },
  ];
}

/** A new thread in a channel, or the 1:1 chat with somebody. */
function create(store: Store, { body, raw }: Request): Reply {
  const channelData = body.channelData as { channel?: Json; tenant?: Json } | undefined;
  const bot = body.bot as Json | undefined;
  if (bot && bot.id !== store.bot.id && bot.id !== store.app.id) throw bad(`bot ${String(bot.id)} is not the caller.`);
  const channel = textOf(channelData?.channel?.id);
  if (channel) return startThread(store, channel, body, raw);
  const [member, ...more] = objects(body.members);
  if (!member || more.length > 0 || body.isGroup === true) throw bad('Bots create chats with one member only.');
  const tenant = textOf(body.tenantId) || textOf(channelData?.tenant?.id);
  if (!tenant) throw bad('tenantId is missing.');
  return openChat(store, textOf(member.id), tenant, body, raw);
}

function startThread(store: Store, channel: string, body: Json, raw: string): Reply {
  const place = placeOf(store, channel);
  if (place.conversation.kind !== 'channel' || place.thread) throw bad(`${channel} is not a channel.`);
  if (body.isGroup !== true) throw bad('isGroup must be true for a channel.');
  const message = say(store, place, readActivity(store, (body.activity ?? {}) as Json, raw));
  return { status: 201, body: { id: `${channel};messageid=${message.id}`, activityId: message.id } };
}

function openChat(store: Store, member: string, tenant: string, body: Json, raw: string): Reply {
  const user = /^29:|^[0-9a-f-]{36}$/.test(member) ? findUser(store.users, member) : undefined;
  if (!user || user.tenant !== tenant)
    throw refusal(403, 'ForbiddenOperationException', 'No such user in this tenant.');
  const conversation = store.conversations.get(personalChat(user))!;
  mustHaveApp(conversation);
  const activity = body.activity as Json | undefined;
  const message = activity && say(store, { conversation }, readActivity(store, activity, raw));
  return { status: 201, body: { id: conversation.id, activityId: message?.id } };
}

function send(store: Store, { params, query, body, raw }: Request): Reply {
  return post(store, placeOf(store, params.conversation!), query, body, raw);
}

/** In a channel it goes into the thread of that message; chats have no threads, so it is one more message. */
function reply(store: Store, { params, query, body, raw }: Request): Reply {
  const place = placeOf(store, params.conversation!);
  const answered = messageOf(store, place, params.activity!);
  if (answered.onlyFor) throw bad('A targeted message cannot be replied to.');
  const thread = place.conversation.kind === 'channel' ? (answered.thread ?? answered.id) : undefined;
  if (place.thread && place.thread !== thread)
    throw refusal(404, 'ActivityNotFoundInConversation', 'Activity not found in conversation.');
  return post(store, { ...place, thread }, query, body, raw);
}

function post(store: Store, place: Place, query: URLSearchParams, body: Json, raw: string): Reply {
  if (body.type === 'typing') return { status: 202, body: {} };
  const onlyFor = isTargeted(query) ? target(store, place, body) : undefined;
  const says = readActivity(store, body, raw);
  if (!says.card || !says.text) return { status: 201, body: { id: say(store, place, says, onlyFor).id } };
  say(store, place, { ...says, card: undefined }, onlyFor);
  say(store, place, { ...says, text: '', entities: [] }, onlyFor);
  return { status: 201, body: {} };
}

/** @throws Refusal when it is not for exactly one person who is there, or the place is nobody else's. */
function target(store: Store, { conversation }: Place, body: Json): string {
  if (conversation.kind === 'personal') throw bad('Targeted messages are for channels and group chats.');
  const id = textOf((body.recipient as Json | undefined)?.id);
  if (!id) throw bad('recipient is missing.');
  const user = findUser(store.users, id);
  if (user && conversation.members.includes(user.id)) return user.id;
  throw bad(`recipient ${id} is not a member of the conversation.`);
}

function isTargeted(query: URLSearchParams): boolean {
  return query.get('isTargetedActivity') === 'true';
}

function say(store: Store, { conversation, thread }: Place, says: Says, onlyFor?: string): TeamsMessage {
  return addMessage(store, {
    conversation: conversation.id,
    thread,
    from: store.bot.id,
    fromApp: true,
    onlyFor,
    ...says,
  });
}

function update(store: Store, { params, query, body, raw }: Request): Reply {
  const message = ours(store, params, query);
  if (message.onlyFor && body.recipient) throw bad('recipient must not be said again.');
  const says = readActivity(store, body, raw);
  if (message.card && !says.card) store.warnings.push('A card was replaced by plain text: clients keep parts of it.');
  rewrite(store, message, says);
  return { status: 200, body: { id: message.id } };
}

function drop(store: Store, { params, query }: Request): Reply {
  remove(store, ours(store, params, query));
  return { status: 200 };
}

/** @throws Refusal 404 when it is gone or targeted and not asked for as such; 403 when somebody else wrote it. */
function ours(store: Store, params: Record<string, string>, query: URLSearchParams): TeamsMessage {
  const place = placeOf(store, params.conversation!);
  const message = messageOf(store, place, params.activity!);
  if (isTargeted(query) !== (message.onlyFor !== undefined))
    throw refusal(404, 'ActivityNotFoundInConversation', 'Activity not found in conversation.');
  if (!message.fromApp) throw refusal(403, 'NotEnoughPermissions', "Bots change their own messages, not people's.");
  return message;
}

function membersOf(store: Store, id: string): Json[] {
  const { conversation } = placeOf(store, id);
  return conversation.members.flatMap((member) => {
    const user = store.users.get(member);
    return user ? [describe(user)] : [];
  });
}

function describe(user: Parameters<typeof account>[0]): Json {
  const { aadObjectId: objectId, email, userPrincipalName, tenant: tenantId } = user;
  return { ...account(user), objectId, email, userPrincipalName, tenantId, userRole: 'user' };
}

function list(store: Store, { params }: Request): Reply {
  return { status: 200, body: membersOf(store, params.conversation!) as unknown as Json };
}

function page(store: Store, { params }: Request): Reply {
  return { status: 200, body: { members: membersOf(store, params.conversation!) } };
}

function who(store: Store, { params }: Request): Reply {
  const user = findUser(store.users, params.member!);
  const found = user && membersOf(store, params.conversation!).find((it) => it.id === user.id);
  if (!found) throw refusal(404, 'MemberNotFoundInConversation', 'Member not found in conversation.');
  return { status: 200, body: found };
}
