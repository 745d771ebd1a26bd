import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pressSize } from '../../../adapters/slack/blocks.ts';
import { limits } from '../../../adapters/slack/limits.ts';
import { type Rendered, render } from '../../../adapters/slack/render.ts';
import {
  type AnswerView,
  type Button,
  buttonVerbs,
  type CardView,
  type NoteView,
  type View,
} from '../../../src/release/view.ts';
import { blockProblems } from '../../servers/slack/validation.ts';

const words = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 60 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 400 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '"'.repeat(4_000),
      '&'.repeat(4_000),
      '\\'.repeat(9_000),
      '<!channel> '.repeat(900),
      '\n'.repeat(5_000),
      '発'.repeat(9_000),
      `https://a.example/${'x'.repeat(3_000)}`,
    ),
  },
);
const tone = fc.constantFrom('working', 'waiting', 'good', 'bad', 'stopped' as const);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const ref = fc.string({ minLength: 1, maxLength: 200 });

const button: fc.Arbitrary<Button> = fc.record({
  verb: fc.constantFrom(...buttonVerbs),
  label: words,
  style: optional(fc.constantFrom('primary', 'danger' as const)),
  ref,
  confirm: optional(fc.record({ title: words, text: words, yes: words, no: words })),
  asksReason: optional(fc.boolean()),
});
const step = fc.record({
  text: words,
  state: fc.constantFrom('done', 'now', 'todo', 'failed' as const),
  elapsed: optional(words),
});
const card: fc.Arbitrary<CardView> = fc.record({
  kind: fc.constant('release' as const),
  release: fc.constant('payments-7f3'),
  rev: fc.nat(),
  final: fc.boolean(),
  tone,
  headline: words,
  facts: fc.array(fc.record({ label: words, text: words }), { maxLength: 50 }),
  steps: fc.array(step, { maxLength: 60 }),
  buttons: fc.array(button, { maxLength: 5 }),
  footer: optional(words),
});
const mention = fc.oneof(
  fc.record({
    person: fc.constantFrom('U0ALICE', 'W1', '<!channel>', 'u1'),
    surface: fc.constantFrom('slack', 'teams'),
    tenant: fc.constantFrom('T0ACME', 'T0EVIL'),
    name: words,
  }),
  fc.record({ group: fc.constantFrom('slack:S0RELMGR', 'slack:<!here>', 'teams:1'), name: words }),
);
const note: fc.Arbitrary<NoteView> = fc.record({
  kind: fc.constant('note' as const),
  tone,
  text: words,
  code: optional(words),
  mentions: fc.array(mention, { maxLength: 30 }),
});
const answer: fc.Arbitrary<AnswerView> = fc.record({
  kind: fc.constant('answer' as const),
  tone,
  title: words,
  lines: fc.array(words, { maxLength: 80 }),
  code: optional(words),
  hint: optional(words),
});

const called = ({ text, blocks }: Rendered): string[] =>
  [text, JSON.stringify(blocks.filter((it) => it.type !== 'rich_text'))].flatMap(
    (it) => it.match(/<[!@#][^>]*>/g) ?? [],
  );

describe('any view', () => {
  it.each<[string, fc.Arbitrary<View>]>([
    ['card', card],
    ['note', note],
    ['answer', answer],
  ])('a %s stays within what Slack takes', (_kind, views) => {
    fc.assert(
      fc.property(views, (view) => {
        const { text, blocks } = render(view, 'T0ACME');
        expect(blockProblems(blocks)).toEqual([]);
        expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(limits.blocksJson);
        expect(pressSize(JSON.stringify({ blocks, text }))).toBeLessThan(limits.requestBody - 4_096);
        expect(
          Buffer.byteLength(text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')),
        ).toBeLessThanOrEqual(4_000);
      }),
      { numRuns: 150 },
    );
  });

  it('calls nobody whom it does not mean to', () => {
    fc.assert(
      fc.property(fc.oneof(note, answer), (view) => {
        for (const it of called(render(view, 'T0ACME')))
          expect(['<@U0ALICE>', '<@W1>', '<!subteam^S0RELMGR>']).toContain(it);
      }),
      { numRuns: 150 },
    );
  });
});
