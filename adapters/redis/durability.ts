import type { Redis } from 'ioredis';
import { answered } from './store.ts';

/** Settings under which a crash of Redis loses nothing that was acknowledged, and what goes wrong without them. */
const wanted = [
  { name: 'appendonly', value: 'yes', otherwise: 'a crash of Redis loses what was accepted since its last snapshot' },
  { name: 'appendfsync', value: 'always', otherwise: 'a crash of Redis loses what it accepted in the last seconds' },
  { name: 'no-appendfsync-on-rewrite', value: 'no', otherwise: 'a crash while Redis rewrites its file loses commands' },
  { name: 'maxmemory-policy', value: 'noeviction', otherwise: 'Redis throws releases away when its memory is full' },
] as const;

/** REDIS_DURABILITY: what an operator states of a managed Redis that does not let us ask. */
const stated = 'appendfsync-always';

const forbidden =
  'Redis does not let us read its settings (CONFIG), so we cannot know whether a crash loses accepted commands. ' +
  `If it runs with appendonly yes, appendfsync always and maxmemory-policy noeviction, set REDIS_DURABILITY=${stated}.`;

/** What of the server's settings is unsafe, one sentence each; empty when nothing is lost on a crash. */
export async function unsafeSettings(redis: Redis, statedBySetting?: string): Promise<string[]> {
  const settings = await answered(askSettings(redis));
  if (!settings) return statedBySetting === stated ? [] : [forbidden];
  return wanted
    .filter(({ name, value }) => settings.has(name) && settings.get(name) !== value)
    .map(
      ({ name, value, otherwise }) =>
        `${name} is "${settings.get(name)}": ${otherwise}. Run: CONFIG SET ${name} ${value}`,
    );
}

/** undefined when CONFIG is not allowed, as on many managed services. */
async function askSettings(redis: Redis): Promise<Map<string, string> | undefined> {
  const found = new Map<string, string>();
  try {
    for (const { name } of wanted) {
      const [, value] = (await redis.config('GET', name)) as string[];
      if (value !== undefined) found.set(name, value);
    }
  } catch (error) {
    if (/unknown command|NOPERM|not allowed|disabled/i.test((error as Error).message)) return undefined;
    throw error;
  }
  return found;
}

/**
 * Refuses to start on a Redis that may forget what it acknowledged.
 *
 * @returns what is unsafe and was allowed, to be said in every status
 * @throws Error naming each setting, its value and the fix, unless `allowUnsafe`
 */
export async function checkDurability(
  redis: Redis,
  options: { allowUnsafe: boolean; statedBySetting?: string },
): Promise<string[]> {
  const unsafe = await unsafeSettings(redis, options.statedBySetting);
  if (unsafe.length === 0 || options.allowUnsafe) return unsafe;
  const lines = unsafe.map((line) => `  - ${line}`).join('\n');
  throw new Error(
    `This Redis may lose accepted commands:\n${lines}\nTo run on it all the same: REDIS_ALLOW_UNSAFE=true`,
  );
}
