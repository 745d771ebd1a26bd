import type { types } from '@slack/bolt';
import type { Choices } from '../../src/asking.ts';
import { strategyNames } from '../../src/release/command.ts';
import type { Asker } from './answering.ts';
import { plainText } from './blocks.ts';
import { limits } from './limits.ts';

/** The form behind a bare `/release`. Pure: only what it looks like. */

export const formId = 'release-form';
export type Field = 'service' | 'version' | 'environment' | 'strategy' | 'reason';

/** Each field is one input block with an element of this action_id: values and errors are found by the block. */
export const inputId = 'value';

type Element = types.InputBlock['element'];

/** Names as the options of a menu; Slack takes a hundred. */
export const optionsOf = (names: readonly string[]): types.PlainTextOption[] =>
  names
    .filter((name) => name.length > 0 && name.length <= limits.option)
    .slice(0, limits.options)
    .map((name) => ({ text: plainText(name, limits.option), value: name }));

const menu = (names: readonly string[]): Element => ({
  type: 'static_select',
  action_id: inputId,
  options: optionsOf(names),
});

/** More than a menu can hold are searched while one types (`onOptions`). */
const serviceMenu = (names: string[]): Element =>
  names.length > limits.options ? { type: 'external_select', action_id: inputId, min_query_length: 0 } : menu(names);

export const textInput = (max: number, multiline = false): Element => ({
  type: 'plain_text_input',
  action_id: inputId,
  max_length: max,
  multiline,
});

export const input = (field: Field, label: string, element: Element, optional = false): types.InputBlock => ({
  type: 'input',
  block_id: field,
  label: plainText(label, 200),
  element,
  optional,
});

export const formView = ({ services, environments }: Choices, asker: Asker): types.ModalView => ({
  type: 'modal',
  callback_id: formId,
  private_metadata: JSON.stringify(asker),
  title: plainText('Deploy', limits.modalTitle),
  submit: plainText('Deploy', limits.modalTitle),
  close: plainText('Cancel', limits.modalTitle),
  blocks: [
    input('service', 'Service', serviceMenu(services)),
    input('version', 'Version', textInput(200)),
    input('environment', 'Environment', menu(environments)),
    input('strategy', 'Strategy, if not the one of the catalog', menu(strategyNames), true),
    input('reason', 'Reason', textInput(500), true),
  ],
});
