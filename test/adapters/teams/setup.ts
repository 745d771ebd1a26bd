import { onTestFinished } from 'vitest';
import type { Activity, Sent } from '../../../adapters/teams/activity.ts';
import { type TeamsApp, teamsApp } from '../../../adapters/teams/app.ts';
import { failureOf } from '../../../adapters/teams/failures.ts';
import type { References } from '../../../adapters/teams/references.ts';
import type { Conversation, Transport } from '../../../adapters/teams/transport.ts';
import { HttpAnswer } from '../../../adapters/teams/web.ts';
import type { Asked } from '../../../src/asked.ts';
import { isRefusal, refuse } from '../../../src/errors.ts';
import type { Identity, Ledger, Log, Principal } from '../../../src/ports.ts';
import type { Reply } from '../../../src/release/view.ts';
import { wording } from '../../servers/teams/messages.ts';
import { no, onceInRam, yes } from '../replies.ts';

/** Our app with a Teams in RAM and a `handle` that a test scripts: what Teams hears does not depend on the core. */

export const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

export const acme = '5c1f0a3e-0000-4000-8000-0000000ac3e0';
export const serviceUrl = 'https://smba.trafficmanager.net/emea/';
export const us = { id: '28:b0701', name: 'Release Engineer' };
export const prod = '19:prod@thread.tacv2';

export interface Somebody {
  id: string;
  name: string;
  aadObjectId?: string;
}
export const ann: Somebody = { id: '29:ann', name: 'Ann', aadObjectId: 'a0000000-0000-4000-8000-00000000000a' };
export const bob: Somebody = { id: '29:bob', name: 'Bob', aadObjectId: 'b0000000-0000-4000-8000-00000000000b' };
export const guest: Somebody = { id: '29:guest', name: 'Gus', aadObjectId: 'c0000000-0000-4000-8000-00000000000c' };

/** Something that we sent, in the words that a person reads. */
export interface Seen {
  how: 'posted' | 'started' | 'updated' | 'whispered';
  where: string;
  /** Of an update. */
  id?: string;
  /** Of a whisper. */
  person?: string;
  words: string;
  sent: Sent;
}

export type Call = 'post' | 'startThread' | 'update' | 'whisper' | 'direct';

/** As the Connector says no. */
export const saysNo = (status: number, retryAfterMs?: number) =>
  failureOf('Teams', 'a message', new HttpAnswer(status, 'No', retryAfterMs));

/** Teams in RAM: keeps what it is told, and fails where a test says so. */
export const teamsInRam = () => {
  const seen: Seen[] = [];
  const fails = new Map<Call, unknown>();
  const failsFirst = new Map<Call, unknown[]>();
  const answers = { genuine: async (): Promise<string | undefined> => undefined };
  const say = async (call: Call, it: Omit<Seen, 'words'>): Promise<string> => {
    const first = failsFirst.get(call)?.shift();
    if (first) throw first;
    if (fails.has(call)) throw fails.get(call);
    seen.push({ ...it, words: wording({ text: '', entities: [], card: { ...it.sent.card } }) });
    return `sent-${seen.length}`;
  };
  const transport: Transport = {
    whyNotGenuine: () => answers.genuine(),
    post: (where, sent) => say('post', { how: 'posted', where: where.id, sent }),
    startThread: (where, sent) => say('startThread', { how: 'started', where: where.id, sent }),
    update: async (where, id, sent) => void (await say('update', { how: 'updated', where: where.id, id, sent })),
    whisper: async (where, person, sent) =>
      void (await say('whisper', { how: 'whispered', where: where.id, person, sent })),
    async direct(where, person): Promise<Conversation> {
      if (fails.has('direct')) throw fails.get('direct');
      return { ...where, id: `alone:${person}` };
    },
    token: async () => 'token',
  };
  return { transport, seen, fails, failsFirst, answers };
};

/** `handle` as a test scripts it; the principal is resolved before, as the core does. */
export type Script = (asked: Asked, principal: Principal) => Promise<Reply> | Reply;

export interface Setup {
  script?: Script;
  once?: Ledger['once'];
  remember?: (activity: Activity) => Promise<void>;
  services?: string[];
  hosts?: string[];
  unauthenticated?: boolean;
  patienceMs?: number;
  log?: Log;
}

export interface Running {
  app: TeamsApp;
  teams: ReturnType<typeof teamsInRam>;
  /** Everything that reached `handle`, refused people included. */
  asked: Asked[];
  /** Conversations that were remembered. */
  remembered: string[];
  /** Tells the app something, and reads its answer. */
  tell: (activity: object) => Promise<Told>;
  /** Tells it something, waits until all of it is done, and returns what was sent meanwhile. */
  hear: (activity: object) => Promise<Seen[]>;
}

export interface Told {
  status: number;
  body?: { statusCode?: number; type?: string; value?: unknown };
}

/** Knows everybody but guests. */
export const identity: Identity = {
  resolve: async (actor) =>
    actor.name === guest.name
      ? refuse('not-known', 'Guests do not release.', 'Ask a member.')
      : {
          principal: `${actor.name.toLowerCase()}@example.com`,
          name: actor.name,
          actor,
          emails: [],
          groups: [],
          roles: [],
          token: false,
        },
};

/** Our app on any way to Teams, and everything that reached `handle`, refused people included. */
export const appOn = (
  transport: Transport,
  references: Pick<References, 'remember'>,
  setup: Setup = {},
): { app: TeamsApp; asked: Asked[] } => {
  const { script = () => yes('Done'), services = ['payments', 'ledger'] } = setup;
  const asked: Asked[] = [];
  const handle = async (it: Asked): Promise<Reply> => {
    asked.push(it);
    const who = await identity.resolve(it.actor);
    return isRefusal(who) ? no(who.code, who.say, who.hint) : script(it, who);
  };
  const app = teamsApp({
    transport,
    references,
    tenants: [acme],
    hosts: setup.hosts ?? ['smba.trafficmanager.net'],
    unauthenticated: setup.unauthenticated ?? false,
    identity,
    handle,
    once: setup.once ?? onceInRam(),
    choices: () => ({ services, environments: ['staging', 'prod'] }),
    log: setup.log ?? quiet,
    ...(setup.patienceMs ? { patienceMs: setup.patienceMs } : {}),
  });
  onTestFinished(() => app.stop());
  return { app, asked };
};

export const running = (setup: Setup = {}): Running => {
  const teams = teamsInRam();
  const remembered: string[] = [];
  const remember = setup.remember ?? (async ({ conversation }) => void remembered.push(conversation!.id));
  const { app, asked } = appOn(teams.transport, { remember }, setup);
  const tell = async (activity: object): Promise<Told> => {
    const { status, body } = await app.receive(Buffer.from(JSON.stringify(activity)), { authorization: 'Bearer t' });
    return { status, ...(body === undefined ? {} : { body: JSON.parse(body) as Told['body'] }) };
  };
  const hear = async (activity: object): Promise<Seen[]> => {
    const before = teams.seen.length;
    await tell(activity);
    await app.stop();
    return teams.seen.slice(before);
  };
  return { app, teams, asked, remembered, tell, hear };
};

/** A promise that the test keeps shut. */
export const gate = <T>(): { opened: Promise<T>; open: (value: T) => void } => {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { opened: promise, open: resolve };
};
