import type { types } from '@slack/bolt';
import type { View } from '../../src/release/view.ts';
import { renderAnswer } from './render-answer.ts';
import { renderCard } from './render-card.ts';
import { renderNote } from './render-note.ts';

/** A message as Slack takes it. `text` is what a lock screen and a screen reader have. */
export interface Rendered {
  text: string;
  blocks: types.KnownBlock[];
  metadata?: types.MessageMetadata;
}

/** A view in Slack's words, within its limits. Pure. @param team our workspace: nobody of another one is mentioned. */
export const render = (view: View, team: string): Rendered => {
  switch (view.kind) {
    case 'release':
      return renderCard(view);
    case 'note':
      return renderNote(view, team);
    case 'answer':
      return renderAnswer(view);
  }
};
