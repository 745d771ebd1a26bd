import type { Mention, NoteView } from '../../src/release/view.ts';
import { codeLines } from './code.ts';
import { plain, toneColour, toneMark } from './paint.ts';
import type { Sheet } from './render.ts';
import { clip, oneLine, wrap } from './text.ts';

/** One line of a card's thread, indented below it; a loud one stands in the channel as well, so it is bold. */
export function renderNote(view: NoteView, { width, paint }: Sheet, loud = false): string[] {
  const gutter = `  ${paint([loud ? toneColour[view.tone] : 'gray'], loud ? '┃' : '│')} `;
  const calls = [...new Set(view.mentions.slice(0, 20).map(called))].join(' ');
  const page = view.page ? ['Whoever is on duty is called.'] : [];
  const said = wrap([view.text, ...page].join('\n'), width - 6);
  const text = said.map((line) => (loud ? paint(['bold'], line) : line));
  const mark = paint([toneColour[view.tone]], toneMark[view.tone]);
  const first = `${gutter}${mark} ${text[0]}`;
  return [
    first,
    ...text.slice(1).map((line) => `${gutter}  ${line}`),
    ...(calls ? wrap(calls, width - 6).map((line) => `${gutter}  ${paint(['cyan'], line)}`) : []),
    // Logs of a failure are what people look for; commands to copy may stand back.
    // No gutter: whoever copies a command must not copy a line of ours.
    ...codeLines(view.code, view.tone === 'bad' ? plain : paint).map((line) => `      ${line}`),
  ];
}

const called = (mention: Mention): string => `@${clip(oneLine(mention.name), 80)}`;
