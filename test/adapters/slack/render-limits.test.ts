import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pressSize } from '../../../adapters/slack/blocks.ts';
import { limits } from '../../../adapters/slack/limits.ts';
import { type Rendered, render } from '../../../adapters/slack/render.ts';
import type { View } from '../../../src/release/view.ts';
import { anyAnswer, anyCard, anyNote } from '../../fixtures/any-view.ts';
import { blockProblems } from '../../servers/slack/validation.ts';

const called = ({ text, blocks }: Rendered): string[] =>
  [text, JSON.stringify(blocks.filter((it) => it.type !== 'rich_text'))].flatMap(
    (it) => it.match(/<[!@#][^>]*>/g) ?? [],
  );

describe('any view', () => {
  it.each<[string, fc.Arbitrary<View>]>([
    ['card', anyCard],
    ['note', anyNote],
    ['answer', anyAnswer],
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
      fc.property(fc.oneof(anyNote, anyAnswer), (view) => {
        for (const it of called(render(view, 'T0ACME')))
          expect(['<@U0ALICE>', '<@W1>', '<!subteam^S0RELMGR>']).toContain(it);
      }),
      { numRuns: 150 },
    );
  });
});
