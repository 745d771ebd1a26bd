import type { AuditRow, Kept, Ledger } from '../../src/ports.ts';
import type { Happened } from '../../src/release/event.ts';
import type { Release } from '../../src/release/release.ts';
import {
  answered,
  answers,
  keyOf,
  millis,
  newerSchema,
  parse,
  parseSnapshot,
  run,
  type Store,
  schema,
  script,
} from './store.ts';

const releases = script('releases');
const lookScript = script('look');

type Snapshots = [id: string, json: string][];
type Found = [now: number, active: Snapshots, queue: string[], recent: Snapshots];

export async function load(store: Store, id: string): Promise<{ release: Release; now: number } | undefined> {
  const pipeline = store.redis
    .pipeline()
    .hget(keyOf(store, 'release', id), 'snapshot')
    .time();
  const [json, time] = await answers(pipeline.exec());
  if (typeof json !== 'string') return undefined;
  const release = parseSnapshot(store, id, json);
  if (!release) throw newerSchema(id);
  return { release, now: millis(time) };
}

export async function look(store: Store, id: string, leaseMs: number): ReturnType<Ledger['look']> {
  const found = await run<[now: number, json: string] | null>(store, lookScript, { id, leaseMs, schema });
  if (!found) return undefined;
  const release = parseSnapshot(store, id, found[1]);
  if (!release) throw newerSchema(id);
  return { release, now: found[0] };
}

/** An event is kept behind the id of the write that brought it. */
export async function events(store: Store, id: string, afterRev = 0): Promise<Happened[]> {
  const key = keyOf(store, 'events', id);
  const kept = await answered(store.redis.lrange(key, afterRev, -1));
  return kept.map((line) => parse<Happened>(key, line.slice(line.indexOf(' ') + 1)));
}

export async function read(store: Store, keys: string[]): Promise<{ records: Kept[]; now: number }> {
  const pipeline = store.redis.pipeline();
  for (const key of keys) pipeline.hmget(keyOf(store, 'record', key), 'rev', 'value');
  const found = await answers(pipeline.time().exec());
  const now = millis(found.pop());
  const records = found.map((fields, index): Kept => {
    const [rev, value] = fields as [string | null, string | null];
    const key = keyOf(store, 'record', keys[index] ?? '');
    return { rev: Number(rev ?? 0), value: value === null ? undefined : parse(key, value) };
  });
  return { records, now };
}

const understood = (store: Store, found: Snapshots): Release[] =>
  found.map(([id, json]) => parseSnapshot(store, id, json)).filter((release) => release !== undefined);

export async function target(store: Store, key: string, limit: number): ReturnType<Ledger['target']> {
  const [now, active, queue, recent] = await run<Found>(store, releases, { target: key, limit });
  return { now, active: understood(store, active), queue, recent: understood(store, recent) };
}

export async function active(store: Store): Promise<Release[]> {
  const [, found] = await run<Found>(store, releases, {});
  return understood(store, found);
}

export async function audit(store: Store, limit: number): Promise<AuditRow[]> {
  const key = keyOf(store, 'audit');
  const rows = await answered(store.redis.xrevrange(key, '+', '-', 'COUNT', limit));
  return rows.map(([, [, at, , row]]) => ({ at: Number(at), ...parse<Omit<AuditRow, 'at'>>(key, row ?? '') }));
}
