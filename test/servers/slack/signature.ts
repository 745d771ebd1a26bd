import { createHmac } from 'node:crypto';

/** Slack's request signature, and the ways in which someone could get it wrong on purpose. */

/**
 * `forged`: made with another secret · `unsigned`: no signature at all · `altered`: the body was changed after signing ·
 * `stale` / `future`: rightly signed, but 10 minutes off · `replayed`: sent twice, the second time byte for byte.
 */
export type Tamper = 'forged' | 'unsigned' | 'altered' | 'stale' | 'future' | 'replayed';

const tenMinutes = 600;

/** @returns the body and the headers with which to send it. `now` in milliseconds. */
export function sign(
  secret: string,
  body: string,
  now: number,
  tamper?: Tamper,
): { body: string; headers: Record<string, string> } {
  const shift = { stale: -tenMinutes, future: tenMinutes }[tamper as string] ?? 0;
  const seconds = Math.floor(now / 1000) + shift;
  const key = tamper === 'forged' ? `${secret}-of-somebody-else` : secret;
  const signature = `v0=${createHmac('sha256', key).update(`v0:${seconds}:${body}`).digest('hex')}`;
  const headers = { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': signature };
  return { body: tamper === 'altered' ? alter(body) : body, headers: tamper === 'unsigned' ? {} : headers };
}

/** Still well-formed, still parsed by a careless app: only the signature tells. */
function alter(body: string): string {
  return body.startsWith('{') ? `${body.slice(0, -1)},"altered":true}` : `${body}&altered=true`;
}
