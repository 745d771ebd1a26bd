import type { SlackMessage } from './messages.ts';
import { newId, type Store } from './store.ts';
import type { Json } from './validation.ts';
import { type SlackView, viewPayload } from './views.ts';
import type { SlackUser } from './workspace.ts';

/** What Slack sends to the app, field by field as its own payloads have them. */

export function messagePayload(store: Store, message: SlackMessage, withMetadata = true): Json {
  const reactions = [...message.reactions].map(([name, users]) => ({ name, users, count: users.length }));
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: store.team.id,
    ...(message.fromApp ? { bot_id: store.app.botId, app_id: store.app.id } : {}),
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.thread ? { thread_ts: message.thread } : {}),
    ...(message.broadcast ? { subtype: 'thread_broadcast' } : {}),
    ...(withMetadata && message.metadata ? { metadata: message.metadata } : {}),
    ...(message.edited ? { edited: { user: message.user, ts: message.ts } } : {}),
    ...(reactions.length > 0 ? { reactions } : {}),
    ...(message.onlyFor ? { is_ephemeral: true } : {}),
  };
}

/** What every interaction comes with. */
export interface Context {
  user: SlackUser;
  triggerId: string;
  responseUrl?: string;
}

export function slashPayload(
  store: Store,
  context: Context,
  typed: { channel: string; command: string; text: string },
): Json {
  const { channel, command, text } = typed;
  const { enterprise } = store.team;
  return {
    token: 'legacy-verification-token',
    team_id: store.team.id,
    team_domain: store.team.domain,
    ...(enterprise ? { enterprise_id: enterprise.id, enterprise_name: enterprise.name } : {}),
    channel_id: channel,
    channel_name: store.channels.get(channel)?.name ?? '',
    user_id: context.user.id,
    user_name: context.user.name,
    command,
    text,
    api_app_id: store.app.id,
    is_enterprise_install: 'false',
    response_url: context.responseUrl,
    trigger_id: context.triggerId,
  };
}

/** A press in a message carries the message, its channel and its container; one in a view carries the view. */
export function blockActions(
  store: Store,
  context: Context,
  on: SlackMessage | SlackView,
  action: Json,
  values: Json,
): Json {
  const common = {
    ...interaction(store, 'block_actions', context.user),
    trigger_id: context.triggerId,
    actions: [{ ...action, action_ts: String(store.now() / 1000) }],
  };
  if ('renderings' in on) {
    return { ...common, container: { type: 'view', view_id: on.id }, view: viewPayload(store, on, values) };
  }
  return {
    ...common,
    container: messageContainer(on),
    channel: { id: on.channel, name: store.channels.get(on.channel)?.name ?? '' },
    // Slack gives the app the whole message, except for ephemerals: those have no content in the payload.
    ...(on.onlyFor ? {} : { message: messagePayload(store, on) }),
    state: { values },
    response_url: context.responseUrl,
  };
}

function messageContainer(message: SlackMessage): Json {
  return {
    type: 'message',
    message_ts: message.ts,
    channel_id: message.channel,
    is_ephemeral: message.onlyFor !== undefined,
    ...(message.thread ? { thread_ts: message.thread } : {}),
  };
}

export function viewSubmission(store: Store, context: Context, view: SlackView, values: Json): Json {
  return {
    ...interaction(store, 'view_submission', context.user),
    trigger_id: context.triggerId,
    view: viewPayload(store, view, values),
    response_urls: [],
  };
}

export function viewClosed(store: Store, user: SlackUser, view: SlackView): Json {
  return { ...interaction(store, 'view_closed', user), view: viewPayload(store, view), is_cleared: view.clearOnClose };
}

function interaction(store: Store, type: string, user: SlackUser): Json {
  const { enterprise, id, domain } = store.team;
  return {
    type,
    api_app_id: store.app.id,
    token: 'legacy-verification-token',
    team: { id, domain, ...(enterprise ? { enterprise_id: enterprise.id, enterprise_name: enterprise.name } : {}) },
    enterprise: enterprise ?? null,
    is_enterprise_install: false,
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
  };
}

/** The Events API envelope. `context_team_id` names the workspace where it happened, `event.user_team` the author's. */
export function eventCallback(store: Store, event: Json): Json {
  const { team, app } = store;
  return {
    token: 'legacy-verification-token',
    team_id: team.id,
    context_team_id: team.id,
    context_enterprise_id: team.enterprise?.id ?? null,
    enterprise_id: team.enterprise?.id,
    api_app_id: app.id,
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: Math.floor(store.now() / 1000),
    authorizations: [
      {
        enterprise_id: team.enterprise?.id ?? null,
        team_id: team.id,
        user_id: app.userId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: store.channels.get(String(event.channel))?.isShared ?? false,
    event,
  };
}

/** @returns the `app_mention` or `message` event of something a person wrote. */
export function writtenEvent(store: Store, type: 'app_mention' | 'message', message: SlackMessage): Json {
  const author = store.users.get(message.user);
  return {
    type,
    ...(type === 'message' ? { channel_type: store.channels.get(message.channel)?.im ? 'im' : 'channel' } : {}),
    user: message.user,
    text: message.text,
    ts: message.ts,
    event_ts: message.ts,
    channel: message.channel,
    client_msg_id: newId('m'),
    team: author?.teamId,
    user_team: author?.teamId,
    source_team: author?.teamId,
    ...(message.thread ? { thread_ts: message.thread } : {}),
  };
}
