import type { CardInput } from './card-reading.ts';
import type { Answer } from './delivery.ts';
import { isObject, type Json, textOf } from './json.ts';

/** What a person gets to see of what they did. */

/** What the app answered to a press. */
export interface PressAnswer {
  statusCode: number;
  type: string;
  value: unknown;
}

export type ClickOutcome =
  /** `says`: what the person reads of it. `deliveries`: how often the press was sent. */
  | { outcome: 'answered'; answer: PressAnswer; says: string; deliveries: number; tookMs: number }
  /** Teams shows "Unable to reach app". */
  | { outcome: 'unable-to-reach'; why: string; deliveries: number; tookMs: number }
  /** The button opens a ShowCard: nothing was sent. Click again with `confirm` or `inputs`. */
  | { outcome: 'asks'; dialog: ShowCardDialog }
  /** Teams' client refused before sending: by input id. */
  | { outcome: 'incomplete'; errors: Record<string, string> };

export interface ShowCardDialog {
  /** The words of the card that opened. */
  text: string;
  inputs: CardInput[];
  /** The labels of the buttons in it. */
  buttons: string[];
}

/** @returns what the app answered to a press, or why that is no answer. */
export function readPressAnswer(answer: Answer): PressAnswer | string {
  if (answer.outcome === 'timeout') return 'no answer in time';
  if (answer.outcome === 'unreachable') return 'no connection';
  if (answer.status !== 200) return `status ${answer.status}`;
  const { statusCode, type, value } = answer.body ?? {};
  if (typeof statusCode !== 'number' || typeof type !== 'string') return 'an answer without statusCode and type';
  const fits = answerTypes[type];
  if (!fits) return `an answer of type ${type}`;
  return fits(value) ? { statusCode, type, value } : `a ${type} without its value`;
}

/** Source: learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model, "Response format". */
const answerTypes: Record<string, (value: unknown) => boolean> = {
  'application/vnd.microsoft.activity.message': (value) => textOf(value) !== '',
  'application/vnd.microsoft.card.adaptive': isObject,
  'application/vnd.microsoft.error': (value) => isObject(value) && textOf(value.message) !== '',
};

/** @returns the card of an answer that shows one. */
export function cardOf({ type, value }: PressAnswer): Json | undefined {
  return type === 'application/vnd.microsoft.card.adaptive' && isObject(value) ? value : undefined;
}

/** @returns the words of an answer that shows no card. */
export function wordsOf({ value }: PressAnswer): string {
  return isObject(value) ? textOf(value.message) : textOf(value);
}
