import { type Posted, post } from '../post.ts';
import { isObject, type Json } from './json.ts';

/** One activity on its way to the app. */
export interface Delivery {
  activity: Json;
  /** How the bearer token is spoiled; a good one unless said. */
  token?: TokenKind;
}

/** A good token, or one of the ways in which somebody who is not Microsoft would fail. */
export type TokenKind =
  | 'good'
  | 'none'
  | 'garbage'
  | 'unsigned'
  /** No signature is claimed, but there is one, and the name of a good key. */
  | 'algorithm-none'
  /** Signed with what everybody knows: the public half of a good key, as if it were a secret. */
  | 'public-key-as-secret'
  | 'expired'
  | 'no-expiry'
  | 'not-yet'
  | 'wrong-audience'
  | 'wrong-issuer'
  | 'wrong-key'
  | 'unknown-key'
  | 'unendorsed-key'
  | 'wrong-service-url';

/** How the app took it. `after` is how long it took, in milliseconds. */
export type Answer =
  | { outcome: 'acknowledged'; after: number; status: number; body?: Json }
  | { outcome: 'timeout'; after: number }
  | { outcome: 'refused'; after: number; status: number; body?: Json }
  | { outcome: 'unreachable'; after: number };

/** What was sent and how it was taken, in order. */
export type Delivered = Delivery & Answer & { at: number };

export type Wire = (delivery: Delivery, within: number) => Promise<Answer>;

/** Sends to the app's messaging endpoint, signed, and hangs up after `within` milliseconds as the Connector does. */
export function httpWire(url: () => string | undefined, authorization: Authorize): Wire {
  return async (delivery, within) => {
    const to = url();
    if (!to) return { outcome: 'unreachable', after: 0 };
    const bearer = await authorization(delivery);
    const headers = { 'content-type': 'application/json; charset=utf-8', ...(bearer && { authorization: bearer }) };
    return judge(await post(to, { body: JSON.stringify(delivery.activity), headers, within }));
  };
}

/** @returns the Authorization header, if there is one. */
export type Authorize = (delivery: Delivery) => Promise<string | undefined>;

function judge(posted: Posted): Answer {
  if (posted.outcome !== 'answered') return posted;
  const { after, status, text } = posted;
  const outcome = status >= 200 && status <= 299 ? 'acknowledged' : 'refused';
  return { outcome, after, status, body: readBody(text) };
}

function readBody(text: string): Json | undefined {
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : { text };
  } catch {
    return { text };
  }
}
