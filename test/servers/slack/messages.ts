import type { Json } from './validation.ts';

/** One message, everything it ever said, and how a person reads it. */

export interface Version {
  /** Milliseconds of the stand-in's clock. */
  at: number;
  by: 'post' | 'update' | 'respond' | 'delete';
  text: string;
  blocks: Json[];
}

export interface SlackMessage {
  ts: string;
  channel: string;
  /** Who wrote it: a user id; the app's messages carry its bot user. */
  user: string;
  fromApp: boolean;
  text: string;
  blocks: Json[];
  /** The root's ts, when it is a reply in a thread. */
  thread?: string;
  /** A reply that is shown in the channel too. */
  broadcast: boolean;
  /** Only this person sees it. */
  onlyFor?: string;
  metadata?: Json;
  reactions: Map<string, string[]>;
  /** The "(edited)" tag: only an update without blocks puts it there. */
  edited: boolean;
  deleted: boolean;
  /** Every state it was in, oldest first; the last is the present one. */
  versions: Version[];
}

export interface Button {
  label: string;
  actionId: string;
  blockId: string;
  value?: string;
  url?: string;
  style?: string;
  confirm?: ConfirmDialog;
}

export interface ConfirmDialog {
  title: string;
  text: string;
  confirm: string;
  deny: string;
}

/** Everything with blocks: a message, one of its versions, a view. */
export interface Rendered {
  blocks: Json[];
}

/** @returns every button, top to bottom, also those beside a section's text. */
export function buttons(rendered: Rendered): Button[] {
  return elements(rendered).flatMap(({ block, element }) =>
    element.type === 'button' ? [button(block, element)] : [],
  );
}

/** @returns every interactive element and image with the block it stands in. */
export function elements(rendered: Rendered): { block: Json; element: Json }[] {
  return rendered.blocks.flatMap((block) => {
    const inside = [...((block.elements as Json[] | undefined) ?? []), block.accessory, block.element];
    return inside.filter((it): it is Json => it !== undefined).map((element) => ({ block, element }));
  });
}

/** @returns all the words a reader sees, one line per text, without button labels; the fallback text when it has no blocks. */
export function wording(message: Rendered & { text?: string }): string {
  if (message.blocks.length === 0) return message.text ?? '';
  return message.blocks.flatMap((block) => (block.type === 'actions' ? [] : texts(block))).join('\n');
}

function texts(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(texts);
  if (typeof part !== 'object' || part === null || (part as Json).type === 'button') return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === 'text' && typeof value === 'string' ? [value] : texts(value),
  );
}

function button(block: Json, element: Json): Button {
  return {
    label: words(element.text),
    actionId: String(element.action_id),
    blockId: String(block.block_id),
    value: element.value as string | undefined,
    url: element.url as string | undefined,
    style: element.style as string | undefined,
    confirm: element.confirm ? dialog(element.confirm as Json) : undefined,
  };
}

/** Slack's own words where the app left a part of the dialog out. */
function dialog(confirm: Json): ConfirmDialog {
  return {
    title: words(confirm.title) || 'Are you sure?',
    text: words(confirm.text),
    confirm: words(confirm.confirm) || 'Yes',
    deny: words(confirm.deny) || 'Cancel',
  };
}

/** @returns the text of a text object, empty when there is none. */
export function words(text: unknown): string {
  return (text as { text?: string } | undefined)?.text ?? '';
}
