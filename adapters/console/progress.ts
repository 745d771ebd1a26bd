import type { CardView } from '../../src/release/view.ts';
import { toneColour, toneMark } from './paint.ts';
import type { Sheet } from './render.ts';
import { stepLines } from './render-card.ts';
import { oneLine, wrap } from './text.ts';

/** Facts that move all the time, or only at the end. */
const moving = new Set(['Pods', 'Took', 'Approval']);

/** Whether a card must be shown whole again: what may be pressed changed, its mood did, or it has ended. */
export const isTurningPoint = (before: CardView, after: CardView): boolean =>
  after.final || before.tone !== after.tone || labels(before) !== labels(after);

const labels = ({ buttons }: CardView): string => buttons.map((button) => button.label).join('\n');

/** What is new between two turning points: a line, a step that ended, a fact that came. Empty when nobody would see it. */
export function progress(before: CardView, after: CardView, sheet: Sheet): string[] {
  const inside = { ...sheet, width: sheet.width - 2 };
  const [line] = wrap(summary(after), inside.width - 4);
  const mark = sheet.paint([toneColour[after.tone]], toneMark[after.tone]);
  return [
    ...endedSteps(before, after).flatMap((step) => stepLines(step, inside)),
    ...newFacts(before, after)
      .flatMap(({ label, text }) => wrap(`${label}: ${text}`, inside.width - 4))
      .map(indent),
    ...(moved(before, after) ? [`  ${mark} ${line}`] : []),
  ];
}

/** Between two steps nothing is counted: then the line would only repeat the version. */
function moved(before: CardView, after: CardView): boolean {
  const counted = after.facts.some(({ label }) => label === 'Pods');
  const [said, was] = [summary(after), summary(before)];
  return said !== was && (counted || !was.startsWith(said));
}

const indent = (line: string): string => `    ${line}`;

function summary(card: CardView): string {
  const [what = '', state = '', ...rest] = oneLine(card.headline).split(' · ');
  const pods = card.facts.find(({ label }) => label === 'Pods')?.text;
  return [what, state, pods?.replace(/ · user impact: none$/, '') ?? rest.join(' · ')].filter(Boolean).join(' · ');
}

const endedSteps = (before: CardView, after: CardView): CardView['steps'] =>
  after.steps.filter(
    ({ state }, index) => state !== before.steps[index]?.state && (state === 'done' || state === 'failed'),
  );

const newFacts = (before: CardView, after: CardView): CardView['facts'] =>
  after.facts.filter(({ label, text }) => {
    const old = before.facts.find((fact) => fact.label === label);
    return !moving.has(label) && old?.text !== text && before.facts.length > 2;
  });
