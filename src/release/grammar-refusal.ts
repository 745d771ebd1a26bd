import type { Command } from './command.ts';
import { canonical } from './grammar-canonical.ts';
import type { HeadSlot } from './grammar-head.ts';
import type { Expected, Miss } from './grammar-match.ts';
import { kindOf } from './grammar-repair.ts';
import { type ClauseWord, clauseValue, rows, usage } from './grammar-table.ts';
import { bare, cleanReason } from './grammar-text.ts';
import { longestReason } from './grammar-values.ts';
import type { Lexicon } from './grammar-words.ts';
import { redact } from './redact.ts';

/** Why a line is not a command, for the person who typed it. */
export interface NotUnderstood {
  ok: false;
  say: string;
  hint: string;
  /** Whole commands that would be understood, nearest first, at most three. */
  didYouMean: string[];
}

const slotMeans: Record<HeadSlot, string> = {
  service: 'a service',
  env: 'an environment',
  version: 'a version',
  release: 'a release id such as payments-7f3',
  command: 'a command',
};

/** Echoes a word; long ones are cut, so that nobody pastes a page into a refusal, and secrets not repeated. */
const quote = (text: string): string => `"${short(redact(text))}"`;
const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text);

const named = (expected: Expected): string => {
  if ('word' in expected) return `"${expected.word}"`;
  if ('slot' in expected) return slotMeans[expected.slot];
  if ('clause' in expected) return `"${expected.clause} ${clauseValue[expected.clause]}"`;
  return 'value' in expected ? clauseValue[expected.value] : 'nothing more';
};

const listed = (words: readonly string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? '');

const names = (words: ReadonlyMap<string, ReadonlySet<string>>): string => {
  const all = [...new Set([...words.values()].flatMap((found) => [...found]))];
  return all.length > 8 ? `${all.slice(0, 8).join(', ')} and ${all.length - 8} more` : all.join(', ') || 'none';
};

const expects = (miss: Miss, slot: HeadSlot): boolean => miss.expected.some((e) => 'slot' in e && e.slot === slot);
const value = (miss: Miss): ClauseWord | undefined => miss.expected.flatMap((e) => ('value' in e ? [e.value] : []))[0];
const twice = (miss: Miss): ClauseWord | undefined => miss.expected.flatMap((e) => ('twice' in e ? [e.twice] : []))[0];

const sayAboutValue = (clause: ClauseWord, rest: readonly string[]): string => {
  if (rest.length === 0) return `"${clause}" is the last word, and ${clauseValue[clause]} is missing after it.`;
  if (clause !== 'because') return `I did not understand ${quote(rest[0] ?? '')} after "${clause}".`;
  const { length } = cleanReason(rest.join(' '));
  if (length <= longestReason) return `A reason in words is missing after "because".`;
  return `The reason has ${length} characters; at most ${longestReason} fit on a card.`;
};

const say = (tokens: readonly string[], miss: Miss, lexicon: Lexicon): string => {
  const token = tokens[miss.at];
  const clause = value(miss);
  const before = quote(tokens.slice(0, miss.at).join(' '));
  if (miss.at === 0) return `I do not know the command ${quote(token ?? '')}.`;
  if (twice(miss)) return `"${twice(miss)}" is there twice; I did not understand the second ${quote(token ?? '')}.`;
  if (clause) return sayAboutValue(clause, tokens.slice(miss.at));
  if (token === undefined) return `The command is not complete after ${before}.`;
  const kind = kindOf(bare(token), lexicon);
  return `I did not understand ${quote(token)}${kind ? ` (${kind})` : ''} after ${before}.`;
};

const known = (miss: Miss, lexicon: Lexicon): string[] => [
  ...(expects(miss, 'service') ? [`Services: ${names(lexicon.services)}.`] : []),
  ...(expects(miss, 'env') ? [`Environments: ${names(lexicon.environments)}.`] : []),
];

const hint = (miss: Miss, lexicon: Lexicon): string => {
  if (miss.at === 0)
    return `Start with ${listed([...new Set(rows.map((row) => row.says[0] ?? ''))])}; "help" shows how each is written.`;
  if (twice(miss)) return `Say "${twice(miss)}" once.`;
  const wanted = [...new Set(miss.expected.map(named))];
  const usages = [...new Set(miss.expected.map(({ row }) => `Write: ${usage(row)} – for example: ${row.example}.`))];
  return [`Expected there: ${listed(wanted)}.`, ...known(miss, lexicon), ...usages].join(' ');
};

/** Names the first word that no rule could use, and what could have stood there. */
export const notUnderstood = (
  tokens: readonly string[],
  miss: Miss,
  lexicon: Lexicon,
): Omit<NotUnderstood, 'didYouMean'> => ({
  ok: false,
  say: say(tokens, miss, lexicon),
  hint: hint(miss, lexicon),
});

/** Two readings: we ask, never choose. Happens when the catalog gives one word to two things. */
export const ambiguous = (line: string, commands: readonly Command[]): Omit<NotUnderstood, 'didYouMean'> => ({
  ok: false,
  say: `${quote(line)} can be read as ${listed([...new Set(commands.map((command) => describe(command)))])}.`,
  hint: 'Use names that stand for one thing only; if one word names two things in release.yaml, rename one of them or drop the alias.',
});

const describe = (command: Command): string => `"${canonical(command)}"`;

/** A paste, not a command: refused before anything looks at its words. */
export const tooLong = (length: number, longest: number): NotUnderstood => ({
  ok: false,
  say: `The text has ${length} characters; a command has at most ${longest}.`,
  hint: 'Send the command alone, and keep the reason short. "help" shows how commands are written.',
  didYouMean: [],
});

/** More than one line: we carry out one command at a time, and never half of what was typed. */
export const manyLines = (second: string): NotUnderstood => ({
  ok: false,
  say: `I did not understand ${quote(second.split(' ')[0] ?? '')} on the second line.`,
  hint: 'Send one command on one line.',
  didYouMean: [],
});
