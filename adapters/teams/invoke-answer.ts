import { plain } from '../../src/release/clean.ts';
import { toneMark } from '../../src/release/mark.ts';
import type { AnswerView } from '../../src/release/view.ts';
import type { Sent } from './activity.ts';
import { type HttpReply, json } from './http.ts';

/**
 * What an invoke is answered with: only the one who pressed sees it. An empty body, or a status other than 200, shows as
 * "Unable to reach app". Source: learn.microsoft.com, "Universal Action Model", response format
 */

/** Longest text beside a card, UTF-16 units: more of it nobody reads there. */
const longest = 1_000;

/** Words beside the card, which stays as it is. */
export const tell = (view: AnswerView): HttpReply => say(inWords(fits(view) ? view : beginning(view)));

/** Another card in the place of the one that was pressed, for whoever pressed. */
export const show = ({ card }: Sent): HttpReply =>
  json({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: card });

/** Whether `tell` tells all of it. */
export const fits = (view: AnswerView): boolean => all(view).length <= longest;

/** For what our manifest does not announce, each in the form that its sender can show; nobody is left waiting. */
export const notSupported = (name = ''): HttpReply => {
  const text = 'I do not do this, nothing happened. Mention me with "help" to see what I do.';
  if (name.startsWith('task/')) return json({ task: { type: 'message', value: text } });
  if (name.startsWith('composeExtension/')) return json({ composeExtension: { type: 'message', text } });
  return say(text);
};

const say = (text: string): HttpReply =>
  json({ statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: text });

const all = ({ tone, title, lines, code = '', hint = '' }: AnswerView): string =>
  [`${toneMark[tone]} ${title}`, ...lines, code, hint].filter(Boolean).join('\n');

const inWords = (view: AnswerView): string => plain(all(view), longest);

const beginning = ({ kind, tone, title }: AnswerView): AnswerView => ({
  kind,
  tone,
  title,
  lines: ['All of it follows here, for you alone.'],
});
