import { strategyNames } from '../release/command.ts';
import { clauseWords, rows } from '../release/grammar-table.ts';
import { foldCase } from '../release/grammar-text.ts';
import type { Outline } from './outline.ts';
import { type Problem, problem } from './problem.ts';

/** What no single place in the file can know: names that clash, orders that go in circles. */

const wordsIn = (notation: string): string[] => notation.replace(/<[^>]*>/g, ' ').match(/[a-z-]+/g) ?? [];

/** Words of the grammar. A service of such a name could not be told from the command around it. */
export const reservedWords: ReadonlySet<string> = new Set([
  ...rows.flatMap(({ says, head }) => [...says, head].flatMap(wordsIn)),
  ...clauseWords,
  ...strategyNames,
  ...['all', 'now', 'for', 'on'],
]);

type Word = { word: string; at: (string | number)[]; owner: string };

function wordsOf(section: 'services' | 'environments', outline: Outline): Word[] {
  return Object.entries(outline[section]).flatMap(([name, { aliases = [] }]) => {
    const owner = `${section === 'services' ? 'the service' : 'the environment'} ${name}`;
    const others = aliases.map((word, index) => ({ word, at: [section, name, 'aliases', index], owner }));
    return [{ word: name, at: [section, name], owner }, ...others.filter(({ word }) => word !== '')];
  });
}

function nameProblems(outline: Outline): Problem[] {
  const taken = new Map<string, string>();
  // Names first: where a name and an alias clash, the alias is what has to go.
  const words = [...wordsOf('services', outline), ...wordsOf('environments', outline)];
  words.sort((a, b) => a.at.length - b.at.length);
  return words.flatMap(({ word, at, owner }) => {
    const key = foldCase(word);
    const other = taken.get(key);
    taken.set(key, other ?? owner);
    if (reservedWords.has(key)) return problem(at, `"${word}" is a word of the commands.`, 'Choose another name.');
    return other ? problem(at, `"${word}" already means ${other}.`, 'Choose a word that nothing else has.') : [];
  });
}

function orderProblems({ environments }: Outline): Problem[] {
  const before = (name: string) =>
    Object.hasOwn(environments, name) ? environments[name]?.after?.environment : undefined;
  return Object.keys(environments).flatMap((name) => {
    const way = [name];
    for (let next = before(name); next !== undefined; next = before(next)) {
      if (next === name) {
        const circle = [...way, name].join(' after ');
        return problem(['environments', name, 'after'], `${circle} goes in a circle.`, 'Remove one "after".');
      }
      if (way.includes(next)) return [];
      way.push(next);
    }
    return [];
  });
}

export const wholeFileProblems = (outline: Outline): Problem[] => [...nameProblems(outline), ...orderProblems(outline)];
