import { z } from 'zod';
import type { Json } from './json.ts';

/**
 * What Adaptive Cards 1.5 knows, one shape per type: adaptivecards.io/schemas/1.5.0/adaptive-card.json. What stands
 * inside is not looked at here, and properties that the schema does not know are refused as it refuses them.
 */

/** Adaptive Cards do not care about the case of such words. */
const oneOf = (...words: string[]) =>
  z.string().refine((it) => words.includes(it.toLowerCase()), `must be one of ${words.join(', ')}`);

const list = z.array(z.unknown());
const flag = z.boolean();
const text = z.string();
const url = z.url({ protocol: /^https?$/ });
const picture = z.union([url, z.string().startsWith('data:image/')]);
const spacing = oneOf('default', 'none', 'small', 'medium', 'large', 'extralarge', 'padding');
const align = oneOf('left', 'center', 'right');
const middle = oneOf('top', 'center', 'bottom');
const filling = oneOf('default', 'emphasis', 'good', 'attention', 'warning', 'accent');
const pixels = z.string().regex(/^\d+px$/);

const placed = {
  id: text.min(1).optional(),
  isVisible: flag.optional(),
  separator: flag.optional(),
  spacing: spacing.optional(),
  height: oneOf('auto', 'stretch').optional(),
  requires: z.record(z.string(), z.string()).optional(),
  fallback: z.unknown().optional(),
};

const look = {
  color: oneOf('default', 'dark', 'light', 'accent', 'good', 'warning', 'attention').optional(),
  fontType: oneOf('default', 'monospace').optional(),
  isSubtle: flag.optional(),
  size: oneOf('default', 'small', 'medium', 'large', 'extralarge').optional(),
  weight: oneOf('default', 'lighter', 'bolder').optional(),
};

const box = {
  ...placed,
  style: filling.optional(),
  bleed: flag.optional(),
  minHeight: pixels.optional(),
  rtl: flag.optional(),
  selectAction: z.unknown().optional(),
  verticalContentAlignment: middle.optional(),
  backgroundImage: z.unknown().optional(),
};

/** Teams sends nothing for an input without an id. */
const input = {
  ...placed,
  id: text.min(1),
  label: text.optional(),
  isRequired: flag.optional(),
  errorMessage: text.optional(),
  placeholder: text.optional(),
};

const choice = z.strictObject({ title: text, value: text });

const shape = (type: string, fields: z.ZodRawShape) => z.strictObject({ type: z.literal(type), ...fields });

/** What may stand in a body, a container or a column. A `Table` is left out: phones do not show it. */
export const elements: Record<string, z.ZodType> = {
  TextBlock: shape('TextBlock', {
    ...placed,
    ...look,
    text,
    wrap: flag.optional(),
    maxLines: z.int().positive().optional(),
    horizontalAlignment: align.optional(),
    style: oneOf('default', 'heading', 'columnheader').optional(),
  }),
  RichTextBlock: shape('RichTextBlock', { ...placed, inlines: list.min(1), horizontalAlignment: align.optional() }),
  FactSet: shape('FactSet', { ...placed, facts: z.array(z.strictObject({ title: text, value: text })) }),
  Container: shape('Container', { ...box, items: list }),
  ColumnSet: shape('ColumnSet', { ...box, columns: list.optional(), horizontalAlignment: align.optional() }),
  ActionSet: shape('ActionSet', { ...placed, actions: list.min(1), horizontalAlignment: align.optional() }),
  Image: shape('Image', {
    ...placed,
    url: picture,
    altText: text.optional(),
    size: oneOf('auto', 'stretch', 'small', 'medium', 'large').optional(),
    style: oneOf('default', 'person').optional(),
    width: pixels.optional(),
    height: z.union([pixels, oneOf('auto', 'stretch')]).optional(),
    backgroundColor: text.optional(),
    horizontalAlignment: align.optional(),
    selectAction: z.unknown().optional(),
  }),
  ImageSet: shape('ImageSet', { ...placed, images: list, imageSize: text.optional() }),
  'Input.Text': shape('Input.Text', {
    ...input,
    isMultiline: flag.optional(),
    maxLength: z.int().positive().optional(),
    regex: text.optional(),
    style: oneOf('text', 'tel', 'url', 'email', 'password').optional(),
    inlineAction: z.unknown().optional(),
    value: text.optional(),
  }),
  'Input.ChoiceSet': shape('Input.ChoiceSet', {
    ...input,
    choices: z.array(choice).min(1),
    isMultiSelect: flag.optional(),
    style: oneOf('compact', 'expanded', 'filtered').optional(),
    value: text.optional(),
    wrap: flag.optional(),
  }),
  'Input.Toggle': shape('Input.Toggle', {
    ...input,
    title: text,
    value: text.optional(),
    valueOn: text.optional(),
    valueOff: text.optional(),
    wrap: flag.optional(),
  }),
  'Input.Number': shape('Input.Number', {
    ...input,
    min: z.number().optional(),
    max: z.number().optional(),
    value: z.number().optional(),
  }),
  'Input.Date': shape('Input.Date', {
    ...input,
    min: text.optional(),
    max: text.optional(),
    value: text.optional(),
  }),
  'Input.Time': shape('Input.Time', {
    ...input,
    min: text.optional(),
    max: text.optional(),
    value: text.optional(),
  }),
};

