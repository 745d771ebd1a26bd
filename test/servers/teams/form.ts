import type { CardInput } from './card-reading.ts';

/** Filling in the inputs of a card, with the checks that Teams' client makes before it sends anything. */

/** What was typed or chosen, by an input's id or label. */
export type Filled = Record<string, string>;

export interface Form {
  /** By input id, as it is sent. */
  values: Record<string, string>;
  /** By input id. */
  complaints: Record<string, string>;
}

/** @throws Error when something was filled in that is not there. */
export function fillIn(inputs: CardInput[], filled: Filled): Form {
  for (const name of Object.keys(filled)) {
    if (inputs.some((it) => it.id === name || it.label === name)) continue;
    const there = inputs.map((it) => `${it.label} (${it.id})`).join(', ') || 'no inputs';
    throw new Error(`There is no input ${name}. There are: ${there}.`);
  }
  const values: Form['values'] = {};
  const complaints: Form['complaints'] = {};
  for (const input of inputs) {
    const value = filled[input.id] ?? filled[input.label] ?? input.value ?? '';
    const complaint = complain(input, value);
    if (complaint) complaints[input.id] = complaint;
    if (value !== '') values[input.id] = value;
  }
  return { values, complaints };
}

function complain(input: CardInput, value: string): string | undefined {
  const said = input.errorMessage || 'This field does not fit.';
  if (input.required && value.trim() === '') return said;
  if (input.maxLength !== undefined && value.length > input.maxLength) return said;
  return value !== '' && input.regex && !new RegExp(input.regex).test(value) ? said : undefined;
}
