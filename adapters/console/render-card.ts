import type { Button, CardView } from '../../src/release/view.ts';
import { apart, type Colour, padded, paintedWidth, toneColour, toneMark } from './paint.ts';
import type { Sheet } from './render.ts';
import { clip, oneLine, wrap } from './text.ts';

const stepMark: Record<Step['state'], string> = { done: '✔', now: '▸', todo: '○', failed: '✖' };
const stepColour: Record<Step['state'], Colour[]> = { done: ['green'], now: ['bold'], todo: ['gray'], failed: ['red'] };

type Step = CardView['steps'][number];

/** How the buttons of a card are used: by their numbers, or (an older card) only by words. */
export type Pressing = 'numbers' | 'words';

/** The release card as a box: headline, facts, steps, buttons; its id in the frame. */
export function renderCard(view: CardView, sheet: Sheet, pressing: Pressing = 'numbers'): string[] {
  const inside: Sheet = { ...sheet, width: sheet.width - 4 };
  const groups = [
    [...headline(view, inside), ...facts(view.facts.slice(0, 30), inside)],
    view.steps.slice(0, 40).flatMap((step) => stepLines(step, inside)),
    pressing === 'numbers' ? numbered(view.buttons, inside) : byWords(view, inside),
    warnings(view, inside),
  ];
  const filled = groups.filter((lines) => lines.length > 0);
  return frame(
    filled.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])),
    view,
    sheet,
  );
}

function headline({ tone, headline: text }: CardView, { width, paint }: Sheet): string[] {
  const lines = wrap(oneLine(text).slice(0, 400), width - 2);
  return lines.map((line, index) => paint([toneColour[tone], 'bold'], `${index === 0 ? toneMark[tone] : ' '} ${line}`));
}

function facts(all: CardView['facts'], { width, paint }: Sheet): string[] {
  const labels = all.map(({ label }) => clip(oneLine(label), 16));
  const column = Math.max(0, ...labels.map((label) => label.length)) + 2;
  const rows = all.flatMap(({ text }, index) =>
    wrap(text, width - 2 - column).map((line, row) => {
      const label = padded(row === 0 ? labels[index]! : '', column);
      return `  ${paint(['gray'], label)}${line}`;
    }),
  );
  return rows.length > 0 ? ['', ...rows] : [];
}

/** One step: its mark, what it does, how long it took. */
export function stepLines({ state, text, elapsed }: Step, { width, paint }: Sheet): string[] {
  const took = elapsed ? paint(['gray'], clip(oneLine(elapsed), 20)) : '';
  const [first = '', ...rest] = wrap(text, width - 4 - (took ? paintedWidth(took) + 2 : 0));
  const left = `  ${paint(stepColour[state], `${stepMark[state]} ${first}`)}`;
  return [took ? (apart(left, took, width) ?? left) : left, ...rest.map((line) => `    ${line}`)];
}

const buttonColour = ({ style }: Button): Colour[] => {
  if (style === 'danger') return ['red'];
  return style === 'primary' ? ['green'] : [];
};

function numbered(all: Button[], sheet: Sheet): string[] {
  const words = all.map((button, index) => {
    const label = clip(oneLine(button.label), 60);
    const { paint } = sheet;
    return `${paint(['bold'], `[${index + 1}]`)} ${buttonColour(button).length > 0 ? paint(buttonColour(button), label) : label}`;
  });
  return inRows(words, sheet.width);
}

function inRows(words: string[], columns: number): string[] {
  const rows: string[] = [];
  for (const word of words) {
    const row = rows.at(-1);
    const longer = row === undefined ? undefined : `${row}   ${word}`;
    if (longer !== undefined && paintedWidth(longer) <= columns) rows[rows.length - 1] = longer;
    else rows.push(`  ${word}`);
  }
  return rows;
}

function byWords({ release, buttons }: CardView, { width, paint }: Sheet): string[] {
  if (buttons.length === 0) return [];
  const all = buttons.map(({ verb }) => verb.replace('-', ' ')).join(', ');
  return wrap(`Numbers are the newest card’s. For this one type ${all} and ${release}.`, width - 2).map(
    (line) => `  ${paint(['gray'], line)}`,
  );
}

/** The footer begins with the release's id, which the frame shows; what follows are warnings. */
function warnings({ footer, release }: CardView, { width, paint }: Sheet): string[] {
  const rest = oneLine(footer ?? '')
    .replace(release, '')
    .replace(/^ · /, '');
  return rest === '' ? [] : wrap(rest, width - 2).map((line) => `  ${paint(['yellow'], line)}`);
}

function frame(lines: string[], { release, tone }: CardView, { width, paint }: Sheet): string[] {
  const edge = (text: string): string => paint([toneColour[tone]], text);
  const id = ` ${clip(oneLine(release), width - 8)} `;
  return [
    edge(`╭${'─'.repeat(width - 2)}╮`),
    ...lines.map((line) => `${edge('│')} ${padded(line, width - 4)} ${edge('│')}`),
    edge(`╰──${id}${'─'.repeat(Math.max(0, width - 4 - paintedWidth(id)))}╯`),
  ];
}
