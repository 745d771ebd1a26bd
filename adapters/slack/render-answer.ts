import { toneMark } from '../../src/release/mark.ts';
import type { AnswerView } from '../../src/release/view.ts';
import { code, context, packed, sectionOf, shrinkToFit, strong } from './blocks.ts';
import { limits } from './limits.ts';
import type { Rendered } from './render.ts';
import { mrkdwn } from './text.ts';

/** The answer to a question or a refusal. */
export const renderAnswer = (view: AnswerView): Rendered => ({
  text: mrkdwn(
    `${toneMark[view.tone]} ${[view.title, ...view.lines, view.hint ?? ''].filter(Boolean).join('\n')}`,
    limits.fallback,
  ),
  blocks: shrinkToFit((share) => [
    sectionOf(`${toneMark[view.tone]} ${strong(view.title, 1_000 * share)}`),
    ...packed(
      view.lines.slice(0, 60).map((line) => mrkdwn(line, 1_000 * share)),
      limits.section * share,
    ).map(sectionOf),
    ...(view.code ? [code(view.code, limits.section * share)] : []),
    ...(view.hint ? [context(view.hint, 1_500 * share)] : []),
  ]),
});
