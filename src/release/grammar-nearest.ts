const longestWord = 64;

/** How many slips we forgive: none in two letters (`no` is not `in`), one in a short word, two in a long one. */
const forgiven = (word: string): number => {
  if (word.length <= 2) return 0;
  return word.length <= 5 ? 1 : 2;
};

/**
 * Slips between two words: letters missing, added, replaced, or swapped with their neighbour (Damerau-Levenshtein, each
 * stretch edited once). Counts UTF-16 units.
 */
export const slips = (from: string, to: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1;
      let best = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + same);
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) best = Math.min(best, beforeLast[column - 2]! + 1);
      current.push(best);
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length]!;
};

/** "undeploy" asks for the opposite of "deploy", not for a correction of it. */
const opposite = (typed: string, word: string): boolean => typed === `un${word}` || typed === `dont${word}`;

/** The known words that somebody most likely meant, nearest first; never the word itself, never a far guess. */
export const nearest = (typed: string, known: Iterable<string>, limit = 3): { word: string; slips: number }[] => {
  const allowed = forgiven(typed);
  if (allowed === 0 || typed.length > longestWord) return [];
  return [...known]
    .filter((word) => Math.abs(word.length - typed.length) <= allowed && !opposite(typed, word))
    .map((word) => ({ word, slips: slips(typed, word) }))
    .filter((near) => near.slips > 0 && near.slips <= Math.min(allowed, near.word.length - 2))
    .sort((a, b) => a.slips - b.slips)
    .slice(0, limit);
};
