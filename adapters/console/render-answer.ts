import type { AnswerView } from '../../src/release/view.ts';
import { codeLines } from './code.ts';
import { apart, toneColour, toneMark } from './paint.ts';
import type { Sheet } from './render.ts';
import { wrap } from './text.ts';

const aside = 'only you see this';

/** The answer to a question or a refusal; a private one says so. */
export function renderAnswer(view: AnswerView, sheet: Sheet, secret = false): string[] {
  const { width, paint } = sheet;
  const mark = paint([toneColour[view.tone]], toneMark[view.tone]);
  const title = wrap(view.title, width - 4).map((line, row) => `  ${row === 0 ? mark : ' '} ${paint(['bold'], line)}`);
  const rest = [
    ...view.lines.slice(0, 60).flatMap((line) => indented(line, width - 4)),
    ...codeLines(view.code, paint).map((line) => `      ${line}`),
    ...(view.hint ? wrap(view.hint, width - 6).map((line, row) => `    ${row === 0 ? '→' : ' '} ${line}`) : []),
  ];
  return secret ? marked([...title, ...rest], title.length - 1, sheet) : [...title, ...rest];
}

/** The remark stands at the right, beside the end of the title or below it: where there is room first. */
function marked(lines: string[], from: number, { width, paint }: Sheet): string[] {
  const remark = paint(['gray'], aside);
  const row = lines.findIndex((line, index) => index >= from && apart(line, remark, width) !== undefined);
  if (row === -1) return [...lines, `    ${remark}`];
  return lines.with(row, apart(lines[row]!, remark, width)!);
}

const indented = (text: string, columns: number): string[] =>
  wrap(text, columns - 2).map((line, row) => `    ${row === 0 ? '' : '  '}${line}`);
