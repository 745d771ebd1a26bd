import type { ReleaseWrite, Write, Written } from '../../src/ports.ts';
import { targetKey } from '../../src/release/command.ts';
import { isFinished, isRunning } from '../../src/release/release.ts';
import { soilCards } from './ledger-cards.ts';
import { type KeptRelease, queueOf, type State } from './ledger-state.ts';

const keptMs = 8 * 24 * 3_600_000;

/** accept and commit: all of a write, or nothing. */
export function carryOut(state: State, write: Write): Written {
  const now = state.now();
  if (state.done.has(write)) return accepted(state, write, now);
  const no = sameRequest(state, write, now) ?? objection(state, write);
  if (no) return no;
  state.done.add(write);
  state.seq += 1;
  keepReply(state, write, now);
  keepRecords(state, write);
  const next = write.release && keepRelease(state, write.release, now);
  state.audit.push(JSON.parse(JSON.stringify({ at: now, ...write.audit, rev: write.release?.after.rev })));
  return next === undefined ? { ok: true, now } : { ok: true, now, next };
}

function accepted(state: State, { release }: Write, now: number): Written {
  const next = release?.queue === 'leave' ? queueOf(state, targetKey(release.after.target))[0] : undefined;
  return next === undefined ? { ok: true, now } : { ok: true, now, next };
}

function sameRequest(state: State, { key, fingerprint = '' }: Write, now: number): Written | undefined {
  const kept = key === undefined ? undefined : state.replies.get(key);
  if (!kept || kept.until <= now) return undefined;
  if (kept.fingerprint !== fingerprint) return { ok: false, why: 'key-reused' };
  return { ok: false, why: 'duplicate', reply: JSON.parse(kept.json) };
}

function objection(state: State, { release, guards = [] }: Write): Written | undefined {
  if (release && (state.releases.get(release.after.id)?.rev ?? 0) !== release.after.rev - 1)
    return { ok: false, why: 'conflict' };
  if (guards.some(({ key, rev }) => (state.records.get(key)?.rev ?? 0) !== rev))
    return { ok: false, why: 'stale-guard' };
  if (release?.mustHead && queueOf(state, targetKey(release.after.target))[0] !== release.after.id)
    return { ok: false, why: 'not-head' };
  return undefined;
}

function keepReply(state: State, { key, fingerprint = '', reply = null }: Write, now: number): void {
  if (key === undefined) return;
  state.replies.set(key, { fingerprint, json: JSON.stringify(reply), until: now + keptMs });
}

function keepRecords(state: State, { records = [] }: Write): void {
  for (const { key, value } of records) {
    if (value === null || value === undefined) state.records.delete(key);
    else state.records.set(key, { rev: state.seq, json: JSON.stringify(value) });
  }
}

function keepRelease(state: State, write: ReleaseWrite, now: number): string | undefined {
  const { after } = write;
  const kept = keepSnapshot(state, write);
  setDue(state, kept, write, now);
  const next = move(state, kept, write, now);
  soilCards(state, after.id, after.rev === 1 ? after.announce : [], now, write.turns === true);
  return next;
}

function keepSnapshot(state: State, { event, at, after, turns }: ReleaseWrite): KeptRelease {
  const before = state.releases.get(after.id);
  const kept: KeptRelease = {
    json: JSON.stringify(after),
    events: [...(before?.events ?? []), JSON.stringify({ rev: after.rev, at, event })],
    rev: after.rev,
    schema: after.schema,
    target: targetKey(after.target),
    holds: isRunning(after),
    finished: isFinished(after),
    ahead: before?.ahead ?? false,
    born: before?.born ?? state.seq,
    finishedSeq: isFinished(after) ? state.seq : 0,
    turned: turns ? after.rev : (before?.turned ?? 0),
    woken: before?.woken ?? false,
    wokeAt: before?.wokeAt ?? Number.NEGATIVE_INFINITY,
  };
  state.releases.set(after.id, kept);
  return kept;
}

function setDue(state: State, kept: KeptRelease, { after, dueAt }: ReleaseWrite, now: number): void {
  if (dueAt === null) state.due.delete(after.id);
  // Woken since the look that decided this: whatever changed has not been looked at.
  else state.due.set(after.id, kept.woken ? Math.min(now, dueAt) : dueAt);
}

/** Moves the release in its target's queue; returns the new head, now due, when the old one left. */
function move(state: State, kept: KeptRelease, { after, queue }: ReleaseWrite, now: number): string | undefined {
  const waiting = queueOf(state, kept.target);
  const head = waiting[0];
  const place = waiting.indexOf(after.id);
  if (queue === 'leave' && place >= 0) waiting.splice(place, 1);
  if (queue === 'enter' && place < 0) waiting.push(after.id);
  if (queue === 'enter-head' && place < 0) enterAhead(state, kept, waiting, after.id);
  if (queue !== 'leave' || head !== after.id || waiting[0] === undefined) return undefined;
  state.due.set(waiting[0], now);
  return waiting[0];
}

/** Before every release that waits, behind one that holds the target and behind those that came ahead earlier. */
function enterAhead(state: State, kept: KeptRelease, waiting: string[], id: string): void {
  kept.ahead = true;
  const stays = (other: string, place: number): boolean => {
    const known = state.releases.get(other);
    return known?.ahead === true || (place === 0 && known?.holds === true);
  };
  const place = waiting.findIndex((other, index) => !stays(other, index));
  waiting.splice(place < 0 ? waiting.length : place, 0, id);
}
