import { z } from 'zod';
import { anyText, element, id, plainText } from './elements.ts';
import { limits } from './limits.ts';

/** Block Kit's blocks as strict schemas. A block that is not listed is refused: add it here when we start to use it. */

const block = { block_id: id.optional() };
const rich = z.looseObject({ type: z.string() });

const section = z
  .strictObject({
    type: z.literal('section'),
    text: anyText(limits.text).optional(),
    fields: z.array(anyText(limits.sectionField)).min(1).max(limits.sectionFields).optional(),
    accessory: element.asAccessory.optional(),
    expand: z.boolean().optional(),
    ...block,
  })
  .refine((it) => it.text !== undefined || it.fields !== undefined, { message: 'missing required field: text' });

const actions = z.strictObject({
  type: z.literal('actions'),
  elements: z.array(element.inActions).min(1).max(limits.actionsElements),
  ...block,
});

const context = z.strictObject({
  type: z.literal('context'),
  elements: z.array(element.inContext).min(1).max(limits.contextElements),
  ...block,
});

const input = z.strictObject({
  type: z.literal('input'),
  label: plainText(limits.label),
  element: element.inInput,
  hint: plainText(limits.label).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  ...block,
});

const image = z
  .strictObject({
    type: z.literal('image'),
    alt_text: z.string().min(1).max(limits.title),
    title: plainText(limits.title).optional(),
    image_url: z.string().max(limits.url).optional(),
    slack_file: z.looseObject({}).optional(),
    ...block,
  })
  .refine((it) => (it.image_url === undefined) !== (it.slack_file === undefined), {
    message: 'exactly one of `image_url` and `slack_file` is required',
  });

const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string() }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string() }),
  z.looseObject({ type: z.literal('rich_text') }),
]);

const table = z.strictObject({
  type: z.literal('table'),
  rows: z.array(z.array(cell).min(1).max(limits.tableColumns)).min(1).max(limits.tableRows),
  column_settings: z.array(z.looseObject({})).max(limits.tableColumns).optional(),
  ...block,
});

const everywhere = [
  section,
  actions,
  context,
  input,
  image,
  z.strictObject({ type: z.literal('divider'), ...block }),
  z.strictObject({ type: z.literal('header'), text: plainText(limits.header), ...block }),
  z.strictObject({ type: z.literal('rich_text'), elements: z.array(rich).min(1), ...block }),
] as const;

const messageOnly = [
  table,
  z.strictObject({ type: z.literal('markdown'), text: z.string().min(1).max(limits.markdown), ...block }),
  z.strictObject({
    type: z.literal('context_actions'),
    elements: z
      .array(z.looseObject({ type: z.enum(['feedback_buttons', 'icon_button']) }))
      .min(1)
      .max(limits.contextActionsElements),
    ...block,
  }),
] as const;

const alert = z.strictObject({
  type: z.literal('alert'),
  text: anyText(limits.text),
  level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
  ...block,
});

export const messageBlocks = z
  .array(z.discriminatedUnion('type', [...everywhere, ...messageOnly]))
  .max(limits.blocksPerMessage);

const viewBlocks = z
  .array(z.discriminatedUnion('type', [...everywhere, alert]))
  .min(1)
  .max(limits.blocksPerView);
const homeBlocks = z.array(z.discriminatedUnion('type', [...everywhere])).max(limits.blocksPerView);

const carried = {
  private_metadata: z.string().max(limits.privateMetadata).optional(),
  callback_id: z.string().max(limits.id).optional(),
  external_id: z.string().max(limits.id).optional(),
};

const modal = z
  .strictObject({
    type: z.literal('modal'),
    title: plainText(limits.viewTitle),
    submit: plainText(limits.viewTitle).optional(),
    close: plainText(limits.viewTitle).optional(),
    blocks: viewBlocks,
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    submit_disabled: z.boolean().optional(),
    ...carried,
  })
  .refine((view) => view.submit !== undefined || view.blocks.every((it) => it.type !== 'input'), {
    message: 'missing required field: submit (the view has an input block)',
  });

export const modalView = modal;
export const homeView = z.strictObject({ type: z.literal('home'), blocks: homeBlocks, ...carried });
