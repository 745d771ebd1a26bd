import { type Figure, isMet, ratioOf, summaryOf } from './figure.ts';

const heads = ['figure', 'n', 'target', 'min', 'median', 'p99', 'peer: min / median / p99', 'ratio', 'met'];

/** All figures in one table of Markdown, and their notes below it. */
export function tableOf(figures: Figure[]): string {
  const rows = [heads, heads.map(() => '---'), ...figures.map(rowOf)];
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => pad(cell, widths[column]!)).join(' | ')} |`);
  const notes = figures.flatMap(({ name, notes: said }) => said.map((note) => `- ${name}: ${note}`));
  return [...lines, '', ...notes].join('\n');
}

const pad = (cell: string, width: number): string => (cell === '---' ? '-'.repeat(width) : cell.padEnd(width));

function rowOf(figure: Figure): string[] {
  const { name, unit, target, samples, peer } = figure;
  const { n, min, median, p99 } = summaryOf(samples);
  const say = (value: number) => saying(value, unit);
  const theirs = peer && summaryOf(peer.samples);
  const ratio = ratioOf(figure);
  const met = isMet(figure);
  return [
    name,
    String(n),
    target ? `${target.of} ≤ ${say(target.most)}` : 'reported',
    say(min),
    say(median),
    say(p99),
    theirs ? `${peer.name}: ${say(theirs.min)} / ${say(theirs.median)} / ${say(theirs.p99)}` : '',
    ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
    met === undefined ? '' : met ? 'yes' : 'NO',
  ];
}

function saying(value: number, unit: Figure['unit']): string {
  if (Number.isNaN(value)) return '–';
  if (unit === 'requests') return value.toFixed(1).replace(/\.0$/, '');
  return Math.abs(value) < 1_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(2)} s`;
}
