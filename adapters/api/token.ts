import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { idAlphabet } from '../../src/release/id.ts';

/** API tokens: `re_<id>_<secret>`. The secret has 256 bits, so one round of SHA-256 is all that it needs. */

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secretBytes = 32;
const secretLength = 43;
const shape = new RegExp(`^re_([${idAlphabet}]{10})_([0-9A-Za-z]{${secretLength}})$`);

export const longestLifeMs = 90 * 24 * 3_600_000;

/** What is kept of a token, under `token:<id>`. Times in ms of the ledger's clock. */
export const tokenRecord = z.object({
  name: z.string(),
  principal: z.string(),
  hash: z.string(),
  roles: z.array(z.string()),
  createdAt: z.number(),
  createdBy: z.string(),
  expires: z.number(),
});
export type TokenRecord = z.infer<typeof tokenRecord>;

export interface TokenWish {
  /** Who acts: an e-mail, so that what a token asked for is never approved by the person behind it. */
  principal: string;
  name: string;
  roles: string[];
  expiresAt: number;
  now: number;
  createdBy: string;
}

/**
 * A new token and what is to be kept of it. The token is shown once; nobody can read it back.
 *
 * @param random as many random bytes as asked for
 * @throws RangeError for a life of nothing, or of more than 90 days
 */
export function mintToken(
  random: (bytes: number) => Uint8Array,
  { expiresAt, now, ...wish }: TokenWish,
): { id: string; token: string; record: TokenRecord } {
  if (!(expiresAt > now && expiresAt - now <= longestLifeMs))
    throw new RangeError('A token lives for more than nothing and at most 90 days; choose another number of days.');
  const id = Array.from(random(10), (byte) => idAlphabet.charAt(byte % idAlphabet.length)).join('');
  const token = `re_${id}_${inBase62(random(secretBytes))}`;
  return { id, token, record: { ...wish, hash: hashOf(token), createdAt: now, expires: expiresAt } };
}

function inBase62(bytes: Uint8Array): string {
  let [rest, text] = [BigInt(`0x${Buffer.from(bytes).toString('hex')}`), ''];
  for (let n = 0; n < secretLength; n += 1) {
    text = base62.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The token of an `Authorization` header; undefined when it cannot be one of ours. */
export function readBearer(header: string | undefined): { id: string; token: string } | undefined {
  const token = /^bearer +(\S{1,100})$/i.exec(header ?? '')?.[1] ?? '';
  const id = shape.exec(token)?.[1];
  return id === undefined ? undefined : { id, token };
}

/** Whether this very token was minted with the record. Takes as long for a wrong one, and for none at all. */
export function matches(token: string, record: TokenRecord | undefined): boolean {
  const [given, right] = [hashOf(token), record?.hash ?? hashOf('')].map((hash) => Buffer.from(hash, 'hex'));
  return given!.length === right!.length && timingSafeEqual(given!, right!) && record !== undefined;
}
