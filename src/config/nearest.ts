/** Edits (insert, drop, replace, swap two neighbours) that turn one word into the other. */
export function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let above = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let least = Math.min(above[column]! + 1, line[column - 1]! + 1, above[column - 1]! + (same ? 0 : 1));
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) least = Math.min(least, before[column - 2]! + 1);
      line.push(least);
    }
    [before, above] = [above, line];
  }
  return above[right.length]!;
}

/** The known words that somebody who typed `word` most likely meant, nearest first, at most `limit`. */
export function nearest(word: string, known: Iterable<string>, limit = 1): string[] {
  const typed = word.toLowerCase();
  const reach = Math.max(1, Math.floor(typed.length / 3));
  return [...known]
    .map((candidate) => ({ candidate, distance: editDistance(typed, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** `Did you mean "image"?`, or else which words there are. */
export function didYouMean(word: string, known: readonly string[], what: string): string {
  const [best] = nearest(word, known);
  if (best) return `Did you mean "${best}"?`;
  return known.length === 0 ? `There is no ${what} yet; add it first.` : `Name one of: ${known.join(', ')}.`;
}
