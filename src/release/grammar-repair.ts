import { canonical } from './grammar-canonical.ts';
import { type Expected, type Miss, match } from './grammar-match.ts';
import { nearest } from './grammar-nearest.ts';
import { bare, foldCase } from './grammar-text.ts';
import { wordsFor } from './grammar-values.ts';
import { type Glossary, type Lexicon, namesOf } from './grammar-words.ts';

/** Bounds of the search: lines tried, repairs per line, and how many environments are few enough to offer each of them. */
const most = { tries: 24, repairs: 3, environments: 3, suggestions: 3 } as const;

interface Draft {
  tokens: readonly string[];
  repairs: number;
  slips: number;
}

const splice = (tokens: readonly string[], at: number, remove: number, words: string) => [
  ...tokens.slice(0, at),
  ...words.split(' '),
  ...tokens.slice(at + remove),
];

type Fix = { words: string; slips: number };

const mendedList = (list: string, known: Iterable<string>): Fix[] => {
  const words = list.split(',').map((piece) => nearest(piece, known, 1)[0]?.word ?? piece);
  return words.join(',') === list ? [] : [{ words: words.join(','), slips: 1 }];
};

/** Words like the one that was typed, which would be understood in its place. */
const replacements = (expected: Expected, token: string, lexicon: Lexicon): Fix[] => {
  const near = (typed: string, known: Iterable<string>): Fix[] =>
    nearest(foldCase(typed), known).map(({ word, slips }) => ({ words: word, slips }));
  if ('word' in expected) return near(token, [expected.word]);
  if ('clause' in expected) return near(token, [expected.clause]);
  if ('slot' in expected) return near(bare(token), wordsFor(expected.slot, lexicon));
  if (!('value' in expected)) return [];
  const known = [...wordsFor(expected.value, lexicon)];
  return expected.value === 'overriding' ? mendedList(foldCase(token), known) : near(token, known);
};

const distinctNames = (words: Glossary): string[] => [...new Set([...words.values()].flatMap((names) => [...names]))];

/**
 * Words that were left out. An environment is offered, never assumed: each of them, when they are few. A verb is never added,
 * and nothing that would turn unknown words into a reason or a time.
 */
const additions = ({ at, expected }: { at: number; expected: Expected }, token: string, lexicon: Lexicon): Fix[] => {
  const add = (words: string): Fix[] => [{ words, slips: 1 }];
  if ('word' in expected) return at > 0 && expected.word !== 'in' ? add(expected.word) : [];
  if ('clause' in expected) {
    const closed = expected.clause === 'with' || expected.clause === 'overriding';
    return closed || (expected.clause === 'to' && /\d/.test(token)) ? add(expected.clause) : [];
  }
  if (!('slot' in expected) || expected.slot !== 'env') return [];
  const names = distinctNames(lexicon.environments);
  return names.length <= most.environments ? names.flatMap(add) : [];
};

const unique = (drafts: Draft[]): Draft[] => [
  ...new Map(drafts.map((draft) => [draft.tokens.join(' '), draft])).values(),
];

const repairs = (draft: Draft, { at, expected }: Miss, lexicon: Lexicon): Draft[] => {
  const token = draft.tokens[at];
  const next = (remove: number) => (fix: Fix) => ({
    tokens: splice(draft.tokens, at, remove, fix.words),
    repairs: draft.repairs + 1,
    slips: draft.slips + fix.slips,
  });
  const replaced = token === undefined ? [] : expected.flatMap((e) => replacements(e, token, lexicon).map(next(1)));
  if (replaced.length > 0) return unique(replaced);
  return unique(expected.flatMap((e) => additions({ at, expected: e }, token ?? '', lexicon).map(next(0))));
};

/**
 * The nearest commands that would have been understood, at most three, nearest first. Words are replaced by known neighbours or
 * added where the grammar needs them, never dropped: whatever else was said ("not", "tomorrow") keeps refusing the line.
 */
export const didYouMean = (tokens: readonly string[], lexicon: Lexicon): string[] => {
  const found = new Set<string>();
  let drafts: Draft[] = [{ tokens, repairs: 0, slips: 0 }];
  for (let tries = 0; tries < most.tries && drafts.length > 0 && found.size < most.suggestions; tries += 1) {
    const [draft, ...others] = drafts.sort((a, b) => a.slips - b.slips);
    const { commands, miss } = match(draft!.tokens, lexicon);
    for (const command of commands.length === 1 ? commands : []) found.add(canonical(command));
    const further = commands.length === 0 && draft!.repairs < most.repairs ? repairs(draft!, miss, lexicon) : [];
    drafts = [...others, ...further];
  }
  return offered([...found], lexicon);
};

/** Of these lines the first three that can be read in one way only. */
export const offered = (lines: readonly string[], lexicon: Lexicon): string[] =>
  lines.filter((line) => match(line.split(' '), lexicon).commands.length === 1).slice(0, most.suggestions);

/** What a word is, when it stands where it does not belong. */
export const kindOf = (word: string, lexicon: Lexicon): string | undefined => {
  if (namesOf(lexicon.environments, word).length > 0) return 'an environment';
  return namesOf(lexicon.services, word).length > 0 ? 'a service' : undefined;
};
