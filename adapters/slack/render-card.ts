import type { types } from '@slack/bolt';
import { stepMark, toneMark } from '../../src/release/mark.ts';
import type { Button, CardView } from '../../src/release/view.ts';
import { type Block, context, markup, packed, plainText, section, sectionOf, shrinkToFit, strong } from './blocks.ts';
import { buttonId } from './button-id.ts';
import { limits } from './limits.ts';
import type { Rendered } from './render.ts';
import { mrkdwn } from './text.ts';

/** Metadata by which we find a card again whose posting we do not remember. */
export const cardMetadata = 'release';

/** The release card: headline, facts, steps, at most three buttons, footer. */
export const renderCard = (view: CardView): Rendered => ({
  text: mrkdwn(`${toneMark[view.tone]} ${view.headline}`, limits.fallback),
  blocks: shrinkToFit((share) => [
    ...headline(view),
    ...facts(view.facts, share),
    ...steps(view.steps, share),
    ...buttons(view.buttons),
    ...(view.footer ? [context(view.footer, 600 * share)] : []),
  ]),
  metadata: { event_type: cardMetadata, event_payload: { release: view.release, rev: view.rev } },
});

/** A header is the largest type on a phone, but short: what does not fit into it follows in full. */
const headline = ({ tone, headline: text }: CardView): Block[] => {
  const line = `${toneMark[tone]} ${text}`;
  const header: Block = { type: 'header', text: plainText(line, limits.header) };
  return line.length > limits.header ? [header, section(text, limits.fallback)] : [header];
};

const facts = (all: CardView['facts'], share: number): Block[] =>
  chunks(all.slice(0, 30), limits.fieldsPerSection).map((some) => ({
    type: 'section',
    fields: some.map(({ label, text }) => markup(`${strong(label, 20 + 60 * share)}\n${mrkdwn(text, 500 * share)}`)),
  }));

const steps = (all: CardView['steps'], share: number): Block[] => {
  const lines = all.slice(0, 40).map(({ state, text, elapsed }) => {
    const line = `${stepMark[state]} ${mrkdwn(text, 200 * share)}${elapsed ? ` · ${mrkdwn(elapsed, 10 + 30 * share)}` : ''}`;
    return state === 'now' ? `*${line.replaceAll('*', '∗')}*` : line;
  });
  return packed(lines, limits.section * share).map(sectionOf);
};

const buttons = (all: Button[]): Block[] =>
  all.length === 0 ? [] : [{ type: 'actions', elements: all.slice(0, 3).map(button) }];

const button = (it: Button, index: number): types.Button => ({
  type: 'button',
  action_id: buttonId(it, index),
  text: plainText(it.label, limits.button),
  value: it.ref,
  ...(it.style ? { style: it.style } : {}),
  ...(it.confirm ? { confirm: confirm(it.confirm, it.style) } : {}),
});

const confirm = (ask: NonNullable<Button['confirm']>, style: Button['style']): types.ConfirmationDialog => ({
  title: plainText(ask.title, limits.confirmTitle),
  text: plainText(ask.text, limits.confirmText),
  confirm: plainText(ask.yes, limits.confirmButton),
  deny: plainText(ask.no, limits.confirmButton),
  ...(style ? { style } : {}),
});

const chunks = <T>(all: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
