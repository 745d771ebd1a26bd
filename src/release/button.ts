import { createHmac, timingSafeEqual } from 'node:crypto';
import { type ButtonVerb, buttonVerbs, type CardView } from './view.ts';

/** What a button refers to. Arguments never travel: everything else is read from the ledger when it is pressed. */
export interface ButtonRef {
  verb: ButtonVerb;
  release: string;
  /** First characters of the plan hash that the card showed; another plan makes the button stale. */
  plan: string;
}

const sign = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest().subarray(0, 18);

/** The opaque form of a reference: `payload.signature`, both base64url. At most 200 characters. */
export function sealButton(key: Uint8Array, ref: ButtonRef): string {
  const payload = Buffer.from(JSON.stringify([1, ref.verb, ref.release, ref.plan.slice(0, 16)])).toString('base64url');
  return `${payload}.${sign(key, payload).toString('base64url')}`;
}

/** The reference behind a button; undefined when we did not seal it. */
export function openButton(key: Uint8Array, sealed: string): ButtonRef | undefined {
  const [payload, signature, ...rest] = sealed.slice(0, 400).split('.');
  if (!payload || !signature || rest.length > 0) return undefined;
  const given = Buffer.from(signature, 'base64url');
  const right = sign(key, payload);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const [version, verb, release, plan] = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as unknown[];
  if (version !== 1 || typeof release !== 'string' || typeof plan !== 'string') return undefined;
  return buttonVerbs.includes(verb as ButtonVerb) ? { verb: verb as ButtonVerb, release, plan } : undefined;
}

/** Fills in the references of a card's buttons. */
export function sealButtons(key: Uint8Array, card: CardView, planHash: string | undefined): CardView {
  const seal = (verb: ButtonVerb) => sealButton(key, { verb, release: card.release, plan: planHash ?? '' });
  return { ...card, buttons: card.buttons.map((button) => ({ ...button, ref: seal(button.verb) })) };
}
