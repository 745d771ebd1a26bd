import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Slack's request signature, v0. Source: docs.slack.dev/authentication/verifying-requests-from-slack */

/** Slack's own window; Bolt leaves the future open, where a stolen clock would make a signature good for ever. */
const windowSeconds = 300;

export type Headers = Record<string, string | string[] | undefined>;

/**
 * Whether Slack signed exactly these bytes within five minutes of `now` (ms), in either direction.
 * @returns why not, for the log; undefined when it did.
 */
export const whyNotSlack = (secret: string, body: Buffer, headers: Headers, now: number): string | undefined => {
  const stamp = one(headers['x-slack-request-timestamp']);
  if (!/^\d{1,12}$/.test(stamp)) return 'no timestamp';
  if (Math.abs(now / 1_000 - Number(stamp)) > windowSeconds) return 'more than five minutes off';
  const mac = createHmac('sha256', secret).update(`v0:${stamp}:`).update(body).digest('hex');
  return same(one(headers['x-slack-signature']), `v0=${mac}`) ? undefined : 'signature mismatch';
};

/** Key under which a signature is remembered; the signature itself is a credential until it is stale. */
export const signatureKey = (headers: Headers): string =>
  `slack:signature:${createHash('sha256').update(one(headers['x-slack-signature'])).digest('hex')}`;

export const one = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? (value[0] ?? '') : (value ?? '');

const same = (given: string, right: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};
