import { cardButtons, cardText, type TeamsButton } from './card-reading.ts';
import { type Json, objects, textOf } from './json.ts';
import { spoken } from './markdown.ts';

/** One message, everything it ever said, and how a person reads it. */

export interface Version {
  /** Milliseconds of the stand-in's clock. */
  at: number;
  by: 'post' | 'update' | 'delete';
  text: string;
  summary: string;
  card?: Json;
  entities: Json[];
}

export interface TeamsMessage {
  id: string;
  /** The channel or chat, without `;messageid=`. */
  conversation: string;
  /** The id of the root, when it is a reply in a thread. */
  thread?: string;
  /** Who wrote it: `29:…`, and `28:…` for the bot. */
  from: string;
  fromApp: boolean;
  text: string;
  /** What a notification shows of it. */
  summary: string;
  card?: Json;
  /** Mentions of the text; those of a card stand in its `msteams`. */
  entities: Json[];
  /** Only this person sees it. */
  onlyFor?: string;
  edited: boolean;
  deleted: boolean;
  /** Every state it was in, oldest first; the last is the present one. */
  versions: Version[];
}

/** A message, or one of its versions. */
export interface Rendered {
  text: string;
  card?: Json;
  entities: Json[];
}

export interface Mention {
  id: string;
  name: string;
  /** As it stands in the text: `<at>Ann</at>`. */
  text: string;
}

/** @returns all the words a reader sees, one line per text, without button labels and what opens behind them. */
export function wording(message: Rendered): string {
  const text = message.text === '' ? [] : [spoken(message.text, message.entities)];
  return [...text, ...(message.card ? cardText(message.card) : [])].join('\n');
}

/** @returns every button, top to bottom; after one that opens a ShowCard come those behind it. */
export function buttons(message: Rendered): TeamsButton[] {
  return message.card ? cardButtons(message.card) : [];
}

/** @returns everyone whom the message calls: Teams notifies them. */
export function mentions(message: Rendered): Mention[] {
  const card = message.card?.msteams as Json | undefined;
  const called = [...message.entities, ...objects(card?.entities)].filter((it) => it.type === 'mention');
  return called.map(({ text, mentioned }) => {
    const { id, name } = (mentioned ?? {}) as Json;
    return { id: textOf(id), name: textOf(name), text: textOf(text) };
  });
}
