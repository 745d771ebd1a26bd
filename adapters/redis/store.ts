import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { TerminalError, TransientError } from '../../src/errors.ts';
import type { Release } from '../../src/release/release.ts';

/** The connection, where our keys are, and the last commit that this process knows of. */
export interface Store {
  redis: Redis;
  prefix: string;
  seen: number;
}

/** The newest snapshot that this code understands. */
export const schema = 1;

export const keyOf = (store: Store, ...parts: string[]): string => [store.prefix, ...parts].join(':');

const read = (name: string): string => readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), 'utf8');

/** One Lua script: one atomic step of the ledger. */
export interface Script {
  lua: string;
  sha: string;
}

export function script(name: string): Script {
  const lua = `${read('common')}\n${read(name)}`;
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/** Runs a script with a JSON argument. @throws TransientError when the ledger does not answer */
export async function run<T>(store: Store, { lua, sha }: Script, argument: object): Promise<T> {
  const args: [number, string, string] = [1, store.prefix, JSON.stringify({ seen: store.seen, ...argument })];
  const unknown = (error: Error) => {
    if (error.message.startsWith('NOSCRIPT')) return store.redis.eval(lua, ...args);
    throw error;
  };
  return (await answered(store.redis.evalsha(sha, ...args).catch(unknown))) as T;
}

/** How long we ask again by ourselves after a lost reply before the caller learns that we do not know, ms. */
const patienceMs = 1_500;

/**
 * Runs a script that knows a repetition of itself (by the id in its argument): a lost reply is asked for again.
 * While the ledger is away nothing is sent and nothing waits: that throws at once.
 *
 * @throws TransientError saying whether nothing was done or that it is not known
 */
export async function runOnce<T>(store: Store, which: Script, argument: object): Promise<T> {
  const until = performance.now() + patienceMs;
  for (let sent = false; ; await pause(50)) {
    try {
      return await run<T>(store, which, argument);
    } catch (error) {
      sent ||= !neverSent(error);
      if (!sent) throw error;
      if (performance.now() > until) throw outcomeUnknown(error);
    }
  }
}

/** ioredis' words for a command that it did not send. */
const neverSent = (error: unknown): boolean =>
  error instanceof TransientError && /Stream isn't writeable|Connection is closed/.test(error.message);

const outcomeUnknown = (cause: unknown): TransientError =>
  new TransientError(
    'the ledger stopped answering, and it is not known whether this was written: the same request again settles it',
    { cause, unknown: true },
  );

const notAnswering = (cause: Error): TransientError =>
  new TransientError(`the ledger is not answering: ${cause.message}`, { cause });

/** Every error of the connection becomes ours. @throws TransientError */
export function answered<T>(reply: Promise<T>): Promise<T> {
  return reply.catch((cause: Error) => Promise.reject(notAnswering(cause)));
}

/** The replies of a pipeline. @throws TransientError when one of them is an error */
export async function answers(replies: Promise<[Error | null, unknown][] | null>): Promise<unknown[]> {
  const all = (await answered(replies)) ?? [];
  for (const [error] of all) if (error) throw notAnswering(error);
  return all.map(([, value]) => value);
}

/** @throws TerminalError naming the key when its value is not JSON */
export function parse<T>(key: string, json: string): T {
  try {
    return JSON.parse(json) as T;
  } catch (cause) {
    const hint = 'Somebody else wrote to our Redis, or its files are damaged. Restore the key from a backup.';
    throw new TerminalError('misconfigured', `the ledger's key ${key} does not hold JSON`, hint, cause);
  }
}

/** A snapshot as it was kept; undefined when a newer version of us wrote it. */
export function parseSnapshot(store: Store, id: string, json: string): Release | undefined {
  const release = parse<Release>(keyOf(store, 'release', id), json);
  return release.schema > schema ? undefined : release;
}

export const newerSchema = (id: string): TerminalError =>
  new TerminalError(
    'misconfigured',
    `release ${id} was written by a newer version of Release Engineer`,
    'Update this process, or stop it: the newer one carries the release on.',
  );

/** `TIME` as ms. */
export const millis = (time: unknown): number => {
  const [seconds, micros] = time as [string | number, string | number];
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
};
