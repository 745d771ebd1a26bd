import type { Column, Violation } from './check.ts';

/** What happened in a run, in numbers. */
export interface Figures {
  releases: number;
  /** Stories whose release was accepted. */
  asked: number;
  starts: number;
  kills: number;
  freezes: number;
  /** Of them longer than the lease of a claim. */
  longFreezes: number;
  /** Processes that ended by themselves. */
  ends: number;
  startMs: number;
  redisKills: number;
  slackFaults: number;
  retries: number;
  drainMs: number;
  wallMs: number;
}

/** @param columns what this engine was judged by */
export function tableOf(name: string, figures: Figures, violations: Violation[], columns: readonly Column[]): string {
  const counted = (column: Column) => violations.filter((one) => one.column === column).length;
  const rows: [string, string | number][] = [
    ['engine', name],
    ['releases', figures.releases],
    ['kills', figures.kills],
    ['freezes (longer than the lease)', `${figures.freezes} (${figures.longFreezes})`],
    ['ended by themselves', figures.ends],
    ['starts (mean time to ready)', `${figures.starts} (${seconds(figures.startMs)})`],
    ['Redis kills', figures.redisKills],
    ['Slack faults', figures.slackFaults],
    ['client retries', figures.retries],
    ...columns.map((column): [string, number] => [column, counted(column)]),
    ['time to rest after the faults', seconds(figures.drainMs)],
    ['wall time', seconds(figures.wallMs)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`).join('\n');
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** How releases ended, most frequent first: `succeeded 140, rolled-back 32`. */
export function tally(words: string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([word, count]) => `${word} ${count}`)
    .join(', ');
}
