import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { onTestFinished } from 'vitest';
import { type Slack, type SlackOptions, startSlack } from './slack.ts';

/** The real Bolt, set up against the stand-in, and the cards and people that the tests of the stand-in share. */

export const plain = (text: string) => ({ type: 'plain_text' as const, text });
export const markdown = (text: string) => ({ type: 'mrkdwn' as const, text });
export const section = (text: string) => ({ type: 'section' as const, text: markdown(text) });
export const confirm = {
  title: plain('Roll back?'),
  text: plain('2.4.1 to 2.4.0'),
  confirm: plain('Roll back'),
  deny: plain('Keep'),
};
export const rollBack = {
  type: 'button' as const,
  text: plain('Roll back'),
  action_id: 'roll-back',
  value: 'ref-1',
  confirm,
};
export const pauseButton = { type: 'button' as const, text: plain('Pause steps'), action_id: 'pause', value: 'ref-2' };
export const card = (state: string) => [
  section(`payments prod · ${state}`),
  { type: 'actions' as const, block_id: 'acts', elements: [pauseButton, rollBack] },
];

export const modal: ModalView = {
  type: 'modal',
  callback_id: 'reject',
  private_metadata: 'payments-7f3',
  title: plain('Reject'),
  submit: plain('Reject'),
  notify_on_close: true,
  blocks: [
    {
      type: 'input',
      block_id: 'reason',
      label: plain('Reason'),
      element: { type: 'plain_text_input', action_id: 'text', min_length: 3 },
    },
    {
      type: 'input',
      block_id: 'where',
      label: plain('Environment'),
      optional: true,
      element: {
        type: 'static_select',
        action_id: 'env',
        options: ['staging', 'prod'].map((env) => ({ text: plain(env), value: env })),
      },
    },
  ],
};

const people: SlackOptions = {
  team: { enterprise: { id: 'E0ACME', name: 'Acme Group' } },
  users: [
    { id: 'U0ALICE', name: 'alice' },
    { id: 'U0BOB', name: 'bob', email: 'Bob@example.com' },
    { id: 'U0GUEST', name: 'guest', isRestricted: true, emailVerified: false },
    { id: 'U0OUT', name: 'outsider', teamId: 'T0OTHER', isStranger: true },
  ],
  usergroups: [{ id: 'S0RELMGR', handle: 'release-managers', users: ['U0BOB'] }],
  channels: [
    { id: 'C0PROD', name: 'prod' },
    { id: 'C0SECRET', name: 'secret', isPrivate: true, members: ['U0BOB', 'U0BOT'] },
    { id: 'C0ELSE', name: 'elsewhere', members: ['U0ALICE'] },
  ],
};

/** The stand-in with Alice, Bob, a guest and an outsider in it, closed after the test. */
export async function slackWith(options: SlackOptions = {}): Promise<Slack> {
  const slack = await startSlack({ ...people, ...options });
  onTestFinished(() => slack.close());
  return slack;
}

/** Bolt's own complaints (refused signatures, lost connections) are what the tests provoke. */
export const silent = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};
export const clientOptions = (slack: Slack) => ({
  slackApiUrl: slack.url,
  retryConfig: { retries: 3, minTimeout: 10 },
});

interface Running {
  slack: Slack;
  app: App;
}

/** Bolt on a port of its own behind the stand-in's signed requests. */
export async function httpApp(options: SlackOptions = {}, prepare: (app: App) => void = () => {}): Promise<Running> {
  const slack = await slackWith(options);
  const { signingSecret, botToken: token } = slack.workspace.app;
  const receiver = new HTTPReceiver({ signingSecret, logger: silent });
  const app = new App({ token, receiver, clientOptions: clientOptions(slack), logger: silent });
  prepare(app);
  const server = (await receiver.start(0)) as Server;
  onTestFinished(async () => void (await app.stop()));
  slack.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`);
  // Bolt looks up who it is when it starts: what a test counts comes after that.
  await slack.until(() => slack.count('auth.test'), { what: 'Bolt to start' });
  return { slack, app };
}

/** Bolt over Socket Mode, quick to reconnect. */
export async function socketApp(options: SlackOptions = {}, prepare: (app: App) => void = () => {}): Promise<Running> {
  const slack = await slackWith(options);
  const { appToken, botToken: token } = slack.workspace.app;
  const receiver = new SocketModeReceiver({
    appToken,
    logger: silent,
    clientPingTimeout: 300,
    installerOptions: { clientOptions: clientOptions(slack) },
  });
  const app = new App({ token, receiver, clientOptions: clientOptions(slack), logger: silent });
  prepare(app);
  await app.start();
  onTestFinished(async () => void (await app.stop()));
  return { slack, app };
}

/** An app that never answers; only what it was asked matters. */
export async function deafApp(slack: Slack): Promise<void> {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
  });
  slack.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

/** @returns Slack's error code and its `[ERROR]` lines. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const error = (await call.then(
    () => ({ data: { error: 'accepted' } }),
    (thrown: unknown) => thrown,
  )) as { data?: { error: string; response_metadata?: { messages?: string[] } }; message?: string };
  return [error.data?.error ?? error.message, ...(error.data?.response_metadata?.messages ?? [])].join(' ');
}

export interface ApiAnswer {
  ok: boolean;
  status: number;
  error?: string;
  response_metadata?: { messages: string[] };
}

/** The Web API without any client's help. */
export async function call(slack: Slack, method: string, args: object): Promise<ApiAnswer> {
  const headers = {
    authorization: `Bearer ${slack.workspace.app.botToken}`,
    'content-type': 'application/json; charset=utf-8',
  };
  const response = await fetch(`${slack.url}${method}`, { method: 'POST', headers, body: JSON.stringify(args) });
  const text = await response.text();
  return { ...(text ? JSON.parse(text) : {}), status: response.status };
}

export function actions(...elements: object[]) {
  return { type: 'actions', elements };
}

export function select(values: string[]) {
  return {
    type: 'static_select',
    action_id: 'pick',
    options: values.map((value) => ({ text: plain(value), value: value.slice(0, 75) })),
  };
}
