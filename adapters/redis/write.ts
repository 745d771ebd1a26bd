import { randomUUID } from 'node:crypto';
import type { ReleaseWrite, Write, Written } from '../../src/ports.ts';
import { targetKey } from '../../src/release/command.ts';
import type { Address } from '../../src/release/event.ts';
import { isFinished, isRunning } from '../../src/release/release.ts';
import { keyOf, parse, runOnce, type Store, script } from './store.ts';

const writeScript = script('write');

/**
 * The same write again (the same object) has the same id, so the ledger knows it: whether a lost reply was a yes is
 * settled by asking once more. Two workers that decided the same thing are two writes, and one of them loses.
 */
const ids = new WeakMap<Write, string>();

function idOf(write: Write): string {
  const id = ids.get(write) ?? randomUUID();
  ids.set(write, id);
  return id;
}

/** What the script must know of a release: no rule of the domain crosses into Lua, only these facts. */
export function releaseFacts({ event, at, after, dueAt, queue, mustHead, turns }: ReleaseWrite): object {
  return {
    id: after.id,
    rev: after.rev,
    schema: after.schema,
    target: targetKey(after.target),
    event: JSON.stringify({ rev: after.rev, at, event }),
    snapshot: JSON.stringify(after),
    finished: isFinished(after),
    holds: isRunning(after),
    dueAt: dueAt === null ? undefined : Math.ceil(dueAt),
    queue,
    mustHead: mustHead === true,
    turns: turns === true,
    cards: after.announce.map((address: Address) => JSON.stringify(address)),
  };
}

const recordFacts = ({ key, value }: { key: string; value: unknown | null }) => ({
  key,
  value: value === null || value === undefined ? undefined : JSON.stringify(value),
});

export function writeFacts(write: Write, id: string): object {
  return {
    id,
    key: write.key,
    fingerprint: write.fingerprint ?? '',
    reply: JSON.stringify(write.reply ?? null),
    release: write.release && releaseFacts(write.release),
    records: (write.records ?? []).map(recordFacts),
    guards: write.guards ?? [],
    audit: JSON.stringify({ ...write.audit, rev: write.release?.after.rev }),
  };
}

type Answer =
  | ['ok', number, number, string]
  | ['duplicate', string]
  | ['key-reused' | 'conflict' | 'stale-guard' | 'not-head'];

function written(store: Store, write: Write, answer: Answer): Written {
  switch (answer[0]) {
    case 'ok':
      store.seen = Math.max(store.seen, answer[2]);
      return answer[3] === '' ? { ok: true, now: answer[1] } : { ok: true, now: answer[1], next: answer[3] };
    case 'duplicate':
      return { ok: false, why: 'duplicate', reply: parse(keyOf(store, 'key', write.key ?? ''), answer[1]) };
    default:
      return { ok: false, why: answer[0] };
  }
}

/** Carries out a write, once. @throws TransientError when it was not written, or when that is not known */
export async function carryOut(store: Store, write: Write): Promise<Written> {
  return written(store, write, await runOnce<Answer>(store, writeScript, writeFacts(write, idOf(write))));
}
