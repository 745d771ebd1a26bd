import type { Json } from './json.ts';
import type { TeamsMessage } from './messages.ts';
import { account, type TeamsConversation } from './organization.ts';
import { newEventId, newMessageId } from './store.ts';
import type { Actor, Tampered, World } from './world.ts';

/** Activities as the Connector sends them: bots/build-conversational-capability and its siblings show one each. */

/** @returns what stands in every activity that somebody causes. */
function envelope({ world, user }: Actor, where: TeamsConversation, how: Tampered, thread?: string): Json {
  const { store } = world;
  const tenantId = how.tenant ?? user.tenant;
  const at = new Date(store.now()).toISOString();
  return {
    timestamp: at,
    localTimestamp: at,
    localTimezone: 'Europe/Berlin',
    locale: 'en-US',
    channelId: 'msteams',
    serviceUrl: how.serviceUrl ?? world.serviceUrl(),
    from: account(user),
    recipient: { ...store.bot },
    conversation: conversationOf(where, tenantId, thread),
    channelData: { ...channelOf(world, where), tenant: { id: tenantId } },
  };
}

function conversationOf({ id, kind, name }: TeamsConversation, tenantId: string, thread?: string): Json {
  if (kind === 'personal') return { conversationType: kind, tenantId, id };
  const full = kind === 'channel' && thread ? `${id};messageid=${thread}` : id;
  return { isGroup: true, conversationType: kind, tenantId, id: full, ...(kind === 'channel' && { name }) };
}

function channelOf({ store }: World, { id, kind }: TeamsConversation): Json {
  if (kind !== 'channel') return {};
  const { team } = store;
  return { teamsChannelId: id, teamsTeamId: team.id, channel: { id }, team: { ...team } };
}

const client = { type: 'clientInfo', locale: 'en-US', country: 'US', platform: 'Web', timezone: 'Europe/Berlin' };

/** Something that somebody wrote. */
export function messageActivity(actor: Actor, where: TeamsConversation, message: TeamsMessage, how: Tampered): Json {
  const { id, text, entities } = message;
  return {
    type: 'message',
    id,
    ...envelope(actor, where, how, message.thread ?? id),
    textFormat: 'plain',
    text,
    attachments: [{ contentType: 'text/html', content: html(text) }],
    entities: [...entities, client],
  };
}

/** The same message as a browser would show it: mentions are spans there. */
function html(text: string): string {
  const named = text.replaceAll(
    /<at>(.*?)<\/at>/g,
    '<span itemscope="" itemtype="http://schema.skype.com/Mention">$1</span>',
  );
  return `<div><div>${named}</div>\n</div>`;
}

/** Somebody changed or deleted what they wrote. */
export function changeActivity(actor: Actor, where: TeamsConversation, message: TeamsMessage, deleted: boolean): Json {
  const activity = messageActivity(actor, where, message, {});
  const eventType = deleted ? 'softDeleteMessage' : 'editMessage';
  const channelData = { ...(activity.channelData as Json), eventType };
  return { ...activity, type: deleted ? 'messageDelete' : 'messageUpdate', channelData };
}

/** A press on Action.Execute; the same id when it is sent again. */
export function pressActivity(
  actor: Actor,
  where: TeamsConversation,
  on: TeamsMessage,
  action: Json,
  how: Tampered,
): Json {
  const common = envelope(actor, where, how, on.thread ?? on.id);
  const channelData = { ...(common.channelData as Json), source: { name: 'message' }, legacy: { replyToId: on.id } };
  const value = { action: { type: 'Action.Execute', ...action }, trigger: 'manual' };
  const said = { name: 'adaptiveCard/action', replyToId: on.id, entities: [client], value };
  return { type: 'invoke', id: newEventId(), ...common, channelData, ...said };
}

/** A press on Action.Submit: a message without words. */
export function submitActivity(
  actor: Actor,
  where: TeamsConversation,
  on: TeamsMessage,
  value: Json,
  how: Tampered,
): Json {
  const id = newMessageId(actor.world.store);
  const common = envelope(actor, where, how, on.thread ?? on.id);
  return { type: 'message', id, ...common, replyToId: on.id, entities: [client], value };
}

/** The app was added or removed: two activities, as Teams sends them. */
export function installActivities(actor: Actor, where: TeamsConversation, action: 'add' | 'remove'): Json[] {
  const common = envelope(actor, where, {});
  const members = action === 'add' ? 'membersAdded' : 'membersRemoved';
  const eventType = action === 'add' ? 'teamMemberAdded' : 'teamMemberRemoved';
  const channelData = { ...(common.channelData as Json), ...(where.kind === 'channel' && { eventType }) };
  return [
    { type: 'installationUpdate', id: newEventId(), ...common, action },
    {
      type: 'conversationUpdate',
      id: newEventId(),
      ...common,
      channelData,
      [members]: [{ id: actor.world.store.bot.id }],
    },
  ];
}
