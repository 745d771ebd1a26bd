import type { Command } from './command.ts';
import { type HeadItem, type HeadSlot, sequencesOf } from './grammar-head.ts';
import { type ClauseWord, type Row, rows, type Slots } from './grammar-table.ts';
import { foldCase } from './grammar-text.ts';
import { type Reading, readClause, readSlot } from './grammar-values.ts';
import type { Lexicon } from './grammar-words.ts';

/** What would have been understood at the place where a line stopped making sense. */
export type Expected = { row: Row } & (
  | { word: string }
  | { slot: HeadSlot }
  | { clause: ClauseWord }
  | { value: ClauseWord }
  | { twice: ClauseWord }
  | { end: true }
);

/** The furthest word that any rule reached without understanding it: the one to tell the person about. */
export interface Miss {
  at: number;
  expected: Expected[];
}

const forms: readonly { row: Row; items: HeadItem[] }[] = rows.flatMap((row) =>
  row.says.flatMap((said) =>
    sequencesOf(row.head).map((items) => ({ row, items: [...said.split(' ').map((word) => ({ word })), ...items] })),
  ),
);

const miss = (furthest: Miss, at: number, expected: Expected): [] => {
  if (at > furthest.at) Object.assign(furthest, { at, expected: [] });
  if (at === furthest.at) furthest.expected.push(expected);
  return [];
};

/** One walk of one form over the tokens. Every reading that covers all of them comes back; none ignores a word. */
const walk = (row: Row, tokens: readonly string[], lexicon: Lexicon, furthest: Miss) => {
  const head = (items: readonly HeadItem[], at: number): Reading[] => {
    const [item, ...rest] = items;
    if (!item) return [{ slots: {}, next: at }];
    const found = 'word' in item ? word(item.word, at) : readSlot[item.slot](tokens, at, lexicon);
    if (found.length === 0) return miss(furthest, at, { row, ...item });
    return found.flatMap((left) => head(rest, left.next).map((right) => merge(left, right)));
  };
  const word = (expected: string, at: number): Reading[] =>
    at < tokens.length && foldCase(tokens[at] ?? '') === expected ? [{ slots: {}, next: at + 1 }] : [];

  const clauses = ({ slots, next: at }: Reading): Slots[] => {
    const open = row.clauses.filter((clause) => !(clause in slots));
    const clause = row.clauses.find((word) => at < tokens.length && word === foldCase(tokens[at] ?? ''));
    if (!clause) return end(slots, at, open);
    if (clause in slots) return miss(furthest, at, { row, twice: clause });
    const found = readClause[clause](tokens, at + 1, lexicon, row.clauses);
    if (found.length === 0) return miss(furthest, at + 1, { row, value: clause });
    return found.flatMap((value) => clauses(merge({ slots, next: at }, value)));
  };
  const end = (slots: Slots, at: number, open: readonly ClauseWord[]): Slots[] => {
    const missing = open.filter((clause) => row.needs.includes(clause));
    if (at === tokens.length && missing.length === 0) return [slots];
    const wanted = at === tokens.length ? missing : open;
    for (const clause of wanted) miss(furthest, at, { row, clause });
    return at === tokens.length || missing.length > 0 ? [] : miss(furthest, at, { row, end: true });
  };
  return (items: readonly HeadItem[]): Slots[] => head(items, 0).flatMap(clauses);
};

const merge = (left: Reading, right: Reading): Reading => ({
  slots: { ...left.slots, ...right.slots },
  next: right.next,
});

/**
 * Every command that these words are, word for word. Two different ones mean that the words are ambiguous; none means that
 * `miss` says where understanding ended.
 */
export const match = (tokens: readonly string[], lexicon: Lexicon): { commands: Command[]; miss: Miss } => {
  const furthest: Miss = { at: -1, expected: [] };
  const commands = forms.flatMap(({ row, items }) =>
    walk(row, tokens, lexicon, furthest)(items).map((slots) => row.read(slots)),
  );
  return { commands: distinct(commands), miss: furthest };
};

const distinct = (commands: Command[]): Command[] => [
  ...new Map(commands.map((command) => [JSON.stringify(command), command])).values(),
];
