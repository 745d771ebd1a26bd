import { toneMark } from '../../src/release/mark.ts';
import type { AnswerView } from '../../src/release/view.ts';
import type { Sent } from './activity.ts';
import { type Block, code, line, paragraph, shrinkToFit } from './blocks.ts';
import { limits } from './limits.ts';

/** The answer to a question or a refusal. */
export const renderAnswer = (view: AnswerView): Sent =>
  shrinkToFit((share) => ({
    summary: [`${toneMark[view.tone]} ${view.title}`, ...view.lines, view.hint ?? ''].filter(Boolean).join('\n'),
    body: answerBlocks(view, share),
  }));

/** What an answer consists of; a form shows a refusal the same way. */
export const answerBlocks = (view: AnswerView, share: number): Block[] => [
  line(`${toneMark[view.tone]} ${view.title}`, limits.line * share, { weight: 'Bolder' }),
  ...(view.lines.length > 0 ? paragraph(view.lines, limits.line * share) : []),
  ...(view.code ? [code(view.code, limits.code * share)] : []),
  ...(view.hint ? [line(`→ ${view.hint}`, limits.line * share)] : []),
];
