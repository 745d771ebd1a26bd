import { type Row, rowSaid, rows, usage, usageAfterVerb } from './grammar-table.ts';
import { foldCase } from './grammar-text.ts';

const detail = (row: Row): string[] => [
  usage(row),
  ...(row.says.length > 1 ? [`Also: ${row.says.slice(1).join(', ')}`] : []),
  `Example: ${row.example}`,
];

/** Commands written alike share a line: `approve | reject <release> [because <reason>]`. */
const overview = (): string[] => {
  const verbs = Map.groupBy(rows, usageAfterVerb);
  return [...verbs].map(([after, alike]) => `${alike.map((row) => row.says[0]).join(' | ')} ${after}`.trim());
};

/** Lines of help: every command, or one (by verb or as it is said) with an example. An unknown one gets them all. */
export const helpFor = (about?: string): string[] => {
  const words = foldCase(about ?? '').trim();
  const row = rows.find(({ verb }) => verb === words) ?? rowSaid(words);
  return row ? detail(row) : overview();
};

/** One line for places that show how to begin, such as the hint of a slash command. */
export const usageHint: string = ['deploy', 'rollback', 'status', 'help']
  .flatMap((verb) => rows.filter((row) => row.verb === verb))
  .map((row) => `${row.says[0]} ${row.head}`)
  .join(' · ');
