import { slackError } from './errors.ts';
import type { Method } from './method.ts';
import type { Store } from './store.ts';
import type { Json } from './validation.ts';
import type { SlackUser, SlackUsergroup } from './workspace.ts';

const readUsers = ['users:read'];
const readEmails = ['users:read.email'];
const readGroups = ['usergroups:read'];

/** Who we are, who they are, and which user groups they belong to. */
export const peopleMethods: Record<string, Method> = {
  'auth.test': { scopes: [], run: ({ store }) => authTest(store) },
  'bots.info': { scopes: readUsers, run: ({ store }, args) => botInfo(store, args) },
  'apps.connections.open': { scopes: [], token: 'app', run: ({ openSocket }) => ({ url: openSocket() }) },
  'users.info': { scopes: readUsers, required: ['user'], run: ({ store }, args) => userInfo(store, args) },
  'users.lookupByEmail': { scopes: readEmails, required: ['email'], run: ({ store }, args) => byEmail(store, args) },
  'usergroups.list': { scopes: readGroups, run: ({ store }, args) => groups(store, args) },
  'usergroups.users.list': {
    scopes: readGroups,
    required: ['usergroup'],
    run: ({ store }, args) => groupUsers(store, args),
  },
};

function authTest({ team, app }: Store): Json {
  return {
    url: `https://${team.domain}.slack.com/`,
    team: team.name,
    team_id: team.id,
    user: app.name,
    user_id: app.userId,
    bot_id: app.botId,
    is_enterprise_install: false,
    ...(team.enterprise ? { enterprise_id: team.enterprise.id } : {}),
  };
}

/** The only bot here is the app's own; its `app_id` is the `api_app_id` of every payload. */
function botInfo({ app }: Store, args: Json): Json {
  if (args.bot !== app.botId) throw slackError('bot_not_found');
  return { bot: { id: app.botId, app_id: app.id, user_id: app.userId, name: app.name, deleted: false } };
}

function userInfo(store: Store, args: Json): Json {
  const user = store.users.get(String(args.user));
  if (!user) throw slackError('user_not_found');
  return { user: userPayload(store, user) };
}

/** Deactivated people are not found by their address. */
function byEmail(store: Store, args: Json): Json {
  const wanted = String(args.email).toLowerCase();
  const user = [...store.users.values()].find((it) => it.email.toLowerCase() === wanted && !it.deleted && !it.isBot);
  if (!user) throw slackError('users_not_found');
  return { user: userPayload(store, user) };
}

function groups(store: Store, args: Json): Json {
  const withUsers = args.include_users === true;
  return { usergroups: [...store.usergroups.values()].map((group) => groupPayload(store, group, withUsers)) };
}

function groupUsers(store: Store, args: Json): Json {
  const group = store.usergroups.get(String(args.usergroup));
  if (!group) throw slackError('no_such_subteam');
  return { users: [...group.users] };
}

function groupPayload(store: Store, group: SlackUsergroup, withUsers: boolean): Json {
  const { id, handle, name, users } = group;
  const common = {
    id,
    handle,
    name,
    team_id: store.team.id,
    is_usergroup: true,
    user_count: users.length,
    date_delete: 0,
  };
  return withUsers ? { ...common, users: [...users] } : common;
}

/** The address is only there for apps that may read it. */
function userPayload(store: Store, user: SlackUser): Json {
  const mayReadEmail = !store.app.scopes || store.app.scopes.includes('users:read.email');
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    real_name: user.name,
    deleted: user.deleted,
    is_bot: user.isBot,
    is_email_confirmed: user.emailVerified,
    is_restricted: user.isRestricted,
    is_ultra_restricted: user.isUltraRestricted,
    is_stranger: user.isStranger,
    tz: 'Europe/Berlin',
    profile: { real_name: user.name, display_name: user.name, ...(mayReadEmail ? { email: user.email } : {}) },
    ...(store.team.enterprise ? { enterprise_user: { id: user.id, enterprise_id: store.team.enterprise.id } } : {}),
  };
}
