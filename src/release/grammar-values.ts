import { type GateName, gateNames, type StrategyName, strategyNames } from './command.ts';
import type { HeadSlot } from './grammar-head.ts';
import { type ClauseWord, clauseWords, rowSaid, rows, type Slots } from './grammar-table.ts';
import { bare, cleanReason, foldCase } from './grammar-text.ts';
import { type Lexicon, namesOf } from './grammar-words.ts';
import { parseReleaseId } from './id.ts';

/** Longest reason, in UTF-16 units. */
export const longestReason = 500;
const longestTime = 80;

const versionShape = /^(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|sha256:[0-9a-f]{64})$/;
const timeShape = /^[A-Za-z0-9:.,+/_-]+$/;

/**
 * Words that would pass as an image tag but, typed where a version belongs, mean that the line says something else
 * ("deploy payments not to prod", "roll back payments in prod to tomorrow").
 */
const neverVersions = new Set(
  `${clauseWords.join(' ')} in from on into not never no none nothing now later soon again today tomorrow tonight
  and or but if unless only maybe please for of the a an it me us don dont back over yes ok is are was be will should`.split(
    /\s+/,
  ),
);

/** True for what a version may look like: an image tag or a sha256 digest, and not a word of the grammar or its negation. */
export const isVersion = (text: string): boolean => versionShape.test(text) && !neverVersions.has(foldCase(text));

/** One way to read the words at a position: what was found, and where the next word begins. */
export interface Reading {
  slots: Slots;
  next: number;
}
type Read = (tokens: readonly string[], at: number, lexicon: Lexicon) => Reading[];

const single =
  (values: (token: string, lexicon: Lexicon) => Slots[]): Read =>
  (tokens, at, lexicon) =>
    at < tokens.length ? values(bare(tokens[at] ?? ''), lexicon).map((slots) => ({ slots, next: at + 1 })) : [];

const version = (token: string, lexicon: Lexicon): string[] =>
  isVersion(token) && !lexicon.environments.has(foldCase(token)) ? [token] : [];

/** A word that is itself a service is not an id: "abort api-v2" forgot its environment. */
const releaseIds = (token: string, lexicon: Lexicon): string[] => {
  const id = parseReleaseId(token)?.id;
  return id && !lexicon.services.has(id) ? [id] : [];
};

const startsWith = (tokens: readonly string[], at: number, words: readonly string[]): boolean =>
  words.every((word, index) => foldCase(tokens[at + index] ?? '') === word);

const commandNames: Read = (tokens, at) =>
  rows.flatMap((row) =>
    row.says
      .map((said) => said.split(' '))
      .filter((words) => startsWith(tokens, at, words))
      .map((words) => ({ slots: { command: row.verb }, next: at + words.length })),
  );

/** How each slot of a head is read; several readings mean that the words are ambiguous. */
export const readSlot: Record<HeadSlot, Read> = {
  service: single((token, { services }) => namesOf(services, token).map((service) => ({ service }))),
  env: single((token, { environments }) => namesOf(environments, token).map((env) => ({ env }))),
  version: single((token, lexicon) => version(token, lexicon).map((found) => ({ version: found }))),
  release: single((token, lexicon) => releaseIds(token, lexicon).map((release) => ({ release }))),
  command: commandNames,
};

type ReadClause = (tokens: readonly string[], at: number, lexicon: Lexicon, ends: readonly ClauseWord[]) => Reading[];

const time =
  (slot: 'at' | 'until'): ReadClause =>
  (tokens, at, _, ends) => {
    const isTime = (token: string) => timeShape.test(token) && !ends.some((word) => word === foldCase(token));
    let next = at;
    while (next < tokens.length && isTime(tokens[next] ?? '')) next += 1;
    const words = tokens.slice(at, next).join(' ');
    return words && words.length <= longestTime ? [{ slots: { [slot]: words }, next }] : [];
  };

const strategy = (token: string): Slots[] => {
  const found = strategyNames.find((name: StrategyName) => name === foldCase(token));
  return found ? [{ with: found }] : [];
};

const gates = (list: string): Slots[] => {
  if (foldCase(list) === 'all') return [{ overriding: 'all' }];
  const names = foldCase(list).split(',');
  const known = names.flatMap((name) => gateNames.filter((gate: GateName) => gate === name));
  return known.length === names.length && new Set(names).size === names.length ? [{ overriding: known }] : [];
};

/** People put a space after the comma: "freeze, lock" is one list. */
const overriding: ReadClause = (tokens, at) => {
  let next = at + 1;
  while (next < tokens.length && tokens[next - 1]?.endsWith(',')) next += 1;
  return gates(tokens.slice(at, next).join('')).map((slots) => ({ slots, next }));
};

/** True for a reason as we keep it: clean, with at least a letter, a digit or a symbol in it, and short enough for a card. */
export const isReason = (text: string): boolean =>
  text === cleanReason(text) && text.length <= longestReason && /[\p{L}\p{N}\p{S}]/u.test(text);

const reason: ReadClause = (tokens, at) => {
  const because = cleanReason(tokens.slice(at).join(' '));
  return isReason(because) ? [{ slots: { because }, next: tokens.length }] : [];
};

/** How the value after each clause word is read. */
export const readClause: Record<ClauseWord, ReadClause> = {
  to: single((token, lexicon) => version(token, lexicon).map((to) => ({ to }))),
  with: single(strategy),
  at: time('at'),
  until: time('until'),
  overriding,
  because: reason,
};

/** The words that may stand in a slot or a clause, for suggestions; none where anything may. */
export const wordsFor = (slot: HeadSlot | ClauseWord, lexicon: Lexicon): Iterable<string> => {
  if (slot === 'service') return lexicon.services.keys();
  if (slot === 'env') return lexicon.environments.keys();
  if (slot === 'command') return rows.flatMap((row) => row.says);
  if (slot === 'with') return strategyNames;
  return slot === 'overriding' ? gateNames : [];
};

/** How the verb of a command is printed: `rollback` → `roll back`. Unknown words stay as they are. */
export const saidVerb = (verb: string): string =>
  (rows.find((row) => row.verb === verb) ?? rowSaid(verb))?.says[0] ?? verb;
