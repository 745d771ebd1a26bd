import type { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import { TerminalError, TransientError } from '../../src/errors.ts';
import { redactLine } from '../../src/release/redact.ts';
import type { Connection, Door } from './connection.ts';
import type { Call, No } from './problem.ts';
import * as problem from './problem.ts';
import { pathOf } from './resource.ts';

export type Yes<T> = { ok: true; body: T; serverTime: number };
export type Answer<T> = Yes<T> | No;
export type Query = Record<string, string | number | boolean | undefined>;

export interface Ask extends Call {
  query?: Query;
  body?: unknown;
  /** ms; 5 000 for reads, 10 000 for writes when absent. */
  timeoutMs?: number;
}

export interface Listed<T> {
  items: T[];
  resourceVersion: string;
  /** The API server's clock, ms. */
  serverTime: number;
}

export interface ClientOptions {
  /** What the catalog calls the cluster. */
  cluster: string;
  connection: Connection;
  /** Called once per request, for metrics. */
  onRequest?: (verb: string, resource: string) => void;
}

type Reply = Dispatcher.ResponseData;
const methods: Record<string, Dispatcher.HttpMethod> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
};

/**
 * A thin client: client-node proves who we are, undici carries. Answers with what the API server refuses for good (403,
 * 404, 409, 410, other 4xx); throws TransientError for what may pass: timeouts, resets, 401, 429 and 5xx.
 */
export class KubeClient {
  readonly cluster: string;
  readonly #connection: Connection;
  readonly #onRequest: ClientOptions['onRequest'];
  #clock = { server: Date.now(), local: performance.now() };

  constructor({ cluster, connection, onRequest }: ClientOptions) {
    this.cluster = cluster;
    this.#connection = connection;
    this.#onRequest = onRequest;
  }

  /** The API server's clock by its last answer, ms. It says whole seconds. */
  serverNow(): number {
    return Math.round(this.#clock.server + performance.now() - this.#clock.local);
  }

  /** One request and its JSON. */
  ask<T>(ask: Ask): Promise<Answer<T>> {
    return this.#exchange(ask, async (reply) => (await reply.body.json()) as T);
  }

  /** One request and its text: logs. */
  askText(ask: Ask): Promise<Answer<string>> {
    return this.#exchange(ask, (reply) => reply.body.text());
  }

  /** What exists; undefined for 404. Throws TerminalError for other refusals. */
  async read<T>(ask: Ask): Promise<Yes<T> | undefined> {
    const answer = await this.ask<T>(ask);
    if (answer.ok) return answer;
    if (answer.status === 404) return undefined;
    throw this.refused(ask, answer);
  }

  /** Opens a watch: its body as it comes, until the signal ends it. */
  stream(ask: Ask, signal: AbortSignal): Promise<Answer<Readable>> {
    return this.#guarded(ask, 10_000, async () => {
      const reply = await this.#send(ask, true, signal);
      return (await this.#refusal(ask, reply)) ?? { ok: true, body: reply.body, serverTime: this.serverNow() };
    });
  }

  /** Every page of a list, of at most 500 objects each. */
  async list<T>(call: Call, query: Query = {}): Promise<Listed<T>> {
    const items: T[] = [];
    let next: string | undefined;
    for (;;) {
      const { body, serverTime } = await this.#page<T>(call, { ...query, limit: 500, continue: next });
      items.push(...(body.items ?? []));
      next = body.metadata?.continue;
      if (!next) return { items, resourceVersion: body.metadata?.resourceVersion ?? '', serverTime };
    }
  }

  /** A refusal as the error that it is for whoever asked. */
  refused(call: Call, no: No): Error {
    return no.status === 410 ? problem.passing(this.cluster, call, no) : problem.final(this.cluster, call, no);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #page<T>(call: Call, query: Query) {
    const answer = await this.ask<{ items?: T[]; metadata?: { resourceVersion?: string; continue?: string } }>({
      ...call,
      query,
    });
    if (!answer.ok) throw this.refused(call, answer);
    return answer;
  }

  #exchange<T>(ask: Ask, read: (reply: Reply) => Promise<T>): Promise<Answer<T>> {
    const timeoutMs = ask.timeoutMs ?? (methods[ask.verb] ? 10_000 : 5_000);
    return this.#guarded(ask, timeoutMs, async () => {
      const reply = await this.#send(ask, false, AbortSignal.timeout(timeoutMs));
      return (await this.#refusal(ask, reply)) ?? { ok: true, body: await read(reply), serverTime: this.serverNow() };
    });
  }

  async #send(ask: Ask, streaming: boolean, signal: AbortSignal): Promise<Reply> {
    const door = await this.#open();
    this.#onRequest?.(ask.verb, problem.resourceName(ask));
    const reply = await request(urlOf(door.server, ask), {
      method: methods[ask.verb] ?? 'GET',
      headers: headersOf(door, ask),
      body: ask.body === undefined ? undefined : JSON.stringify(ask.body),
      dispatcher: streaming ? door.streams : door.calls,
      signal,
    });
    const date = Date.parse(String(reply.headers.date ?? ''));
    if (!Number.isNaN(date)) this.#clock = { server: date, local: performance.now() };
    return reply;
  }

  async #open(): Promise<Door> {
    try {
      return await this.#connection.open();
    } catch (error) {
      throw problem.credentials(this.cluster, error);
    }
  }

  async #refusal(ask: Ask, reply: Reply): Promise<No | undefined> {
    if (reply.statusCode < 300) return undefined;
    const no = readNo(reply, await reply.body.text(), this.serverNow());
    if (problem.isPassing(no.status)) throw problem.passing(this.cluster, ask, no);
    return no;
  }

  async #guarded<T>(ask: Ask, timeoutMs: number, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TransientError || error instanceof TerminalError) throw error;
      throw problem.silence(this.cluster, ask, error, timeoutMs);
    }
  }
}

function urlOf(server: string, ask: Ask): string {
  const url = new URL(server + pathOf(ask.resource, ask.namespace, ask.name, ask.sub));
  for (const [key, value] of Object.entries(ask.query ?? {})) {
    if (value !== undefined) url.searchParams.set(key, String(value));
  }
  return url.href;
}

const headersOf = (door: Door, ask: Ask): Record<string, string> => ({
  ...door.headers,
  accept: ask.sub === 'log' ? '*/*' : 'application/json',
  'user-agent': 'release-engineer',
  ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
});

function readNo(reply: Reply, text: string, serverTime: number): No {
  const { reason = '', message = text } = parseStatus(text);
  const seconds = Number(reply.headers['retry-after']);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  return { ok: false, status: reply.statusCode, reason, message: redactLine(message), retryAfterMs, serverTime };
}

function parseStatus(text: string): { reason?: string; message?: string } {
  try {
    return JSON.parse(text) as { reason?: string; message?: string };
  } catch {
    return {};
  }
}