export const columns: Record<string, z.ZodType> = {
  Column: shape('Column', { ...box, items: list.optional(), width: z.union([text, z.number()]).optional() }),
};

export const inlines: Record<string, z.ZodType> = {
  TextRun: shape('TextRun', {
    ...look,
    text,
    italic: flag.optional(),
    highlight: flag.optional(),
    strikethrough: flag.optional(),
    underline: flag.optional(),
    selectAction: z.unknown().optional(),
  }),
};

const action = {
  id: text.min(1).optional(),
  title: text.min(1).optional(),
  iconUrl: picture.optional(),
  style: oneOf('default', 'positive', 'destructive').optional(),
  tooltip: text.optional(),
  isEnabled: flag.optional(),
  mode: oneOf('primary', 'secondary').optional(),
  requires: z.record(z.string(), z.string()).optional(),
  fallback: z.unknown().optional(),
};

const sends = {
  ...action,
  data: z.union([text, z.record(z.string(), z.unknown())]).optional(),
  associatedInputs: oneOf('auto', 'none').optional(),
};

export const actions: Record<string, z.ZodType> = {
  /** Without a verb Teams never sends the press (github.com/microsoft/teams.ts/issues/368). */
  'Action.Execute': shape('Action.Execute', { ...sends, verb: text.min(1, 'must say what is meant') }),
  'Action.Submit': shape('Action.Submit', sends),
  'Action.ShowCard': shape('Action.ShowCard', { ...action, card: z.record(z.string(), z.unknown()) }),
  'Action.OpenUrl': shape('Action.OpenUrl', { ...action, url }),
  'Action.ToggleVisibility': shape('Action.ToggleVisibility', { ...action, targetElements: list.min(1) }),
};

/** What Teams adds to a card: cards-format, "Full width", and cards-format, "Mention support". */
const mention = z.strictObject({
  type: z.literal('mention'),
  text: z.string().regex(/^<at>.+<\/at>$/s, 'must be <at>Name</at>'),
  mentioned: z.object({ id: text.min(1), name: text.min(1) }),
});

export const card = shape('AdaptiveCard', {
  $schema: text.optional(),
  version: z.string().optional(),
  body: list.optional(),
  actions: list.optional(),
  selectAction: z.unknown().optional(),
  refresh: z
    .strictObject({ action: z.unknown(), userIds: z.array(text).max(60).optional(), expires: text.optional() })
    .optional(),
  fallbackText: text.optional(),
  speak: text.optional(),
  lang: text.optional(),
  rtl: flag.optional(),
  minHeight: pixels.optional(),
  backgroundImage: z.unknown().optional(),
  verticalContentAlignment: middle.optional(),
  msteams: z.strictObject({ width: z.literal('Full').optional(), entities: z.array(mention).optional() }).optional(),
});

/** @returns one line per problem: where, and what is wrong. */
export function shapeProblems(shape: z.ZodType, value: Json, at: string): string[] {
  const parsed = shape.safeParse(value);
  return (parsed.error?.issues ?? []).map((issue) => `${[at, ...issue.path].join('/')}: ${issue.message}`);
}
