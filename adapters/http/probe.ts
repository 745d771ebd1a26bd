import type { HttpProbe } from '../../src/ports.ts';
import { redactLine } from '../../src/release/redact.ts';

/** As much of a body as a message may quote, characters. */
const bodyLimit = 2_000;

/** Asks URLs of the catalog. Redirects are answers, not followed: what is checked is what was named. */
export const httpProbe = (ask: typeof fetch = fetch): HttpProbe => ({
  async get(url, timeoutMs) {
    try {
      const response = await ask(url, {
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
        headers: { 'user-agent': 'release-engineer' },
      });
      return { status: response.status, body: await beginning(response) };
    } catch (error) {
      return { failed: reason(error, timeoutMs) };
    }
  },
});

/** What was read so far is dropped when it ends badly: half an answer is none. */
async function beginning(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length >= bodyLimit) break;
  }
  return text.slice(0, bodyLimit);
}

/** What happened, for people; codes that only programmers know are said in words. */
const words: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED)',
  ENOTFOUND: 'there is no such host (ENOTFOUND)',
  ECONNRESET: 'the connection was cut (ECONNRESET)',
  UND_ERR_SOCKET: 'the connection was cut',
};

/** A message may quote the URL, and the URL may hold what nobody should read. */
function reason(error: unknown, timeoutMs: number): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  if (cause?.code) return words[cause.code] ?? cause.code;
  return redactLine(error instanceof Error ? error.message : String(error));
}
