import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Json } from './json.ts';
import { listen, shut } from './serve.ts';
import { startTeams, type Teams, type TeamsOptions } from './teams.ts';

/** A bot without an SDK, for the tests of the stand-in: it notes what it is told and calls what it is asked to. */

export interface Bot {
  teams: Teams;
  /** What it was told, oldest first, with the bearer of each. */
  told: { activity: Json; authorization?: string }[];
  /** Calls the Connector below `v3/`. */
  call: (method: string, path: string, body?: Json) => Promise<Called>;
  /** What it answers from now on: a status and a body, late or never. */
  answers: { status: number; body?: Json; late?: number };
}

export interface Called {
  status: number;
  body: Json & { error?: { code: string; message: string } };
  headers: Headers;
}

export const general = '19:general@thread.tacv2';

/** Starts Teams and a bot that it delivers to; both end with the test. */
export async function startBot(options: TeamsOptions = {}): Promise<Bot> {
  const teams = await startTeams(options);
  const bot: Bot = { teams, told: [], answers: { status: 200 }, call: async (...it) => call(teams, ...it) };
  const server = createServer((request, response) => {
    hear(bot, request).then(async () => {
      const { status, body, late = 0 } = bot.answers;
      setTimeout(() => response.writeHead(status).end(body && JSON.stringify(body)), late);
    }, console.error);
  });
  teams.deliverTo(`${await listen(server)}/api/messages`);
  onTestFinished(() => stop(teams, server));
  return bot;
}

async function stop(teams: Teams, server: Server): Promise<void> {
  await Promise.all([teams.close(), shut(server)]);
}

async function hear(bot: Bot, request: IncomingMessage): Promise<void> {
  let raw = '';
  for await (const chunk of request) raw += chunk;
  bot.told.push({ activity: JSON.parse(raw) as Json, authorization: request.headers.authorization });
}

async function call(teams: Teams, method: string, path: string, body?: Json): Promise<Called> {
  const headers = { 'content-type': 'application/json', ...(await bearer(teams, 'https://api.botframework.com')) };
  const response = await fetch(`${teams.url}v3/${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : {}, headers: response.headers };
}

/** Logs in as the app does. @returns the header that proves it. */
export async function bearer(teams: Teams, resource: string, secret?: string): Promise<Record<string, string>> {
  const { id, password, tenant } = teams.organization.app;
  const form = { client_id: id, client_secret: secret ?? password, scope: `${resource}/.default` };
  const { status, body } = await login(teams, tenant, { grant_type: 'client_credentials', ...form });
  if (status !== 200) throw new Error(`No token: ${String(body.error_description)}`);
  return { authorization: `Bearer ${String(body.access_token)}` };
}

/** Asks Entra for a token with this form. */
export async function login(teams: Teams, tenant: string, form: Record<string, string>) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const options = { method: 'POST', headers, ca: await readFile(teams.caFile), agent: false };
  const call = request(`${teams.loginUrl}/${tenant}/oauth2/v2.0/token`, options);
  call.end(new URLSearchParams(form).toString());
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: (await json(response)) as Json };
}

/** A message that shows a card. */
export function carrying(card: Json, rest: Json = {}): Json {
  const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }];
  return { type: 'message', summary: 'payments prod', attachments, ...rest };
}

/** A card with these body elements and actions. */
export function card(body: Json[], actions: Json[] = [], rest: Json = {}): Json {
  const $schema = 'http://adaptivecards.io/schemas/adaptive-card.json';
  return { type: 'AdaptiveCard', $schema, version: '1.5', body, actions, ...rest };
}

export const words = (text: string): Json => ({ type: 'TextBlock', text, wrap: true });

export const execute = (title: string, rest: Json = {}): Json => ({
  type: 'Action.Execute',
  title,
  verb: title.toLowerCase(),
  data: { ref: 'sealed' },
  ...rest,
});

export const said = (text: string): Json => ({ type: 'message', text });
