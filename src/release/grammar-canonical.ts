import type { Command } from './command.ts';
import { type HeadItem, sequencesOf } from './grammar-head.ts';
import { type ClauseWord, type Row, rows, type Slots } from './grammar-table.ts';
import { saidVerb } from './grammar-values.ts';

const headSlots = ['service', 'env', 'version', 'release', 'command'] as const;

const namesExactly = (items: readonly HeadItem[], slots: Slots): boolean =>
  headSlots.every((slot) => (slots[slot] !== undefined) === items.some((item) => 'slot' in item && item.slot === slot));

const printItem = (item: HeadItem, slots: Slots): string => {
  if ('word' in item) return item.word;
  const value = slots[item.slot] ?? '';
  return item.slot === 'command' ? saidVerb(value) : value;
};

const printClause = (slots: Slots) => (clause: ClauseWord) => {
  const value = slots[clause];
  return value === undefined ? [] : [clause, Array.isArray(value) ? value.join(',') : value];
};

const print = (row: Row, slots: Slots): string => {
  const items = sequencesOf(row.head).find((sequence) => namesExactly(sequence, slots)) ?? [];
  const head = items.map((item) => printItem(item, slots));
  return [row.says[0], ...head, ...row.clauses.flatMap(printClause(slots))].join(' ');
};

/**
 * A command as it would be typed, such that reading it gives the same command again (a plan hash apart, which nobody types).
 * The form has no words: it prints as an empty line. Values must be what the grammar allows; a reason as `cleanReason` leaves it.
 */
export const canonical = (command: Command): string => {
  const row = rows.find(({ verb }) => verb === command.verb);
  return row ? print(row, row.write(command as never)) : '';
};
