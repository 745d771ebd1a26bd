/** Turning text that we do not trust into text that Slack shows as it is: no mention, no markup, no cut-off escape. */

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
// Direction marks and controls can make one version look like another; a line break and a tab are what they seem.
const unseen = /(?![\n\t])\p{Cc}|[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const pieces = /https?:\/\/[^\s<>|"'`]*[^\s<>|"'`.,;:!?)\]}]|./gsu;

/** Without controls and half characters. */
export const clean = (text: string): string => text.toWellFormed().replaceAll('\r\n', '\n').replace(unseen, '');

const escaped = (piece: string): string => piece.replace(/[&<>]/g, (letter) => escapes[letter] ?? letter);
const isLink = (piece: string): boolean => piece.startsWith('http') && piece.length < 500;
const show = (piece: string): string[] =>
  isLink(piece) ? [`<${escaped(piece)}>`] : Array.from(piece, (letter) => escaped(letter));

/** `units` joined while they fit into `max`; the rest becomes "…". */
const fill = (units: Iterable<string>, max: number): string => {
  let text = '';
  let safe = '';
  for (const unit of units) {
    if (text.length + unit.length > max) return `${safe}…`;
    text += unit;
    if (text.length < max) safe = text;
  }
  return text;
};

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

/** Text for a `plain_text` object, which Slack shows literally. */
export const plain = (text: string, max: number): string => fill(clean(text), max).trim() || '–';

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** What a person typed: Slack escapes three letters in every text that it sends. */
export const typed = (text: string): string => text.replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity] ?? entity);
