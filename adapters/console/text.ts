import { clean as cleanText } from '../../src/release/clean.ts';

/** Text from clusters and from people, laid out for a terminal. */

/** Without control and direction characters. Line breaks stay, tabs become blanks. */
export const clean = (text: string): string => cleanText(text).replaceAll('\t', '  ');

/** The same on one line. */
export const oneLine = (text: string): string => clean(text).replace(/\s*\n\s*/g, ' ');

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wide =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;

const columnsOf = (letter: string): number => {
  if (/^\p{M}+$/u.test(letter)) return 0;
  return wide.test(letter) ? 2 : 1;
};

const lettersOf = (text: string): string[] => Array.from(graphemes.segment(text), ({ segment }) => segment);

/** How many columns plain text takes. */
export const widthOf = (text: string): number =>
  // Counting letters is slow; almost everything we print is plain ASCII.
  /^[\x20-\x7e]*$/.test(text) ? text.length : lettersOf(text).reduce((sum, letter) => sum + columnsOf(letter), 0);

/** At most so many columns; what is cut off becomes "…". */
export function clip(text: string, columns: number): string {
  if (widthOf(text.slice(0, columns * 4)) <= columns && text.length <= columns * 4) return text;
  const kept: string[] = [];
  let used = 0;
  for (const letter of lettersOf(text.slice(0, columns * 4))) {
    if (used + columnsOf(letter) > columns - 1) break;
    used += columnsOf(letter);
    kept.push(letter);
  }
  return `${kept.join('')}…`;
}

/** Longer text than this says nothing more in a terminal. */
const longest = 1_200;

/** Clean lines of at most `columns`, broken between words where that is possible. Empty text is one empty line. */
export const wrap = (text: string, columns: number): string[] =>
  clip(clean(text), longest)
    .split('\n')
    .flatMap((line) => wrapLine(line.trimEnd(), columns));

function wrapLine(line: string, columns: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ').flatMap((one) => pieces(one, columns))) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && widthOf(longer) > columns) {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current];
}

/** A word that no line can hold, in parts. */
function pieces(word: string, columns: number): string[] {
  if (widthOf(word) <= columns) return [word];
  const parts = [''];
  for (const letter of lettersOf(word)) {
    if (widthOf(parts.at(-1) + letter) > columns) parts.push('');
    parts[parts.length - 1] += letter;
  }
  return parts;
}
