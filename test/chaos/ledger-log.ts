import { Redis } from 'ioredis';
import type { Happened } from '../../src/release/event.ts';
import type { Release } from '../../src/release/release.ts';

/** The ledger as it lies in Redis, read key by key and without its own code. */
export interface LedgerLog {
  releases: { id: string; events: Happened[]; snapshot: Release; rev: number }[];
  /** In the order of their commits. */
  audit: { actor: string; action: string; subject: string; rev?: number; detail?: unknown }[];
  /** Sealed templates and other records, by key. */
  records: Map<string, unknown>;
  /** Cards that were never shown as they should be. */
  dirty: string[];
  due: string[];
  epoch: number;
}

const prefix = '{re}:';

export async function readLedger(url: string): Promise<LedgerLog> {
  const redis = new Redis(url);
  redis.on('error', () => undefined);
  try {
    const ids = (await scan(redis, `${prefix}release:*`)).map((key) => key.slice(`${prefix}release:`.length)).sort();
    const rows = await redis.xrange(`${prefix}audit`, '-', '+');
    return {
      releases: await Promise.all(ids.map((id) => readRelease(redis, id))),
      audit: rows.map(([, fields]) => JSON.parse(fields[fields.indexOf('row') + 1]!)),
      records: await readRecords(redis),
      dirty: [
        ...(await redis.zrange(`${prefix}dirty`, '0', '-1')),
        ...(await redis.zrange(`${prefix}dirty-final`, '0', '-1')),
      ],
      due: await redis.zrange(`${prefix}due`, '0', '-1'),
      epoch: Number((await redis.get(`${prefix}epoch`)) ?? 0),
    };
  } finally {
    redis.disconnect();
  }
}

async function scan(redis: Redis, match: string): Promise<string[]> {
  const found: string[] = [];
  for await (const keys of redis.scanStream({ match, count: 1_000 })) found.push(...(keys as string[]));
  return [...new Set(found)];
}

async function readRelease(redis: Redis, id: string): Promise<LedgerLog['releases'][number]> {
  const lines = await redis.lrange(`${prefix}events:${id}`, 0, -1);
  const [snapshot, rev] = await redis.hmget(`${prefix}release:${id}`, 'snapshot', 'rev');
  const events = lines.map((line) => JSON.parse(line.slice(line.indexOf(' ') + 1)) as Happened);
  return { id, events, snapshot: JSON.parse(snapshot ?? 'null'), rev: Number(rev) };
}

async function readRecords(redis: Redis): Promise<Map<string, unknown>> {
  const keys = await scan(redis, `${prefix}record:*`);
  const values = await Promise.all(keys.map((key) => redis.hget(key, 'value')));
  return new Map(keys.map((key, n) => [key.slice(`${prefix}record:`.length), JSON.parse(values[n] ?? 'null')]));
}
