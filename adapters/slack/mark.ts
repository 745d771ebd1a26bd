import type { CardView, Tone } from '../../src/release/view.ts';

/** A mark for each mood: its shape tells as much as its colour. */
export const toneMark: Record<Tone, string> = { working: '⏳', waiting: '✋', good: '✅', bad: '❌', stopped: '⏸️' };

export const stepMark: Record<CardView['steps'][number]['state'], string> = {
  done: '✓',
  now: '▸',
  todo: '○',
  failed: '✗',
};
