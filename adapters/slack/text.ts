import { clean, fill } from '../../src/release/clean.ts';

/** Turning text that we do not trust into text that Slack shows as it is: no mention, no markup, no cut-off escape. */

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const pieces = /https?:\/\/[^\s<>|"'`]*[^\s<>|"'`.,;:!?)\]}]|./gsu;

const escaped = (piece: string): string => piece.replace(/[&<>]/g, (letter) => escapes[letter] ?? letter);
const isLink = (piece: string): boolean => piece.startsWith('http') && piece.length < 500;
const show = (piece: string): string[] =>
  isLink(piece) ? [`<${escaped(piece)}>`] : Array.from(piece, (letter) => escaped(letter));

/** Text for a `mrkdwn` object of at most `max` characters. Web addresses become links that show where they lead. */
export const mrkdwn = (text: string, max: number): string =>
  fill(
    [
      ...clean(text)
        .slice(0, max + 2)
        .matchAll(pieces),
    ].flatMap(([piece]) => show(piece)),
    max,
  ) || '–';

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** What a person typed: Slack escapes three letters in every text that it sends. */
export const typed = (text: string): string => text.replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity] ?? entity);
