import type { View } from '../../src/release/view.ts';
import type { Paint } from './paint.ts';
import { renderAnswer } from './render-answer.ts';
import { renderCard } from './render-card.ts';
import { renderNote } from './render-note.ts';

/** What a view is shown on. */
export interface Sheet {
  /** Columns. */
  width: number;
  paint: Paint;
}

/** A view as lines of text. Pure. */
export function render(view: View, sheet: Sheet): string[] {
  switch (view.kind) {
    case 'release':
      return renderCard(view, sheet);
    case 'note':
      return renderNote(view, sheet);
    case 'answer':
      return renderAnswer(view, sheet);
  }
}
