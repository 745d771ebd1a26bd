import { stripVTControlCharacters, styleText } from 'node:util';
import type { Tone } from '../../src/release/view.ts';
import { widthOf } from './text.ts';

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'gray';

/** Colours a text, or leaves it as it is. */
export type Paint = (colours: Colour[], text: string) => string;

export const plain: Paint = (_, text) => text;
export const coloured: Paint = (colours, text) =>
  text === '' ? '' : styleText(colours, text, { validateStream: false });

/** Colours only for somebody who looks at a terminal and did not switch them off (https://no-color.org). */
export const paintFor = (isTty: boolean, noColor: string | undefined): Paint => (isTty && !noColor ? coloured : plain);

/** The columns that a painted text takes. */
export const paintedWidth = (text: string): number => widthOf(stripVTControlCharacters(text));

/** Filled up with blanks to `columns`. */
export const padded = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - paintedWidth(text)));

/** Left and right on one line of `columns`; undefined when they do not fit. */
export function apart(left: string, right: string, columns: number): string | undefined {
  const gap = columns - paintedWidth(left) - paintedWidth(right);
  return gap >= 2 ? left + ' '.repeat(gap) + right : undefined;
}

/** A mark for each mood: its shape tells as much as its colour. */
export const toneMark: Record<Tone, string> = {
  working: '●',
  waiting: '◆',
  good: '✔',
  bad: '✖',
  stopped: '■',
  told: '·',
};

export const toneColour: Record<Tone, Colour> = {
  working: 'cyan',
  waiting: 'yellow',
  good: 'green',
  bad: 'red',
  stopped: 'magenta',
  told: 'cyan',
};
