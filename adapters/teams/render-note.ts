import { toneMark } from '../../src/release/mark.ts';
import type { NoteView } from '../../src/release/view.ts';
import type { Sent } from './activity.ts';
import { code, paragraph, shrinkToFit } from './blocks.ts';
import { limits } from './limits.ts';
import { callsOf } from './mention.ts';

/** One line in the card's thread; the only view that calls people. */
export const renderNote = (view: NoteView, tenant: string): Sent => {
  const calls = callsOf(view.mentions, tenant);
  const text = `${toneMark[view.tone]} ${view.text}`;
  return shrinkToFit((share) => ({
    summary: text,
    body: [
      ...paragraph([text], Math.max(100, limits.line * share)),
      ...calls.blocks,
      ...(view.code ? [code(view.code, limits.code * share)] : []),
    ],
    entities: calls.entities,
  }));
};
