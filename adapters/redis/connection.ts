import { Redis } from 'ioredis';
import type { Log } from '../../src/ports.ts';

/** A command that takes longer is given up: whoever asked learns within 2 s that the ledger is not answering. */
const commandTimeout = 2_000;

/**
 * A connection that fails fast and comes back soon: nothing waits in a queue of ours while the ledger is away, and no
 * command is sent a second time behind the caller's back. Reconnects after min(100 × n, 1000) ms, for ever.
 *
 * @param url `redis://` or `rediss://` (TLS), with user and password where needed
 * @throws Error naming the host when the first connection does not come about
 */
export async function connectRedis(url: string, log: Log): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout,
    connectTimeout: commandTimeout,
    socketTimeout: 2 * commandTimeout,
    retryStrategy: (attempt) => Math.min(100 * attempt, 1_000),
  });
  // What `connect` throws only says that it failed; why, the last error of the connection says.
  let why: string | undefined;
  redis.on('error', (err: Error) => {
    why = err.message;
    log.warn({ err: err.message }, 'the ledger is not answering');
  });
  await redis.connect().catch((cause: Error) => {
    redis.disconnect();
    const reason = (why ?? cause.message).replace(/\.$/, '');
    throw new Error(`Redis at ${whereabouts(url)} cannot be reached: ${reason}. Set REDIS_URL.`, { cause });
  });
  return redis;
}

/** Host and port: the part of an URL that may be shown. */
function whereabouts(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that is no URL';
}
