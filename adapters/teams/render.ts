import type { View } from '../../src/release/view.ts';
import type { Sent } from './activity.ts';
import { renderAnswer } from './render-answer.ts';
import { renderCard } from './render-card.ts';
import { renderNote } from './render-note.ts';

/** A view in Teams' words, within its limits. Pure. @param tenant ours: nobody of another one is mentioned */
export const render = (view: View, tenant: string): Sent => {
  switch (view.kind) {
    case 'release':
      return renderCard(view);
    case 'note':
      return renderNote(view, tenant);
    case 'answer':
      return renderAnswer(view);
  }
};
