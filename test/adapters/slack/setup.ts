import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { type SlackApp, slackApp } from '../../../adapters/slack/app.ts';
import { slackIdentity } from '../../../adapters/slack/identity.ts';
import { slackWeb, type Web } from '../../../adapters/slack/web.ts';
import type { Asked } from '../../../src/asked.ts';
import { isRefusal } from '../../../src/errors.ts';
import type { Identity, Ledger, Log, Principal } from '../../../src/ports.ts';
import type { Reply } from '../../../src/release/view.ts';
import { type Slack, type SlackOptions, startSlack } from '../../servers/slack/slack.ts';
import { no, onceInRam, yes } from '../replies.ts';

/** Our app against the stand-in, with a `handle` that a test scripts: what Slack hears does not depend on the core. */

export const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

const people: SlackOptions = {
  users: [
    { id: 'U0ALICE', name: 'alice', email: 'Alice@Example.com' },
    { id: 'U0BOB', name: 'bob' },
    { id: 'U0GUEST', name: 'guest', isRestricted: true },
    { id: 'U0SINGLE', name: 'single', isUltraRestricted: true },
    { id: 'U0OUT', name: 'outsider', teamId: 'T0OTHER', isStranger: true },
    { id: 'U0MUTE', name: 'mute', emailVerified: false },
    { id: 'U0GONE', name: 'gone', deleted: true },
    { id: 'U0ROBOT', name: 'robot', isBot: true },
  ],
  usergroups: [
    { id: 'S0RELMGR', handle: 'release-managers', users: ['U0ALICE'] },
    { id: 'S0OTHER', handle: 'others', users: ['U0BOB'] },
  ],
  channels: [
    { id: 'C0PROD', name: 'prod', members: ['U0ALICE', 'U0BOB', 'U0GUEST', 'U0SINGLE', 'U0OUT', 'U0MUTE', 'U0BOT'] },
    { id: 'C0WITHOUT', name: 'without-us', members: ['U0ALICE', 'U0BOB'] },
  ],
};

const { oauth_config: granted } = parse(readFileSync('manifest.yaml', 'utf8')) as {
  oauth_config: { scopes: { bot: string[]; bot_optional: string[] } };
};
/** Every test runs with what people grant when they install the app. */
const scopes = [...granted.scopes.bot, ...granted.scopes.bot_optional];

export const slackWith = async (options: SlackOptions = {}): Promise<Slack> => {
  const slack = await startSlack({ ...people, ...options, app: { scopes, ...options.app } });
  onTestFinished(() => slack.close());
  return slack;
};

export const webOf = (slack: Slack): Web =>
  slackWeb({ botToken: slack.workspace.app.botToken, apiUrl: slack.url, log: quiet });

/** `handle` as a test scripts it; the principal is resolved before, as the core does. */
export type Script = (asked: Asked, principal: Principal) => Promise<Reply> | Reply;

export interface Running {
  slack: Slack;
  app: SlackApp;
  /** Everything that reached `handle`, refused people included. */
  asked: Asked[];
  identity: Identity;
}

export interface Setup {
  workspace?: SlackOptions;
  script?: Script;
  once?: Ledger['once'];
  services?: string[];
  /** Another app token than Slack's. */
  appToken?: string;
  patienceMs?: number;
}

const build = async (setup: Setup, mode: 'http' | 'socket'): Promise<Running> => {
  const { script = () => yes('Done'), services = ['payments', 'ledger'] } = setup;
  const slack = await slackWith(setup.workspace);
  const { botToken, appToken, signingSecret } = slack.workspace.app;
  const web = webOf(slack);
  const identity = slackIdentity(web, Date.now, quiet);
  const asked: Asked[] = [];
  const handle = async (it: Asked): Promise<Reply> => {
    asked.push(it);
    const who = await identity.resolve(it.actor);
    return isRefusal(who) ? no(who.code, who.say, who.hint) : script(it, who);
  };
  const app = slackApp({
    botToken,
    ...(mode === 'http' ? { signingSecret } : { appToken: setup.appToken ?? appToken }),
    apiUrl: slack.url,
    web,
    identity,
    handle,
    once: setup.once ?? onceInRam(),
    choices: () => ({ services, environments: ['staging', 'prod'] }),
    log: quiet,
    now: Date.now,
    ...(setup.patienceMs ? { patienceMs: setup.patienceMs } : {}),
  });
  onTestFinished(() => app.stop());
  return { slack, app, asked, identity };
};

/** Signed HTTP, through a bare server that does what ours will: raw body in, reply out. */
export const overHttp = async (setup: Setup = {}): Promise<Running> => {
  const running = await build(setup, 'http');
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const reply = await running.app.receive(body, request.headers);
    response.writeHead(reply.status, reply.headers).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  running.slack.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`);
  return running;
};

export const overSocket = async (setup: Setup = {}): Promise<Running> => {
  const running = await build(setup, 'socket');
  await running.app.start();
  return running;
};

/** A promise that the test keeps shut. */
export const gate = <T>(): { opened: Promise<T>; open: (value: T) => void } => {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { opened: promise, open: resolve };
};
