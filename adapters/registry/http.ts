import { TransientError } from '../../src/errors.ts';

/** The registry says no, and asking again will not change it. `resolve` makes a value of this. */
export class Denied extends Error {
  readonly hint: string;
  constructor(say: string, hint: string) {
    super(say);
    this.name = 'Denied';
    this.hint = hint;
  }
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Uint8Array;
}

export interface Wire {
  fetch: typeof fetch;
  /** For one request with its body, ms. */
  timeoutMs: number;
}

export interface Question {
  method: 'GET' | 'HEAD';
  url: URL;
  headers: Record<string, string>;
}

const mostRedirects = 5;
/** A manifest may have 4 MiB by the specification; a page of tags is smaller. */
const mostBytes = 4 * 1024 * 1024;

const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
export const isLoopback = (url: URL): boolean => loopbackHost.test(url.hostname);

/** Whether credentials may travel to this address: encrypted, or without leaving this machine. */
export const isSafe = (url: URL): boolean => url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));

async function bytesOf(response: Response, host: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > mostBytes)
      throw new Denied(
        `The registry ${host} sends more than 4 MiB for one answer.`,
        'Check that it is a container registry.',
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function nextStop(question: Question, location: string | null, host: string): Question {
  const url = location && URL.canParse(location, question.url.href) ? new URL(location, question.url) : undefined;
  if (!url || !isSafe(url))
    throw new Denied(`The registry ${host} sends us on to an address without https.`, 'Give it an https address.');
  const { authorization, ...rest } = question.headers;
  const sameHost = url.origin === question.url.origin;
  // Our token is for this host alone, wherever it sends us.
  return { ...question, url, headers: sameHost && authorization ? question.headers : rest };
}

/** `Retry-After` in seconds or as a date → ms, between a second and a minute. */
function retryAfterMs(header: string | null): number {
  const seconds = Number(header ?? Number.NaN);
  const wait = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header ?? '') - Date.now();
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 1_000), 60_000) : 2_000;
}

function failIfBusy(response: Response, host: string): void {
  if (response.status !== 429 && response.status < 500) return;
  const say = response.status === 429 ? 'asks us to slow down' : 'has trouble of its own';
  throw new TransientError(`The registry ${host} ${say} (HTTP ${response.status}).`, {
    retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
  });
}

async function once(wire: Wire, { method, url, headers }: Question, host: string): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(wire.timeoutMs);
    const response = await wire.fetch(url, { method, headers, redirect: 'manual', signal });
    failIfBusy(response, host);
    return { status: response.status, headers: response.headers, body: await bytesOf(response, host) };
  } catch (cause) {
    if (cause instanceof Denied || cause instanceof TransientError) throw cause;
    const late = cause instanceof Error && cause.name === 'TimeoutError';
    const why = late ? `within ${wire.timeoutMs / 1_000} s` : `(${reasonOf(cause)})`;
    throw new TransientError(`The registry ${host} is not answering ${why}.`, { retryAfterMs: 2_000, cause });
  }
}

function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (inner instanceof Error) return 'code' in inner ? String(inner.code) : inner.message;
  return 'unknown error';
}

/**
 * Asks, following redirects without taking credentials to another host.
 * @param host how messages name the registry.
 * @throws TransientError (no answer, 429, 5xx), Denied (an unsafe redirect, too much data).
 */
export async function ask(wire: Wire, question: Question, host: string): Promise<Answer> {
  let current = question;
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const answer = await once(wire, current, host);
    if (![301, 302, 303, 307, 308].includes(answer.status)) return answer;
    current = nextStop(current, answer.headers.get('location'), host);
  }
  throw new Denied(`The registry ${host} sends us in circles.`, 'Check its address.');
}
