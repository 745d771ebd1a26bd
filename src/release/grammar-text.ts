import { redact } from './redact.ts';

/** What chat programs and phones do to a typed line, undone before the grammar sees it. */

const lineBreaks = /[\n\r\v\f\u0085\u2028\u2029]+/g;
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
const link = /<(?:https?:\/\/|mailto:)([^<>|\s]*)(?:\|([^<>|]*))?>/;
const reasonLink = /<(?:mailto:([^<>|\s]+)|(https?:\/\/[^<>|\s]+))(?:\|([^<>|]*))?>/g;

/** Lower case for A–Z only: no other alphabet has a letter that may pass for one of ours. */
export const foldCase = (word: string): string => word.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const straighten = (text: string): string =>
  text
    .replace(/[\u2018\u2019\u201a\u201b]/g, "'")
    .replace(/[\u201c\u201d\u201e\u201f]/g, '"')
    .replace(/[\u2010\u2011]/g, '-');

const tidy = (line: string): string =>
  straighten(line.replace(/[\t\p{Zs}]+/gu, ' ').replace(invisible, ''))
    .replace(/ +/g, ' ')
    .trim();

/** The lines of a text that have something on them, without what nobody can see and with plain quotes and spaces. */
export const readableLines = (text: string): string[] => text.split(lineBreaks).map(tidy).filter(Boolean);

/** A whole line set in code style, as people paste it: the backticks go, what is inside stays. */
export const withoutCodeStyle = (line: string): string => line.replace(/^(`{1,3})([^`]+)\1$/, '$2').trim();

const withoutQuotes = (text: string): string => {
  const [first] = text;
  const quoted = text.length > 2 && (first === '"' || first === "'" || first === '`') && text.endsWith(first);
  return quoted && !text.slice(1, -1).includes(first) ? text.slice(1, -1).trim() : text;
};

/** A value as meant: out of its quotes or backticks, and out of the link that Slack makes of anything with a dot in it. */
export const bare = (token: string): string => {
  const inner = withoutQuotes(token);
  const [whole, address, label] = link.exec(inner) ?? [];
  return whole === inner ? (label ?? address?.replace(/\/$/, '') ?? '') : inner;
};

const readableLink = (
  _: string,
  mail: string | undefined,
  page: string | undefined,
  label: string | undefined,
): string => {
  const address = mail ?? page ?? '';
  return !label || address.endsWith(label) ? address : `${label} (${address})`;
};

/** Links made of links are nobody's reason: what still looks like one after a first pass loses its brackets. */
const withoutLinks = (text: string): string => {
  const once = text.replace(reasonLink, readableLink);
  return once.search(reasonLink) < 0 ? once : once.replace(/[<>]/g, '');
};

const tidyReason = (text: string): string => withoutLinks(withoutQuotes(tidy(text.replace(lineBreaks, ' '))));

/**
 * A reason as we keep it: one line, no invisible or direction-changing characters, outer quotes off, chat links readable.
 * Cleaning twice changes nothing, so a reason survives being printed into a command and read again.
 */
export const cleanReason = (text: string): string => {
  // A reason stands on the card, in the ledger and in the audit for good: a secret that was pasted into it must not.
  const tidy = (reason: string): string => tidyReason(redact(reason));
  let [before, after] = [text, tidy(text)];
  while (before !== after) [before, after] = [after, tidy(after)];
  return after;
};
