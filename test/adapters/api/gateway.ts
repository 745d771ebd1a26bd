import { randomBytes } from 'node:crypto';
import { metrics } from '../../../adapters/api/metrics.ts';
import type { Gateway } from '../../../adapters/api/route.ts';
import { type ApiServer, apiServer, type ServerOptions } from '../../../adapters/api/server.ts';
import { mintToken } from '../../../adapters/api/token.ts';
import { keepToken } from '../../../adapters/api/tokens.ts';
import { memoryDoorbell } from '../../../adapters/memory/doorbell.ts';
import { memoryHttp } from '../../../adapters/memory/http.ts';
import { memoryIdentity } from '../../../adapters/memory/identity.ts';
import { memoryLedger } from '../../../adapters/memory/ledger.ts';
import { memoryRegistry } from '../../../adapters/memory/registry.ts';
import { permissions } from '../../../src/config/catalog-schema.ts';
import { handle } from '../../../src/handle.ts';
import { everybody } from '../../../src/main/identity.ts';
import type { Ledger, Log } from '../../../src/ports.ts';
import type { World } from '../../../src/world.ts';
import { catalogOf } from '../../config/sample.ts';
import { house } from '../../stories/house.ts';

/** The gateway over real HTTP on loopback, with the real `handle` and a ledger in RAM. */

const hour = 3_600_000;

/** One role for each permission, holding for payments in staging alone; `boss` may do everything everywhere. */
export const catalogFile = () => ({
  version: 1,
  clusters: { eu: { context: 'eu' } },
  environments: {
    staging: { aliases: ['stage'], places: [{ cluster: 'eu', namespace: 'staging' }] },
    prod: {
      places: [{ cluster: 'eu', namespace: 'prod' }],
      freezes: [{ every: 'Fri 15:00 – Mon 08:00', zone: 'Europe/Berlin', reason: 'weekend' }],
    },
  },
  services: {
    payments: {
      aliases: ['pay'],
      image: 'registry.example.com/payments',
      workload: 'deployment/payments',
      team: 'money',
    },
    search: { image: 'registry.example.com/search', workload: 'deployment/search' },
  },
  teams: { money: { members: ['lead@example.com'], page: { webhook: 'env:PAGE_URL' } } },
  roles: {
    boss: { emails: ['boss@example.com'], may: [...permissions] },
    reader: { emails: ['boss@example.com'], may: ['read'], for: ['service:payments'] },
    ...Object.fromEntries(
      permissions.map((permission) => [
        `only-${permission}`,
        { emails: ['boss@example.com'], may: [permission], in: ['staging'], for: ['service:payments'] },
      ]),
    ),
  },
});

/** Keeps every line, as it would be written. */
export function keptLog(): Log & { lines: { level: string; fields: Record<string, unknown>; message: string }[] } {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields: { ...fields }, message });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export interface Rig {
  server: ApiServer;
  gateway: Gateway;
  world: World;
  ledger: Ledger;
  clock: { now: number };
  log: ReturnType<typeof keptLog>;
  /** A new token that carries roles. */
  token: (...roles: string[]) => Promise<string>;
  ask: (method: string, path: string, how?: Ask) => Promise<Told>;
}

export interface Ask {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Told {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: replies are judged by what the test expects of them
  json: any;
}

const many = { perAddress: 1e9, perPrincipal: 1e9 };

/** @param change of the gateway (a scripted handle, a broken ledger) */
export async function startRig(
  options: Partial<ServerOptions> = {},
  change: (gateway: Gateway) => Partial<Gateway> = () => ({}),
): Promise<Rig> {
  const clock = { now: Date.UTC(2026, 10, 23, 9) };
  const ledger = memoryLedger({ now: () => clock.now });
  const log = keptLog();
  const catalog = catalogOf(catalogFile());
  const world: World = {
    ledger,
    doorbell: memoryDoorbell(),
    catalog: () => catalog,
    clusters: { get: () => undefined },
    registry: memoryRegistry({}),
    identity: memoryIdentity({}),
    http: memoryHttp(),
    chats: {},
    log,
    random: randomBytes,
  };
  const whole: Gateway = {
    handle: (asked) => handle(world, asked),
    ledger,
    catalog: world.catalog,
    log,
    metrics: metrics(),
  };
  const gateway = { ...whole, ...change(whole) };
  const server = await apiServer({ rates: many, ...options, gateway, http: { host: '127.0.0.1', port: 0 } });
  const token = (...roles: string[]) => mint(ledger, roles, clock.now + hour, clock.now);
  return { server, gateway, world, ledger, clock, log, token, ask: (...all) => ask(server.url, ...all) };
}

export async function mint(ledger: Ledger, roles: string[], expiresAt: number, now: number): Promise<string> {
  const principal = `${roles.join('-') || 'nobody'}@example.com`;
  const made = mintToken(randomBytes, {
    principal,
    name: `token of ${roles}`,
    roles,
    expiresAt,
    now,
    createdBy: 'test',
  });
  await keepToken(ledger, made.id, made.record);
  return made.token;
}

export async function ask(
  url: string,
  method: string,
  path: string,
  { token, body, headers = {} }: Ask = {},
): Promise<Told> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url + path, {
    method,
    body: text,
    headers: {
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  return told(response.status, response.headers, await response.text());
}

export function told(status: number, headers: Headers, text: string): Told {
  const isJson = headers.get('content-type')?.startsWith('application/json') && text !== '';
  return { status, headers, text, json: isJson ? JSON.parse(text) : undefined };
}

export const deployBody = (version = '2.4.1', service = 'payments', environment = 'staging') => ({
  service,
  environment,
  version,
});

/** A story, with its gateway: releases that are really carried out. */
export async function storyGateway(role = 'developers') {
  const story = house();
  const { ledger, world, clock } = story;
  // As main.ts does it: whoever asked by a token is judged again, by that token, at the start.
  world.identity = everybody(ledger, { console: story.identity });
  const gateway: Gateway = {
    handle: (asked) => handle(world, asked),
    ledger,
    catalog: world.catalog,
    log: keptLog(),
    metrics: metrics(),
  };
  const server = await apiServer({ gateway, http: { host: '127.0.0.1', port: 0 } });
  const token = await mint(ledger, [role], clock.now + 24 * hour, clock.now);
  return {
    story,
    server,
    get: (path: string) => ask(server.url, 'GET', path, { token }),
    post: (path: string, body?: unknown) => ask(server.url, 'POST', path, { token, body }),
  };
}
