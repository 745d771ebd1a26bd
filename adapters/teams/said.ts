import type { Activity } from './activity.ts';

/** What somebody typed, out of what Teams makes of it: mentions as tags, spaces and signs as HTML entities. */

type Written = Pick<Activity, 'text' | 'entities' | 'recipient'>;

/** Whether we were called by name; in channels and group chats nothing else is meant for us. */
export const callsUs = (it: Written): boolean => mentionsOfUs(it).length > 0;

/** A line for the grammar: without our name, other people by their names, line breaks as they were. */
export const typed = (it: Written): string => {
  const us = namesOfUs(it);
  return decoded(
    (it.text ?? '')
      .replace(/<at\b[^<>]*>([^<>]*)<\/at>/gi, (_tag, name: string) => (us.has(plain(name)) ? ' ' : name))
      .replace(/<br\s*\/?>|<\/(?:p|div|li)>/gi, '\n')
      .replace(/<\/?(?:p|div|span|b|strong|i|em|u|s|code|pre|ul|ol|li|at)(?:\s[^<>]*)?>/gi, ''),
  )
    .replace(/[^\S\r\n]+/g, ' ')
    .trim();
};

/** Teams splits a name of several words into one mention a word, each with our id. */
const mentionsOfUs = ({ entities = [], recipient }: Written) =>
  entities.filter((it) => it.type === 'mention' && recipient !== undefined && it.mentioned?.id === recipient.id);

const namesOfUs = (it: Written): Set<string> => {
  const called = mentionsOfUs(it).flatMap(({ text, mentioned }) => [text?.replace(/<[^<>]*>/g, ''), mentioned?.name]);
  return new Set([...called, it.recipient?.name].flatMap((name) => (name === undefined ? [] : plain(name))));
};

const plain = (name: string): string => decoded(name).replace(/\s+/g, ' ').trim().toLowerCase();

const signs: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Once only: what somebody typed as `&amp;lt;` they meant as `&lt;`. */
const decoded = (text: string): string =>
  text.replace(/&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi, (whole, name, decimal, hex) => {
    if (name) return signs[name.toLowerCase()] ?? whole;
    const point = Number.parseInt(decimal ?? hex, decimal ? 10 : 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
