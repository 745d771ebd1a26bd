import { elements } from './messages.ts';
import type { Json } from './validation.ts';

/** Filling in a form as a person does, and the `state.values` that Slack makes of it. */

/** By block_id or action_id: what is typed, the value or text of an option, or several of them. */
export type Filled = Record<string, string | string[] | number>;

type Choice = (element: Json, given: Filled[string]) => unknown;

interface Field {
  /** Where the value stands in `state.values`. */
  key: string;
  /** Where the app gave a first value. */
  initial: string;
  /** What Slack makes of what the person gave. */
  read: Choice;
  /** What an untouched field holds. */
  empty: unknown;
}

const typed: Field = { key: 'value', initial: 'initial_value', read: (_element, given) => String(given), empty: null };
const picked = (key: string, initial: string): Field => ({
  key,
  initial,
  read: (_element, given) => given,
  empty: null,
});
const pickedMany = (key: string, initial: string): Field => ({
  key,
  initial,
  read: (_element, given) => [given].flat(),
  empty: [],
});
const option: Field = {
  key: 'selected_option',
  initial: 'initial_option',
  read: (element, given) => findOption(element, String(given)),
  empty: null,
};
const manyOptions: Field = {
  key: 'selected_options',
  initial: 'initial_options',
  read: (element, given) => [given].flat().map((it) => findOption(element, String(it))),
  empty: [],
};

/** One line per element that holds a value. */
const fields: Record<string, Field> = {
  plain_text_input: typed,
  email_text_input: typed,
  url_text_input: typed,
  number_input: typed,
  static_select: option,
  radio_buttons: option,
  multi_static_select: manyOptions,
  checkboxes: manyOptions,
  users_select: picked('selected_user', 'initial_user'),
  channels_select: picked('selected_channel', 'initial_channel'),
  conversations_select: picked('selected_conversation', 'initial_conversation'),
  datepicker: picked('selected_date', 'initial_date'),
  timepicker: picked('selected_time', 'initial_time'),
  datetimepicker: picked('selected_date_time', 'initial_date_time'),
  multi_users_select: pickedMany('selected_users', 'initial_users'),
  multi_channels_select: pickedMany('selected_channels', 'initial_channels'),
  multi_conversations_select: pickedMany('selected_conversations', 'initial_conversations'),
};

export interface FilledForm {
  /** `state.values`: block_id → action_id → value. */
  values: Record<string, Json>;
  /** What Slack's client would say before it sends anything, by block_id. */
  complaints: Record<string, string>;
}

/** @throws Error when the test fills in a field or takes an option that is not there. */
export function fillIn(form: { blocks: Json[] }, filled: Filled = {}): FilledForm {
  const parts = elements(form).filter(({ element }) => fields[String(element.type)]);
  refuseUnknown(parts, filled);
  const result: FilledForm = { values: {}, complaints: {} };
  for (const { block, element } of parts) {
    const field = fields[String(element.type)]!;
    const blockId = String(block.block_id);
    const given = filled[blockId] ?? filled[String(element.action_id)];
    const value = given === undefined ? (element[field.initial] ?? field.empty) : field.read(element, given);
    result.values[blockId] = {
      ...result.values[blockId],
      [String(element.action_id)]: { type: element.type, [field.key]: value },
    };
    const complaint = block.type === 'input' ? judge(block, element, value) : undefined;
    if (complaint) result.complaints[blockId] = complaint;
  }
  return result;
}

/** @returns the action that choosing something sends, for a `block_actions` payload. */
export function chosen(element: Json, given: Filled[string]): Json {
  if (element.type === 'overflow') return { selected_option: findOption(element, String(given)) };
  const field = fields[String(element.type)];
  if (!field) throw new Error(`A ${String(element.type)} cannot be chosen from; click it instead.`);
  return { [field.key]: field.read(element, given) };
}

function judge(block: Json, element: Json, value: unknown): string | undefined {
  const missing = value === null || value === '' || (Array.isArray(value) && value.length === 0);
  if (missing) return block.optional === true ? undefined : 'Please complete this required field.';
  const length = typeof value === 'string' ? value.length : 0;
  if (length < Number(element.min_length ?? 0)) return `Must be at least ${element.min_length} characters.`;
  return length > Number(element.max_length ?? Infinity)
    ? `Must be at most ${element.max_length} characters.`
    : undefined;
}

function refuseUnknown(parts: { block: Json; element: Json }[], filled: Filled): void {
  const known = parts.flatMap(({ block, element }) => [String(block.block_id), String(element.action_id)]);
  const unknown = Object.keys(filled).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`The form has no field ${unknown.join(', ')}. It has: ${known.join(', ')}.`);
}

function findOption(element: Json, wanted: string): Json {
  const groups = (element.option_groups as { options: Json[] }[] | undefined) ?? [];
  const options = [...((element.options as Json[] | undefined) ?? []), ...groups.flatMap((group) => group.options)];
  const found = options.find((it) => it.value === wanted || (it.text as { text: string }).text === wanted);
  if (found) return { text: found.text, value: found.value };
  throw new Error(`There is no option ${wanted}. There are: ${options.map((it) => String(it.value)).join(', ')}.`);
}
