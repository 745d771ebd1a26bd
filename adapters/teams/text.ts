import { clean, fill } from '../../src/release/clean.ts';
import type { Look, TextRun } from './blocks.ts';

/** Text that we do not trust goes into runs: Teams reads no markdown and no mention there. */

const link = /(https?:\/\/[^\s<>|"'`…]*[^\s<>|"'`….,;:!?)\]}])/gu;

/** At most `max` units on one line. */
export const oneLine = (text: string, max: number): string =>
  fill(
    clean(text.slice(0, 4 * max))
      .replace(/\s+/g, ' ')
      .trim(),
    max,
  ) || '–';

/** One line as runs of one look. Web addresses become links, and show where they lead. */
export const runs = (text: string, max: number, look: Look = {}): TextRun[] =>
  oneLine(text, max)
    .split(link)
    .flatMap((piece, index, all) => {
      if (piece === '') return [];
      const whole = index % 2 === 1 && !all[index + 1]?.startsWith('…');
      return [{ type: 'TextRun', text: piece, ...look, ...(whole ? leadTo(piece) : {}) }];
    });

const leadTo = (url: string): Partial<TextRun> =>
  url.length < 500 && URL.canParse(url) ? { selectAction: { type: 'Action.OpenUrl', url } } : {};

/** Lines that say something, at most `max` units together. */
export const linesOf = (text: string, max: number): string[] => {
  const all = fill(clean(text.slice(0, 2 * max)), max)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return all.length === 0 ? ['–'] : all;
};

/** For a voice, which may take the text for markup. */
export const spoken = (text: string): string =>
  text.replaceAll('&', ' and ').replace(/[<>]/g, ' ').replaceAll(' · ', ', ').replace(/\s+/g, ' ');
