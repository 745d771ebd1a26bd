import { randomUUID } from 'node:crypto';
import {
  exportJWK,
  exportSPKI,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JWK,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import type { Delivery, TokenKind } from './delivery.ts';
import type { Json } from './json.ts';
import type { Store } from './store.ts';

/** The keys with which the Connector proves that it is the Connector, and the tokens that it signs with them. */

export const issuer = 'https://api.botframework.com';

/** A public key with the channels that may sign with it. */
export type PublicKey = JWK & { endorsements: string[] };

interface Key {
  kid: string;
  pair: GenerateKeyPairResult;
}

export interface Keys {
  /** The public halves, as a JWKS document. */
  jwks: () => Promise<{ keys: PublicKey[] }>;
  /** @returns the Authorization header of a delivery. */
  authorization: (delivery: Delivery) => Promise<string | undefined>;
  /** New keys from now on; the old ones are no longer known. */
  rotate: () => Promise<void>;
}

async function makeKey(): Promise<Key> {
  return { kid: randomUUID(), pair: await generateKeyPair('RS256', { extractable: true }) };
}

/** Made once per process: it takes long. */
let first: Promise<Key[]> | undefined;

export async function makeKeys(store: Store): Promise<Keys> {
  first ??= Promise.all([makeKey(), makeKey()]);
  let [good, unendorsed] = (await first) as [Key, Key];
  return {
    jwks: async () => ({ keys: [await publicHalf(good, ['msteams']), await publicHalf(unendorsed, ['webchat'])] }),
    authorization: async ({ activity, token = store.app.id ? 'good' : 'none' }) => {
      if (token === 'none') return undefined;
      return `Bearer ${await sign(store.app.id, activity, token, { good, unendorsed })}`;
    },
    rotate: async () => {
      [good, unendorsed] = [await makeKey(), await makeKey()];
    },
  };
}

async function publicHalf({ kid, pair }: Key, endorsements: string[]): Promise<PublicKey> {
  return { ...(await exportJWK(pair.publicKey)), kid, use: 'sig', alg: 'RS256', endorsements };
}

async function sign(
  app: string,
  activity: Json,
  kind: TokenKind,
  keys: { good: Key; unendorsed: Key },
): Promise<string> {
  const claims = claimsOf(app, String(activity.serviceUrl), kind);
  if (kind === 'garbage') return 'not.a.token';
  if (kind === 'unsigned') return new UnsecuredJWT(claims).encode();
  const { kid, pair } = await keyOf(kind, keys);
  if (kind === 'algorithm-none') return claimingNoSignature(kid, claims);
  if (kind === 'public-key-as-secret') {
    const secret = new TextEncoder().encode(await exportSPKI(pair.publicKey));
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid }).sign(secret);
  }
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(pair.privateKey);
}

function claimingNoSignature(kid: string, claims: Json): string {
  const part = (it: Json) => Buffer.from(JSON.stringify(it)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT', kid })}.${part(claims)}.c2ln`;
}

async function keyOf(kind: TokenKind, { good, unendorsed }: { good: Key; unendorsed: Key }): Promise<Key> {
  if (kind === 'unendorsed-key') return unendorsed;
  if (kind === 'unknown-key') return makeKey();
  return kind === 'wrong-key' ? { ...(await makeKey()), kid: good.kid } : good;
}

/** By the real clock: who verifies them has no other. */
function claimsOf(app: string, serviceurl: string, kind: TokenKind) {
  const now = Math.floor(Date.now() / 1000);
  const from = kind === 'expired' ? now - 7200 : kind === 'not-yet' ? now + 3600 : now - 5;
  return {
    serviceurl: kind === 'wrong-service-url' ? 'https://smba.example.com/emea/' : serviceurl,
    iss: kind === 'wrong-issuer' ? 'https://login.example.com' : issuer,
    aud: kind === 'wrong-audience' ? '00000000-0000-4000-8000-000000000000' : app,
    nbf: from,
    ...(kind === 'no-expiry' ? {} : { exp: from + 3600 }),
  };
}
