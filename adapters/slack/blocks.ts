import type { types } from '@slack/bolt';
import { clean, ending, plain } from '../../src/release/clean.ts';
import { limits } from './limits.ts';
import { mrkdwn } from './text.ts';

/** The few Block Kit pieces that we use, each within Slack's sizes. */

export type Block = types.KnownBlock;

export const plainText = (text: string, max: number): types.PlainTextElement => ({
  type: 'plain_text',
  text: plain(text, max),
  emoji: false,
});

/** `verbatim`: otherwise Slack makes channels and people out of plain words. */
export const markup = (text: string): types.MrkdwnElement => ({ type: 'mrkdwn', text, verbatim: true });

/** A section whose text is ready: escaped and short enough. */
export const sectionOf = (text: string): Block => ({ type: 'section', text: markup(text) });

export const section = (text: string, max: number): Block => sectionOf(mrkdwn(text, Math.min(max, limits.section)));

/** A line in bold. Stars of its own would end the bold early. */
export const strong = (text: string, max: number): string => `*${mrkdwn(text.replaceAll('*', '∗'), max - 2)}*`;

export const context = (text: string, max: number): Block => ({
  type: 'context',
  elements: [markup(mrkdwn(text, Math.min(max, limits.section)))],
});

/** Preformatted as rich text: nothing in it can be markup, and it copies exactly. */
export const code = (text: string, max: number): Block => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: ending(clean(text), max) || '–' }] }],
});

/**
 * Builds with less and less room per text until Slack takes the whole. `build` gets the share that each text may use.
 */
export const shrinkToFit = (build: (share: number) => Block[]): Block[] => {
  for (let share = 1; share > 0.02; share /= 2) {
    const blocks = build(share);
    if (fits(JSON.stringify(blocks))) return blocks;
  }
  return build(0.02);
};

/** A press brings the whole card back to us, as ASCII in a form: it must pass our own limit of a request, too. */
const fits = (json: string): boolean =>
  json.length <= limits.blocksJson && pressSize(json) <= limits.requestBody - limits.pressRest;

/** Characters that this JSON takes in the body of a press. */
export const pressSize = (json: string): number => encodeURIComponent(json.replace(/[^\x20-\x7e]/g, '\\u0000')).length;

/** Lines put together into texts of at most `max` characters; a line is never broken. */
export const packed = (lines: string[], max: number): string[] => {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last === undefined || last.length + line.length + 1 > max) texts.push(line);
    else texts[texts.length - 1] = `${last}\n${line}`;
  }
  return texts;
};
