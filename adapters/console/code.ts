import type { Paint } from './paint.ts';
import { clean } from './text.ts';

const mostLines = 40;
const longest = 2_000;

/**
 * Code as it came, line by line. Long lines are left to the terminal to fold: a command that was broken by us would do
 * half of its work when it is pasted.
 */
export function codeLines(code: string | undefined, paint: Paint): string[] {
  if (code === undefined || code === '') return [];
  const lines = clean(code).trimEnd().split('\n');
  const kept =
    lines.length > mostLines ? [`… ${lines.length - mostLines} lines before`, ...lines.slice(-mostLines)] : lines;
  return kept.map((line) => paint(['gray'], line.length > longest ? `${line.slice(0, longest)}…` : line));
}
