import type { Command } from './command.ts';
import { canonical } from './grammar-canonical.ts';
import { match } from './grammar-match.ts';
import { ambiguous, manyLines, type NotUnderstood, notUnderstood, tooLong } from './grammar-refusal.ts';
import { didYouMean, offered } from './grammar-repair.ts';
import { readableLines, withoutCodeStyle } from './grammar-text.ts';
import { type Lexicon, lexicon, type Words } from './grammar-words.ts';

/** A command, and the line that says it in full names. */
export interface Understood {
  ok: true;
  command: Command;
  canonical: string;
}

/** Longest text that we look at, in UTF-16 units: the longest command, with room for the links that chat programs add. */
export const longestText = 4000;

/**
 * Reads one typed line as a command. Every word must be used by the rule, the verb first: a line with anything left over is
 * refused, naming the first word that was not understood. Nothing is guessed, and no environment is ever assumed. Pure, and
 * done within milliseconds for any input. An empty text opens the form.
 */
export const parse = (text: string, words: Words): Understood | NotUnderstood => {
  if (text.length > longestText) return tooLong(text.length, longestText);
  const [first = '', second] = readableLines(text);
  if (second !== undefined) return manyLines(second);
  const line = withoutCodeStyle(first);
  return line === '' ? { ok: true, command: { verb: 'form' }, canonical: '' } : read(line, lexicon(words));
};

const read = (line: string, known: Lexicon): Understood | NotUnderstood => {
  const tokens = line.split(' ');
  const { commands, miss } = match(tokens, known);
  const [command] = commands;
  if (!command) return { ...notUnderstood(tokens, miss, known), didYouMean: didYouMean(tokens, known) };
  if (commands.length === 1) return { ok: true, command, canonical: canonical(command) };
  return { ...ambiguous(line, commands), didYouMean: offered(commands.map(canonical), known) };
};
