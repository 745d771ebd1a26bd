import { stepMark, toneMark } from '../../src/release/mark.ts';
import type { CardView } from '../../src/release/view.ts';
import type { Sent } from './activity.ts';
import { type Block, band, beside, line, pair, shrinkToFit } from './blocks.ts';
import { buttonRows } from './buttons.ts';
import { limits } from './limits.ts';
import { oneLine } from './text.ts';

/** The release card: headline, facts, steps, footer, at most three buttons. */
export const renderCard = (view: CardView): Sent => {
  const { above, last } = buttonRows(view.buttons);
  return shrinkToFit((share) => ({
    summary: `${toneMark[view.tone]} ${view.headline}`,
    body: [
      band(view.tone, headline(view, share)),
      ...view.facts.slice(0, limits.facts).map(({ label, text }) => pair(label, text, limits.fact * share)),
      ...view.steps.slice(0, limits.steps).map((step, index) => stepLine(step, index, share)),
      ...(view.footer
        ? [line(view.footer, 600 * share, { size: 'Small', isSubtle: true }, { spacing: 'Medium' })]
        : []),
      ...above,
    ],
    actions: last,
  }));
};

/** What, where and its state in the largest type; what follows them is said below, so that a phone shows both. */
const headline = ({ tone, headline: text }: CardView, share: number): Block[] => {
  const [first, rest] = parted(text);
  const state = line(`${toneMark[tone]} ${first}`, limits.state, { size: 'Large', weight: 'Bolder' });
  return rest ? [state, line(rest, limits.fact * share, { weight: 'Bolder' }, { spacing: 'Small' })] : [state];
};

/** A headline before and after its second "·". */
const parted = (text: string): [string, string] => {
  const parts = text.split(' · ');
  return [parts.slice(0, 2).join(' · '), parts.slice(2).join(' · ')];
};

type Step = CardView['steps'][number];

/** The mark has a column of its own, so that a text of two lines stays beside it. Green on white is hard to read in Teams. */
const stepLine = ({ state, text, elapsed }: Step, index: number, share: number): Block => {
  const weight = state === 'now' ? ({ weight: 'Bolder' } as const) : {};
  const color = state === 'failed' ? ({ color: 'Attention' } as const) : {};
  const took = elapsed ? ` · ${oneLine(elapsed, 10 + 30 * share)}` : '';
  return beside(
    '16px',
    line(stepMark[state], 2, { ...weight, ...color }),
    line(`${oneLine(text, limits.step * share)}${took}`, limits.step + 50, weight),
    index === 0 ? 'Medium' : 'None',
  );
};
