import { clean, ending } from '../../src/release/clean.ts';
import type { Tone } from '../../src/release/view.ts';
import type { MentionEntity, Sent } from './activity.ts';
import { limits } from './limits.ts';
import { linesOf, oneLine, runs, spoken } from './text.ts';

/** The few pieces of an Adaptive Card that we use. */

export type Colour = 'Accent' | 'Good' | 'Warning' | 'Attention';

/** How a run looks. A colour only ever repeats what a mark or a word says. */
export interface Look {
  size?: 'Small' | 'Medium' | 'Large' | 'ExtraLarge';
  weight?: 'Bolder';
  color?: Colour;
  isSubtle?: boolean;
  fontType?: 'Monospace';
}
export interface TextRun extends Look {
  type: 'TextRun';
  text: string;
  selectAction?: { type: 'Action.OpenUrl'; url: string };
}
interface Placed {
  spacing?: 'None' | 'Small' | 'Medium' | 'Large';
  separator?: boolean;
}
export interface RichTextBlock extends Placed {
  type: 'RichTextBlock';
  inlines: TextRun[];
}
/** Only for what is ours, or harmless: it reads markdown, and mentions. */
export interface TextBlock extends Placed, Look {
  type: 'TextBlock';
  text: string;
  wrap: true;
}
interface Container extends Placed {
  type: 'Container';
  style?: 'emphasis' | 'accent' | 'good' | 'attention' | 'warning';
  bleed?: boolean;
  items: Block[];
}
interface ColumnSet extends Placed {
  type: 'ColumnSet';
  columns: ({ type: 'Column'; width: string; items: Block[] } & Placed)[];
}
export type Block = RichTextBlock | TextBlock | Container | ColumnSet;

const toneStyle: Record<Tone, Container['style']> = {
  working: 'accent',
  waiting: 'warning',
  good: 'good',
  bad: 'attention',
  stopped: 'emphasis',
  told: 'emphasis',
};

/** A band across the card in the colour of a mood. */
export const band = (tone: Tone, items: Block[]): Block => ({
  type: 'Container',
  style: toneStyle[tone],
  bleed: true,
  items,
});

export const rich = (inlines: TextRun[], placed: Placed = {}): Block => ({ type: 'RichTextBlock', inlines, ...placed });

/** One line of text, which wraps. */
export const line = (text: string, max: number, look: Look = {}, placed: Placed = {}): Block =>
  rich(runs(text, max, look), placed);

/**
 * Texts of several lines, at most `max` units each. Each line is a block of its own, because clients do not agree on line
 * breaks within one.
 */
export const paragraph = (texts: string[], max: number): Block[] => {
  const all = texts.slice(0, limits.lines).flatMap((text) => linesOf(text, max));
  const more = all.length - limits.lines;
  const shown = more > 0 ? [...all.slice(0, limits.lines), `… and ${more} more lines`] : all;
  // A gap, or nobody sees on a phone where a line ends and where it only wraps.
  return shown.map((one, index) => line(one, max, {}, index === 0 ? {} : { spacing: 'Small' }));
};

/** A narrow column of a fixed width, and the rest beside it: long texts stay in their column. */
export const beside = (width: string, left: Block, right: Block, spacing: Placed['spacing']): Block => ({
  type: 'ColumnSet',
  spacing,
  columns: [
    { type: 'Column', width, items: [left] },
    { type: 'Column', width: 'stretch', spacing: 'Small', items: [right] },
  ],
});

/** What belongs to a name. */
export const pair = (label: string, text: string, max: number): Block =>
  beside('80px', line(label, 40, { weight: 'Bolder' }), line(text, max), 'Small');

/** Code as it came, line by line: its end is kept, because the end of a log says why it ended. */
export const code = (text: string, max: number): Block => {
  const all = ending(clean(text), max).trimEnd().split('\n');
  const kept = all.slice(-limits.codeLines);
  const before = all.length - kept.length;
  const shown = before > 0 ? [`… ${before} lines before`, ...kept] : kept;
  return { type: 'Container', style: 'emphasis', items: shown.map(codeLine) };
};

/** A line of nothing would not be shown at all. */
const blank = '\u00a0';

const mono = { size: 'Small', fontType: 'Monospace' } as const;

const codeLine = (text: string, index: number): Block => {
  const placed: Placed = index === 0 ? {} : { spacing: 'None' };
  if (mustBreak(text)) return { type: 'TextBlock', text, wrap: true, ...mono, ...placed };
  return rich([{ type: 'TextRun', text: text || blank, ...mono }], placed);
};

/** About what a phone shows of one word. */
const longWord = /\S{37}/;
/** Nothing in it can be markdown or a mention, wherever it stands. */
const harmless = /^[a-z0-9](?:[a-z0-9 ./:@=,#→-]|(?<=[a-z0-9])_(?=[a-z0-9]))*$/i;

/** Clients break long words, as digests are, only in a TextBlock; and there only what they cannot misread may stand. */
const mustBreak = (text: string): boolean => longWord.test(text) && harmless.test(text) && !/^\d+\. |:\/\//.test(text);

/** What a message consists of, before it is put together. */
export interface Parts {
  /** For whoever sees no card: a lock screen, a screen reader, an old client. */
  summary: string;
  body: object[];
  actions?: object[];
  entities?: MentionEntity[];
}

/**
 * Puts a message together with less and less room per text until Teams takes the whole. `build` gets the share that
 * each text may use.
 */
export const shrinkToFit = (build: (share: number) => Parts): Sent => {
  for (let share = 1; share > 0.02; share /= 2) {
    const sent = assembled(build(share));
    if (JSON.stringify(sent).length <= limits.message) return sent;
  }
  return assembled(build(0.02));
};

const assembled = ({ summary, body, actions = [], entities = [] }: Parts): Sent => {
  const line = oneLine(summary, limits.summary);
  return {
    summary: line,
    card: {
      type: 'AdaptiveCard',
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      version: '1.5',
      fallbackText: line,
      speak: spoken(line),
      body,
      ...(actions.length > 0 ? { actions } : {}),
      msteams: { width: 'Full', ...(entities.length > 0 ? { entities } : {}) },
    },
  };
};
