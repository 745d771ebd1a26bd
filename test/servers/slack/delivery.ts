import { type Posted, post } from '../post.ts';
import { sign, type Tamper } from './signature.ts';
import type { Store } from './store.ts';
import type { Json } from './validation.ts';

/** One thing that Slack tells the app, by HTTP or over Socket Mode. */
export interface Delivery {
  type: 'slash_commands' | 'interactive' | 'events_api';
  payload: Json;
  retry?: { num: number; reason: string };
  tamper?: Tamper;
}

/** How the app took it. `after` is how long it took, in milliseconds. */
export type Answer =
  | { outcome: 'acknowledged'; after: number; body?: Json }
  | { outcome: 'timeout'; after: number }
  | { outcome: 'refused'; after: number; status: number; noRetry: boolean }
  | { outcome: 'unreachable'; after: number };

/** What was sent and how it was taken, in order. */
export type Delivered = Delivery & Answer & { at: number };

export type Wire = (delivery: Delivery) => Promise<Answer>;

/** Sends to the app's request URL, signed, and hangs up after `acknowledgeWithin` milliseconds as Slack does. */
export function httpWire(store: Store, url: () => string | undefined, acknowledgeWithin: number): Wire {
  return async (delivery) => {
    const to = url();
    if (!to) return { outcome: 'unreachable', after: 0 };
    const { contentType, body } = encode(delivery);
    const signed = sign(store.app.signingSecret, body, store.now(), delivery.tamper);
    const headers = { 'content-type': contentType, ...signed.headers, ...retryHeaders(delivery) };
    const send = async () => judge(await post(to, { body: signed.body, headers, within: acknowledgeWithin }));
    const first = await send();
    return delivery.tamper === 'replayed' ? send() : first;
  };
}

function encode({ type, payload }: Delivery): { contentType: string; body: string } {
  if (type === 'events_api') return { contentType: 'application/json', body: JSON.stringify(payload) };
  const fields = type === 'slash_commands' ? defined(payload) : { payload: JSON.stringify(payload) };
  return { contentType: 'application/x-www-form-urlencoded', body: new URLSearchParams(fields).toString() };
}

function defined(fields: Json): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
}

function retryHeaders({ retry }: Delivery): Record<string, string> {
  return retry ? { 'x-slack-retry-num': String(retry.num), 'x-slack-retry-reason': retry.reason } : {};
}

function judge(posted: Posted): Answer {
  if (posted.outcome !== 'answered') return posted;
  const { after, status, headers, text: body } = posted;
  if (status < 200 || status > 299)
    return { outcome: 'refused', after, status, noRetry: headers['x-slack-no-retry'] === '1' };
  if (body === '') return { outcome: 'acknowledged', after };
  const json = String(headers['content-type'] ?? '').includes('json');
  return { outcome: 'acknowledged', after, body: json ? (JSON.parse(body) as Json) : { text: body } };
}
