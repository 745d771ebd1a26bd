import type { Release } from '../../src/release/release.ts';
import { inOrder, type State } from './ledger-state.ts';

export const targets = (state: State): string[] => [
  ...new Set([...state.releases.values()].filter(({ finished }) => finished).map(({ target }) => target)),
];

/** Finished releases of a target beyond the newest `keep`, the oldest first. */
export function outlived(state: State, target: string, keep: number, page: { skip: number; limit: number }): string[] {
  const finished = [...state.releases].filter(([, kept]) => kept.finished && kept.target === target);
  const oldest = inOrder(finished.map(([id, kept]) => [id, kept.finishedSeq]));
  return oldest.slice(0, Math.max(0, oldest.length - keep)).slice(page.skip, page.skip + page.limit);
}

/** A finished release with all that is kept of it. */
export function forget(state: State, { id }: Release, records: string[]): boolean {
  if (!state.releases.get(id)?.finished) return false;
  for (let n = 0; state.cards.delete(`${id}.${n}`); n += 1);
  for (const record of records) state.records.delete(record);
  state.due.delete(id);
  return state.releases.delete(id);
}
