import { createHash } from 'node:crypto';
import type { Json } from './json.ts';

/**
 * Who and what exists in the Teams organization of a test. Everything has a default, so that a test names only what it
 * is about: `{ users: [{ name: 'lead' }] }`.
 */

export interface TeamsUser {
  /** As the Connector names people to this bot alone: `29:…`. */
  id: string;
  name: string;
  /** Entra object id: the same everywhere. Empty for somebody without an account, such as a caller by phone. */
  aadObjectId: string;
  /** Entra's `mail`; empty for somebody without a mailbox. */
  email: string;
  userPrincipalName: string;
  /** `SMTP:…`, `smtp:…` and what is no mail. */
  proxyAddresses: string[];
  otherMails: string[];
  userType: 'Member' | 'Guest';
  accountEnabled: boolean;
  /** The tenant they act in; guests act in the one that invited them. */
  tenant: string;
  /** Entra group ids, also through groups in groups. */
  groups: string[];
  /** Whether they have the app for themselves: else nobody can write to the other in a 1:1 chat. */
  hasApp: boolean;
}

export interface TeamsApp {
  /** Empty: nobody proves who they are, as with the Agents Playground. */
  id: string;
  name: string;
  password: string;
  type: 'SingleTenant' | 'MultiTenant';
  /** The app's home tenant. */
  tenant: string;
}

/** A channel, a group chat, or a 1:1 chat of the bot with somebody. */
export interface TeamsConversation {
  id: string;
  kind: 'channel' | 'groupChat' | 'personal';
  name: string;
  /** `29:…` ids. */
  members: string[];
  /** The app is installed in the team, in the chat, or for the person. */
  hasApp: boolean;
  tenant: string;
}

export interface TeamsTeam {
  id: string;
  name: string;
  /** The Entra group behind it. */
  aadGroupId: string;
}

type Named<T> = Partial<T> & { id: string };

export interface OrganizationOptions {
  app?: Partial<TeamsApp>;
  /** Further Entra tenants that exist. */
  tenants?: string[];
  users?: (Partial<TeamsUser> & { name: string })[];
  team?: Partial<TeamsTeam>;
  /** Channels of the team; `members` defaults to everyone of the app's tenant. */
  channels?: Named<TeamsConversation>[];
  /** Group chats; `members` are names or ids and default to everyone of the app's tenant. */
  chats?: Named<TeamsConversation>[];
}

export interface Organization {
  app: TeamsApp;
  /** The bot as a participant: `28:<app id>`. */
  bot: { id: string; name: string };
  tenants: string[];
  users: Map<string, TeamsUser>;
  team: TeamsTeam;
  conversations: Map<string, TeamsConversation>;
}

const acme = '5c1f0a3e-0000-4000-8000-0000000ac3e0';

const app: TeamsApp = {
  id: '1f2e3d4c-0000-4000-8000-0000000b0701',
  name: 'Release Engineer',
  password: 'test-app-password',
  type: 'SingleTenant',
  tenant: acme,
};

/** Fills in what a test left out. */
export function makeOrganization(options: OrganizationOptions): Organization {
  const us = { ...app, ...options.app };
  const people = (options.users ?? [{ name: 'ann' }, { name: 'bob' }]).map((user) => person(user, us.tenant));
  const users = new Map(people.map((user) => [user.id, user]));
  const home = { tenant: us.tenant, members: people.filter((it) => it.tenant === us.tenant).map((it) => it.id) };
  const channels = options.channels ?? [{ id: '19:general@thread.tacv2', name: 'General' }];
  const shared = [
    ...channels.map((it) => conversation('channel', it, home)),
    ...(options.chats ?? []).map((it) => conversation('groupChat', it, home)),
  ];
  for (const it of shared) it.members = it.members.map((name) => findUser(users, name)?.id ?? name);
  return {
    app: us,
    bot: { id: `28:${us.id || 'bot'}`, name: us.name },
    tenants: [...new Set([us.tenant, ...(options.tenants ?? []), ...people.map((it) => it.tenant)])],
    users,
    team: { id: '19:team@thread.tacv2', name: 'Platform', aadGroupId: guid('team'), ...options.team },
    conversations: new Map([...shared, ...people.map(personal)].map((it) => [it.id, it])),
  };
}

/** @returns someone by name, `29:…` id or Entra object id. */
export function findUser(users: Map<string, TeamsUser>, who: string): TeamsUser | undefined {
  return users.get(who) ?? [...users.values()].find((it) => it.name === who || it.aadObjectId === who);
}

/** @returns somebody as an activity names them. */
export function account({ id, name, aadObjectId }: TeamsUser): Json {
  return { id, name, ...(aadObjectId && { aadObjectId }) };
}

/** @returns the id of the 1:1 chat of the bot with this person. */
export function personalChat(user: TeamsUser): string {
  return `a:1${digest(`chat ${user.id}`).slice(0, 24)}`;
}

function person(user: Partial<TeamsUser> & { name: string }, tenant: string): TeamsUser {
  const mail = `${user.name.toLowerCase().replaceAll(' ', '.')}@example.com`;
  return {
    id: `29:1${digest(user.name).slice(0, 20)}`,
    aadObjectId: guid(user.name),
    email: mail,
    userPrincipalName: user.email || mail,
    proxyAddresses: [],
    otherMails: [],
    userType: 'Member',
    accountEnabled: true,
    tenant,
    groups: [],
    hasApp: true,
    ...user,
  };
}

function conversation(
  kind: TeamsConversation['kind'],
  it: Named<TeamsConversation>,
  home: Pick<TeamsConversation, 'tenant' | 'members'>,
): TeamsConversation {
  return { kind, name: it.id, hasApp: true, ...home, ...it, members: [...(it.members ?? home.members)] };
}

function personal(user: TeamsUser): TeamsConversation {
  const { tenant, hasApp, name } = user;
  return { id: personalChat(user), kind: 'personal', name, members: [user.id], hasApp, tenant };
}

function digest(of: string): string {
  return createHash('sha256').update(of).digest('hex');
}

function guid(of: string): string {
  const hex = digest(`object ${of}`);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
