import type { CardView, Tone } from './view.ts';

/** Marks as chat platforms show them; a terminal has its own, of one column each. */

/** A mark for each mood: its shape tells as much as its colour. */
export const toneMark: Record<Tone, string> = {
  working: '⏳',
  waiting: '✋',
  good: '✅',
  bad: '❌',
  stopped: '⏸️',
  told: 'ℹ️',
};

export const stepMark: Record<CardView['steps'][number]['state'], string> = {
  done: '✓',
  now: '▸',
  todo: '○',
  failed: '✗',
};
