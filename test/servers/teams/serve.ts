import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault, Faults } from './faults.ts';
import { isObject, type Json } from './json.ts';
import { isRefusal, refusal } from './refusal.ts';
import { changed, type Store } from './store.ts';

/** What all four servers share: find the route, maybe go wrong on request, answer, remember the call. */

export interface Request {
  method: string;
  /** Decoded parts of the path, by the names in the route. */
  params: Record<string, string>;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  raw: string;
  /** The JSON body; empty when there is none. */
  body: Json;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: Json;
}

export interface Route {
  /** What `inject` and `count` go by. */
  call: string;
  method: string;
  /** With named groups for the parts that vary. */
  path: RegExp;
  /** @throws Refusal */
  answer: (request: Request) => Reply | Promise<Reply>;
}

export interface Desk {
  store: Store;
  faults: Faults;
  closed: AbortSignal;
}

/** A fault that hit a call; `made` when the answer is the fault's and not Microsoft's. */
interface Injected {
  kind?: Fault['kind'];
  made: boolean;
}

/** @returns what a server does with each request. */
export function listener(desk: Desk, routes: Route[]): RequestListener {
  return (request, response) => {
    serve(desk, routes, request, response).catch((error: unknown) => {
      // Our own mistake: say it where the test sees it, never hide it in a hung request.
      const said = String(error instanceof Error ? error.stack : error);
      response.writeHead(500, { 'content-type': 'text/plain' }).end(said);
    });
  };
}

async function serve(desk: Desk, routes: Route[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const raw = await readBody(request);
  const { method = 'GET', headers } = request;
  const found = find(routes, method, url.pathname);
  const route = found?.route ?? unknownRoute;
  const fault = found && desk.faults.take(route.call);
  const made = fault && instead(fault);
  const params = found?.params ?? {};
  const reply = made ?? (await answer(route, { method, params, query: url.searchParams, headers, raw, body: {} }));
  record(desk.store, { route, method, path: url.pathname + url.search, raw }, reply, {
    kind: fault?.kind,
    made: made !== undefined,
  });
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'reset' || fault?.kind === 'lost-reply') return void request.socket.destroy();
  if (fault?.kind === 'slow') await wait(fault.ms, undefined, { signal: desk.closed }).catch(() => undefined);
  response.writeHead(reply.status, { 'content-type': 'application/json; charset=utf-8', ...reply.headers });
  response.end(reply.body ? JSON.stringify(reply.body) : '');
}

const unknownRoute: Route = {
  call: 'unknown',
  method: '',
  path: /$/,
  answer: () => {
    throw refusal(404, 'NotFound', 'There is no such address.');
  },
};

function find(routes: Route[], method: string, path: string) {
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (!match) continue;
    const parts = Object.entries(match.groups ?? {}).map(([name, part]) => [name, decodeURIComponent(part ?? '')]);
    return { route, params: Object.fromEntries(parts) as Record<string, string> };
  }
  return undefined;
}

/** @returns what is answered in place of doing anything; nothing for faults that only touch the answer. */
function instead(fault: Fault): Reply | undefined {
  if (fault.kind === 'rate-limited') return tooMany(fault.retryAfter);
  if (fault.kind === 'status') return { status: fault.status };
  return fault.kind === 'reset' || fault.kind === 'hang' ? { status: 0 } : undefined;
}

/** @returns 429 with `Retry-After` in seconds. */
export function tooMany(seconds: number): Reply {
  const body = { error: { code: 'Throttled', message: 'Too many requests.' } };
  return { status: 429, headers: { 'retry-after': String(seconds) }, body };
}

async function answer(route: Route, request: Request): Promise<Reply & { problems?: string[] }> {
  try {
    return await route.answer({ ...request, body: readJson(request) });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { status: error.status, body: error.body, problems: error.problems };
  }
}

function readJson({ raw, headers }: Request): Json {
  if (raw === '' || !String(headers['content-type']).includes('json')) return {};
  try {
    const value: unknown = JSON.parse(raw);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw refusal(400, 'BadSyntax', 'The body is not a JSON object.');
}

function record(
  store: Store,
  { route, method, path, raw }: { route: Route; method: string; path: string; raw: string },
  reply: Reply & { problems?: string[] },
  fault: Injected,
): void {
  const { status, body } = reply;
  const error = body?.error as Json | string | undefined;
  const said = status < 400 ? 'ok' : String((isObject(error) ? error.code : error) ?? `status ${status}`);
  const refused = status >= 400 && status !== 429 && !fault.made;
  const answered = refused ? said : (fault.kind ?? said);
  const { call } = route;
  const sent = route.call === 'token' ? undefined : safely(raw);
  const problems = reply.problems ?? [];
  store.calls.push({ at: store.now(), call, method, path, status, body: sent, answer: answered, refused, problems });
  changed(store);
}

function safely(raw: string): Json | undefined {
  try {
    return JSON.parse(raw) as Json;
  } catch {
    return undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** @returns the origin, such as `http://127.0.0.1:40123`. */
export async function listen(server: Server, scheme: 'http' | 'https' = 'http'): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function shut(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
