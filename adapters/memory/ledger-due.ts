import { inOrder, type State } from './ledger-state.ts';

/** The newest snapshot that this code understands. */
export const schema = 1;

/** Ids that are due, each pushed by a lease; snapshots of a newer schema stay due, for a newer worker. */
export function claimDue(state: State, limit: number, leaseMs: number): string[] {
  const now = state.now();
  const known = (id: string) => (state.releases.get(id)?.schema ?? 0) <= schema;
  const claimed = inOrder([...state.due].filter(([id, at]) => at <= now && known(id))).slice(0, limit);
  for (const id of claimed) {
    state.due.set(id, now + leaseMs);
    const release = state.releases.get(id);
    if (release) release.woken = false;
  }
  return claimed;
}

/** A look begins: what woke it is about to be seen, and nobody else need look until its lease ends. */
export function look(state: State, id: string, leaseMs: number): void {
  const release = state.releases.get(id);
  if (!release || release.schema > schema) return;
  release.woken = false;
  if (state.due.has(id)) state.due.set(id, state.now() + leaseMs);
}

/** Due now, at most twice a second; returns how long until then, ms, so that the caller rings when its time has come. */
export function wake(state: State, id: string): number | undefined {
  const due = state.due.get(id);
  const release = state.releases.get(id);
  if (due === undefined || !release) return undefined;
  const now = state.now();
  const at = Math.max(now, release.wokeAt + 500);
  state.due.set(id, Math.min(due, at));
  release.woken = true;
  if (at === now) release.wokeAt = now;
  return at - now;
}

export function defer(state: State, id: string, rev: number, dueAt: number): void {
  const release = state.releases.get(id);
  if (release?.rev === rev && !release.woken && state.due.has(id)) state.due.set(id, dueAt);
}
