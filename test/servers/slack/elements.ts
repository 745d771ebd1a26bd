import { z } from 'zod';
import { limits } from './limits.ts';

/** Block Kit's composition objects and interactive elements as strict schemas: nothing unknown, nothing missing. */

const plainText = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean().optional() });

const markdownText = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(max), verbatim: z.boolean().optional() });

const anyText = (max: number) => z.discriminatedUnion('type', [plainText(max), markdownText(max)]);

const id = z.string().min(1).max(limits.id);
const style = z.enum(['primary', 'danger']);

const confirm = z.strictObject({
  title: plainText(limits.confirmTitle).optional(),
  text: anyText(limits.confirmText),
  confirm: plainText(limits.confirmButton).optional(),
  deny: plainText(limits.confirmButton).optional(),
  style: style.optional(),
});

const option = z.strictObject({
  text: plainText(limits.optionText),
  value: z.string().max(limits.optionValue),
  description: plainText(limits.optionText).optional(),
  url: z.string().max(limits.url).optional(),
});
/** Checkboxes and radio buttons may use mrkdwn in their options; menus may not. */
const richOption = option.extend({
  text: anyText(limits.optionText),
  description: anyText(limits.optionText).optional(),
});
const options = z.array(option).min(1).max(limits.options);
const optionGroup = z.strictObject({ label: plainText(limits.optionText), options });

const acting = { action_id: id.optional(), confirm: confirm.optional() };
const focusing = { focus_on_load: z.boolean().optional() };
const hinting = { placeholder: plainText(limits.placeholder).optional() };
const menu = { ...acting, ...focusing, ...hinting };
const typing = {
  action_id: id.optional(),
  ...focusing,
  ...hinting,
  initial_value: z.string().optional(),
  dispatch_action_config: z.strictObject({ trigger_actions_on: z.array(z.string()).optional() }).optional(),
};
const many = { max_selected_items: z.number().int().min(1).optional() };
const choices = { options: options.optional(), option_groups: z.array(optionGroup).max(limits.options).optional() };

const hasChoices = (select: { options?: unknown; option_groups?: unknown }) =>
  (select.options === undefined) !== (select.option_groups === undefined);
const needsChoices = { message: 'exactly one of `options` and `option_groups` is required' };

const image = z
  .strictObject({
    type: z.literal('image'),
    alt_text: z.string().min(1).max(limits.title),
    image_url: z.string().max(limits.url).optional(),
    slack_file: z.strictObject({ id: z.string().optional(), url: z.string().optional() }).optional(),
  })
  .refine((it) => (it.image_url === undefined) !== (it.slack_file === undefined), {
    message: 'exactly one of `image_url` and `slack_file` is required',
  });

const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(limits.buttonText),
  value: z.string().max(limits.buttonValue).optional(),
  url: z.string().max(limits.url).optional(),
  style: style.optional(),
  accessibility_label: z.string().max(limits.accessibilityLabel).optional(),
  ...acting,
});

const overflow = z.strictObject({
  type: z.literal('overflow'),
  options: options.max(limits.overflowOptions),
  ...acting,
});

const pick = <T extends string>(type: T, initial: z.ZodRawShape = {}) =>
  z.strictObject({ type: z.literal(type), ...menu, ...initial });

const text = z.string().optional();
const texts = z.array(z.string()).optional();

const staticSelect = z
  .strictObject({ type: z.literal('static_select'), initial_option: option.optional(), ...choices, ...menu })
  .refine(hasChoices, needsChoices);
const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    initial_options: options.optional(),
    ...choices,
    ...many,
    ...menu,
  })
  .refine(hasChoices, needsChoices);

const responding = {
  default_to_current_conversation: z.boolean().optional(),
  response_url_enabled: z.boolean().optional(),
};
const externally = { min_query_length: z.number().int().optional() };

const selects = [
  staticSelect,
  multiStaticSelect,
  pick('users_select', { initial_user: text }),
  pick('multi_users_select', { initial_users: texts, ...many }),
  pick('channels_select', { initial_channel: text, response_url_enabled: z.boolean().optional() }),
  pick('multi_channels_select', { initial_channels: texts, ...many }),
  pick('conversations_select', { initial_conversation: text, filter: z.looseObject({}).optional(), ...responding }),
  pick('multi_conversations_select', { initial_conversations: texts, filter: z.looseObject({}).optional(), ...many }),
  pick('external_select', { initial_option: option.optional(), ...externally }),
  pick('multi_external_select', { initial_options: options.optional(), ...many, ...externally }),
] as const;

const checks = z.array(richOption).min(1).max(limits.checkOptions);
const pickers = [
  pick('datepicker', { initial_date: text }),
  pick('timepicker', { initial_time: text, timezone: text }),
  z.strictObject({
    type: z.literal('checkboxes'),
    options: checks,
    initial_options: checks.optional(),
    ...acting,
    ...focusing,
  }),
  z.strictObject({
    type: z.literal('radio_buttons'),
    options: checks,
    initial_option: richOption.optional(),
    ...acting,
    ...focusing,
  }),
] as const;

const dateTime = z.strictObject({
  type: z.literal('datetimepicker'),
  initial_date_time: z.number().int().optional(),
  ...acting,
  ...focusing,
});

const textInput = z.strictObject({
  type: z.literal('plain_text_input'),
  multiline: z.boolean().optional(),
  min_length: z.number().int().min(0).max(limits.inputLength).optional(),
  max_length: z.number().int().min(1).max(limits.inputLength).optional(),
  ...typing,
});

const numberInput = z.strictObject({
  type: z.literal('number_input'),
  is_decimal_allowed: z.boolean(),
  min_value: text,
  max_value: text,
  ...typing,
});

const inputs = [
  textInput,
  numberInput,
  z.strictObject({ type: z.literal('email_text_input'), ...typing }),
  z.strictObject({ type: z.literal('url_text_input'), ...typing }),
] as const;

/** What may stand in an `actions` block, beside a section's text, in a context, in an input. */
export const element = {
  inActions: z.discriminatedUnion('type', [button, overflow, dateTime, ...selects, ...pickers]),
  asAccessory: z.discriminatedUnion('type', [button, overflow, image, ...selects, ...pickers]),
  inContext: z.discriminatedUnion('type', [image, plainText(limits.text), markdownText(limits.text)]),
  inInput: z.discriminatedUnion('type', [dateTime, ...inputs, ...selects, ...pickers]),
  image,
};

export { anyText, id, plainText };
