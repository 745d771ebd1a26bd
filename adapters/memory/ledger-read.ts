import { TerminalError } from '../../src/errors.ts';
import type { Kept, Ledger } from '../../src/ports.ts';
import type { Happened } from '../../src/release/event.ts';
import type { Release } from '../../src/release/release.ts';
import { schema } from './ledger-due.ts';
import { inOrder, type KeptRelease, queueOf, type State } from './ledger-state.ts';

export function load(state: State, id: string): { release: Release; now: number } | undefined {
  const kept = state.releases.get(id);
  if (!kept) return undefined;
  if (kept.schema > schema) throw newerSchema(id);
  return { release: JSON.parse(kept.json), now: state.now() };
}

const newerSchema = (id: string): TerminalError =>
  new TerminalError(
    'misconfigured',
    `release ${id} was written by a newer version of Release Engineer`,
    'Update this process, or stop it: the newer one carries the release on.',
  );

export const events = (state: State, id: string, afterRev = 0): Happened[] =>
  (state.releases.get(id)?.events ?? []).slice(afterRev).map((json) => JSON.parse(json));

export function read(state: State, keys: string[]): { records: Kept[]; now: number } {
  const records = keys.map((key): Kept => {
    const kept = state.records.get(key);
    return kept ? { rev: kept.rev, value: JSON.parse(kept.json) } : { rev: 0, value: undefined };
  });
  return { records, now: state.now() };
}

/** Snapshots that we understand, in the order of one of their numbers. */
function snapshots(state: State, which: (kept: KeptRelease) => boolean, by: 'born' | 'finishedSeq'): Release[] {
  const found = [...state.releases].filter(([, kept]) => kept.schema <= schema && which(kept));
  return inOrder(found.map(([id, kept]) => [id, kept[by]])).map((id) => JSON.parse(state.releases.get(id)?.json ?? ''));
}

export const active = (state: State): Release[] => snapshots(state, (kept) => !kept.finished, 'born');

export function target(state: State, key: string, limit: number): Awaited<ReturnType<Ledger['target']>> {
  const finished = snapshots(state, (kept) => kept.target === key && kept.finished, 'finishedSeq').reverse();
  return {
    active: snapshots(state, (kept) => kept.target === key && !kept.finished, 'born'),
    queue: [...queueOf(state, key)],
    recent: finished.slice(0, Math.max(0, limit)),
    now: state.now(),
  };
}
