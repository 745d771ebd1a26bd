/** The one way to Microsoft's services over HTTP: once, briefly, and only to the host that was named. */

/** Any request takes at most this long, ms: waiting and trying again belong to the caller. */
const timeoutMs = 10_000;

/** What a service answered instead of doing what it was asked. */
export class HttpAnswer extends Error {
  readonly status: number;
  /** Microsoft's own word for it, such as `BotNotInConversationRoster`; empty when there is none. */
  readonly code: string;
  readonly retryAfterMs: number | undefined;
  constructor(status: number, code: string, retryAfterMs?: number) {
    super(`${status} ${code}`.trimEnd());
    this.name = 'HttpAnswer';
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface Call {
  url: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
  /** Ends it before the usual time. */
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/**
 * Calls once. A redirect is a refusal: our token goes to nobody whom we did not choose.
 *
 * @throws HttpAnswer when the service says no, and what fetch throws when it says nothing
 */
export const callOnce = async ({ url, signal, ...rest }: Call): Promise<Answer> => {
  const ends = signal ?? AbortSignal.timeout(timeoutMs);
  const response = await fetch(url, { ...rest, redirect: 'manual', signal: ends });
  const text = await response.text();
  if (response.ok) return { status: response.status, headers: response.headers, text };
  throw new HttpAnswer(response.status, codeIn(text), retryAfter(response.headers.get('retry-after')));
};

/** Connector and Graph say `{error: {code}}`. What else they say may hold anything, and is not repeated. */
const codeIn = (text: string): string => {
  try {
    const code: unknown = JSON.parse(text)?.error?.code;
    return typeof code === 'string' && /^[\w.-]{1,80}$/.test(code) ? code : '';
  } catch {
    return '';
  }
};

/** A wait that is longer is asked for again: nobody reads a card that is ten minutes old. */
const longestWaitMs = 600_000;

const retryAfter = (header: string | null): number | undefined => {
  const seconds = Number(header ?? Number.NaN);
  return seconds > 0 ? Math.min(seconds * 1_000, longestWaitMs) : undefined;
};
