/**
 * Who and what exists in the Slack workspace of a test. Everything has a default, so that a test names only what it
 * is about: `{ users: [{ id: 'U0LEAD', name: 'lead' }] }`.
 */

export interface SlackUser {
  id: string;
  name: string;
  email: string;
  /** Slack's `is_email_confirmed`: an address that nobody confirmed proves nothing. */
  emailVerified: boolean;
  isBot: boolean;
  deleted: boolean;
  /** Guests: multi-channel (restricted) and single-channel (ultra restricted). */
  isRestricted: boolean;
  isUltraRestricted: boolean;
  /** Someone of another workspace, seen through a shared channel. */
  isStranger: boolean;
  teamId: string;
}

export interface SlackUsergroup {
  id: string;
  handle: string;
  name: string;
  users: string[];
}

export interface SlackChannel {
  id: string;
  name: string;
  isPrivate: boolean;
  isArchived: boolean;
  isShared: boolean;
  /** A direct message of the app with this one user. */
  im?: string;
  members: string[];
}

export interface Team {
  id: string;
  name: string;
  domain: string;
  enterprise?: { id: string; name: string };
}

export interface SlackApp {
  id: string;
  name: string;
  userId: string;
  botId: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  /** OAuth scopes of the bot token. Left out: every scope, and `missing_scope` never happens. */
  scopes?: string[];
}

type Named<T> = Partial<T> & { id: string };

export interface WorkspaceOptions {
  team?: Partial<Team>;
  app?: Partial<SlackApp>;
  users?: Named<SlackUser>[];
  usergroups?: Named<SlackUsergroup>[];
  /** `members` defaults to everyone of this team and the app, `isPrivate`, `isArchived`, `isShared` to false. */
  channels?: Named<SlackChannel>[];
}

export interface Workspace {
  team: Team;
  app: SlackApp;
  users: Map<string, SlackUser>;
  usergroups: Map<string, SlackUsergroup>;
  channels: Map<string, SlackChannel>;
}

const team: Team = { id: 'T0ACME', name: 'Acme', domain: 'acme' };

const app: SlackApp = {
  id: 'A0RELEASE',
  name: 'release-engineer',
  userId: 'U0BOT',
  botId: 'B0BOT',
  botToken: 'xoxb-test-bot-token',
  appToken: 'xapp-test-app-token',
  signingSecret: 'test-signing-secret',
};

/** Fills in what a test left out, and adds the app's own bot user. */
export function makeWorkspace(options: WorkspaceOptions): Workspace {
  const here = { ...team, ...options.team };
  const us = { ...app, ...options.app };
  const people = (options.users ?? [{ id: 'U0ALICE', name: 'alice' }]).map((user) => person(user, here.id));
  const bot = person({ id: us.userId, name: us.name, isBot: true, email: '' }, here.id);
  const everyone = [...people.filter((user) => user.teamId === here.id).map((user) => user.id), us.userId];
  const channels = options.channels ?? [{ id: 'C0GENERAL', name: 'general' }];
  return {
    team: here,
    app: us,
    users: byId([...people, bot]),
    usergroups: byId(
      (options.usergroups ?? []).map((group) => ({ handle: group.id, name: group.id, users: [], ...group })),
    ),
    channels: byId(channels.map((channel) => ({ ...openChannel(channel.id, everyone), ...channel }))),
  };
}

function person(user: Named<SlackUser>, teamId: string): SlackUser {
  const name = user.name ?? user.id.toLowerCase();
  return {
    name,
    email: `${name}@example.com`,
    emailVerified: true,
    isBot: false,
    deleted: false,
    isRestricted: false,
    isUltraRestricted: false,
    isStranger: false,
    teamId,
    ...user,
  };
}

function openChannel(id: string, members: string[]): SlackChannel {
  return { id, name: id.toLowerCase(), isPrivate: false, isArchived: false, isShared: false, members: [...members] };
}

function byId<T extends { id: string }>(things: T[]): Map<string, T> {
  return new Map(things.map((thing) => [thing.id, thing]));
}
