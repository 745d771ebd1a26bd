import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { isSlackError } from './errors.ts';
import type { Fault, Faults } from './faults.ts';
import type { MethodContext } from './method.ts';
import type { ResponseUrls } from './response-urls.ts';
import { changed } from './store.ts';
import type { Json } from './validation.ts';
import { answerCall, readArguments, refusal } from './web-api.ts';

/** The HTTP side that the app calls: `/api/<method>` and `/response/…`. */
export interface Parts {
  context: MethodContext;
  faults: Faults;
  /** @returns `Retry-After` in seconds for a call that comes too soon. */
  rate: (method: string, args: Json) => number | undefined;
  responseUrls: ResponseUrls;
  closed: AbortSignal;
}

interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: Json;
}

/** A fault that hit a call; `made` when the answer is the fault's and not Slack's. */
interface Injected {
  kind?: Fault['kind'];
  made: boolean;
}

/** @returns a server, not yet listening. */
export function makeServer(parts: Parts): Server {
  return createServer((request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      // Our own mistake: say it where the test sees it, never hide it in a hung request.
      response
        .writeHead(500, { 'content-type': 'text/plain' })
        .end(String(error instanceof Error ? error.stack : error));
    });
  });
}

async function serve(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const body = await readBody(request);
  const method = methodOf(url.pathname);
  if (!method) return void response.writeHead(404).end();
  const fault = parts.faults.take(method);
  const made = fault && instead(fault);
  const reply = made ?? answer(parts, method, url, request, body);
  record(parts, method, argumentsOf(url, request, body), reply, { kind: fault?.kind, made: made !== undefined });
  if (fault?.kind === 'reset' || fault?.kind === 'lost-reply') return void request.socket.destroy();
  if (fault?.kind === 'slow') await wait(fault.ms, undefined, { signal: parts.closed }).catch(() => undefined);
  response.writeHead(reply.status, { 'content-type': 'application/json; charset=utf-8', ...reply.headers });
  response.end(reply.body ? JSON.stringify(reply.body) : '');
}

function methodOf(path: string): string | undefined {
  if (path.startsWith('/response/')) return 'response_url';
  return path.startsWith('/api/') ? path.slice('/api/'.length) : undefined;
}

/** @returns what is answered in place of doing anything; nothing for faults that only touch the answer. */
function instead(fault: Fault): Reply | undefined {
  if (fault.kind === 'rate-limited') return tooSoon(fault.retryAfter);
  if (fault.kind === 'status') return { status: fault.status };
  if (fault.kind === 'error') return { status: 200, body: { ok: false, error: fault.error } };
  return fault.kind === 'reset' ? { status: 0 } : undefined;
}

function tooSoon(seconds: number): Reply {
  return { status: 429, headers: { 'retry-after': String(seconds) }, body: { ok: false, error: 'ratelimited' } };
}

function answer(parts: Parts, method: string, url: URL, request: IncomingMessage, body: string): Reply {
  try {
    const args = readArguments(url.searchParams, request.headers['content-type'] ?? '', body);
    if (method === 'response_url') return respond(parts, url.pathname, args);
    const seconds = parts.rate(method, args);
    return seconds ? tooSoon(seconds) : { status: 200, body: answerCall(parts.context, method, args, bearer(request)) };
  } catch (error) {
    if (!isSlackError(error)) throw error;
    const status = method !== 'response_url' ? 200 : error.code.endsWith('_url') ? 404 : 400;
    return { status, body: refusal(error) };
  }
}

function respond({ responseUrls }: Parts, path: string, args: Json): Reply {
  responseUrls.use(path, args);
  return { status: 200, body: { ok: true } };
}

function record({ context: { store } }: Parts, method: string, args: Json, reply: Reply, fault: Injected): void {
  const { body, status } = reply;
  const problems = ((body?.response_metadata as Json | undefined)?.messages as string[] | undefined) ?? [];
  const said = body?.ok === true ? 'ok' : String(body?.error ?? `status ${status}`);
  const refused = body?.ok === false && status !== 429 && !fault.made;
  store.calls.push({ at: store.now(), method, args, answer: refused ? said : (fault.kind ?? said), refused, problems });
  changed(store);
}

function argumentsOf(url: URL, request: IncomingMessage, body: string): Json {
  try {
    const { token: _secret, ...args } = readArguments(url.searchParams, request.headers['content-type'] ?? '', body);
    return args;
  } catch {
    return { unreadable: body };
  }
}

function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
