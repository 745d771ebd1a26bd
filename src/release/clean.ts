/** Text from clusters and from people, made fit to be shown: nothing in it hides, turns around or moves a cursor. */

// Direction marks and controls can make one version look like another; a line break and a tab are what they seem.
const unseen = /(?![\n\t])\p{Cc}|[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu;

/** Without controls, direction marks and half characters; every line break is `\n`. */
export const clean = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(unseen, '');

/** `units` joined while they fit into `max` UTF-16 units; the rest becomes "…". */
export const fill = (units: Iterable<string>, max: number): string => {
  let text = '';
  let safe = '';
  for (const unit of units) {
    if (text.length + unit.length > max) return `${safe}…`;
    text += unit;
    if (text.length < max) safe = text;
  }
  return text;
};

/** Clean text of at most `max` UTF-16 units, cut between letters; never empty. */
export const plain = (text: string, max: number): string => fill(clean(text), max).trim() || '–';

/** At most `max` UTF-16 units of the end: the end of a log says why it ended, so the beginning goes. */
export const ending = (text: string, max: number): string =>
  text.length <= max ? text : `…${text.slice(1 - max)}`.toWellFormed();
