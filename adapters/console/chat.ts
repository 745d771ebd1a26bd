import type { Chat } from '../../src/ports.ts';
import type { CardView, View } from '../../src/release/view.ts';
import { isTurningPoint, progress } from './progress.ts';
import { render, type Sheet } from './render.ts';
import { renderCard } from './render-card.ts';
import { renderNote } from './render-note.ts';

/** Something that is printed at once. `message` is the card that it belongs to. */
export interface Block {
  kind: 'card' | 'progress' | 'thread' | 'loud' | 'answer' | 'words';
  message?: string;
  lines: string[];
}

/** Where blocks go. */
export interface Screen extends Sheet {
  print(block: Block): void;
}

export interface ConsoleChat extends Chat {
  /** The card that was posted last: its buttons have the numbers. */
  newest(): CardView | undefined;
  /** Everybody may forget a card, as a cleared screen does: its next change is a card of its own. */
  forget(message: string): void;
  forgetAll(): void;
  /** The views of every card that is shown, oldest first. */
  cards(): CardView[];
}

/** A terminal is read from top to bottom: a card is printed whole when it matters, else by what has changed. */
const paceMs = 1_000;

/** The Chat port in a terminal. */
export function consoleChat(screen: Screen): ConsoleChat {
  const shown = new Map<string, View>();
  let posted = 0;
  let speaking = '';
  const newest = (): string | undefined => [...shown].findLast(([, view]) => view.kind === 'release')?.[0];

  const whole = (message: string, view: View): void => {
    const lines =
      view.kind === 'release'
        ? renderCard(view, screen, message === newest() ? 'numbers' : 'words')
        : render(view, screen);
    speaking = message;
    screen.print({ kind: 'card', message, lines });
  };

  /** What follows a card of another release first says whose it is. */
  const below = (kind: Block['kind'], message: string, lines: string[]): void => {
    const card = shown.get(message);
    const whose = message === speaking || card?.kind !== 'release' ? [] : [`  ${screen.paint(['gray'], card.release)}`];
    speaking = message;
    if (lines.length > 0) screen.print({ kind, message, lines: [...whose, ...lines] });
  };

  return {
    paceMs,
    allowances: () => [],
    async post(_, view) {
      posted += 1;
      const message = `card-${posted}`;
      shown.set(message, view);
      whole(message, view);
      return message;
    },
    async update(_, message, view) {
      const before = shown.get(message);
      if (!before) return 'gone';
      shown.set(message, view);
      if (before.kind !== 'release' || view.kind !== 'release' || isTurningPoint(before, view)) whole(message, view);
      else below('progress', message, progress(before, view, screen));
      return 'ok';
    },
    async reply(_, message, view, loud) {
      if (!loud && !shown.has(message)) return;
      const lines = view.kind === 'note' ? renderNote(view, screen, loud) : render(view, screen);
      below(loud ? 'loud' : 'thread', message, lines);
    },
    newest: () => shown.get(newest() ?? '') as CardView | undefined,
    forget: (message) => void shown.delete(message),
    forgetAll: () => shown.clear(),
    cards: () => [...shown.values()].filter((view) => view.kind === 'release'),
  };
}
