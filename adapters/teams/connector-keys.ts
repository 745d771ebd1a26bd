import { z } from 'zod';
import { TransientError } from '../../src/errors.ts';
import { callOnce } from './web.ts';

/** The public keys that the Bot Connector signs with, as it publishes them. */

const rsaKey = z.object({
  kty: z.literal('RSA'),
  kid: z.string(),
  n: z.string(),
  e: z.string(),
  /** Channels that may be spoken for with this key. */
  endorsements: z.array(z.string()).nullish(),
});
export type ConnectorKey = z.infer<typeof rsaKey>;

export interface ConnectorKeys {
  /**
   * The key of this id; undefined when the Connector has none such.
   *
   * @throws TransientError when that cannot be told now
   */
  find(id: string): Promise<ConnectorKey | undefined>;
}

const hour = 3_600_000;

/** Age of keys, ms: older ones are renewed beside the work, then before it, and in the end believed no more. */
const age = { renewed: 12 * hour, awaited: 24 * hour, useless: 48 * hour };

/** Anybody can name a key that there is not; because of it the Connector is asked no more often than this, ms. */
const pauseMs = 60_000;

/** For both documents together: Teams waits for our answer for 5 s. */
const patienceMs = 4_000;

/**
 * The keys are kept, so that a Connector whose key host is down is still believed for two days.
 * @param now milliseconds, only differences count
 */
export const connectorKeys = (openIdUrl: string, now: () => number = Date.now): ConnectorKeys => {
  let known = { at: Number.NEGATIVE_INFINITY, keys: new Map<string, ConnectorKey>() };
  let asked: { at: number; done: Promise<void> } | undefined;
  const isUseless = () => now() - known.at >= age.useless;
  const ask = async (): Promise<void> => {
    try {
      known = { at: now(), keys: await published(openIdUrl) };
    } catch (cause) {
      // Without any key there is nothing to do but ask, however often.
      if (isUseless()) asked = undefined;
      throw new TransientError("the Bot Connector's keys cannot be had", { cause });
    }
  };
  const renew = (): Promise<void> => {
    if (!asked || now() - asked.at >= pauseMs) asked = { at: now(), done: ask() };
    return asked.done;
  };
  return {
    async find(id) {
      const old = now() - known.at;
      if (isUseless() || !known.keys.has(id)) await renew();
      else if (old >= age.awaited) await renew().catch(goOn);
      else if (old >= age.renewed) renew().catch(goOn);
      return known.keys.get(id);
    },
  };
};

const goOn = (): void => undefined;

const about = z.object({ jwks_uri: z.url() });
const keySet = z.object({ keys: z.array(z.unknown()) });

const published = async (openIdUrl: string): Promise<Map<string, ConnectorKey>> => {
  const signal = AbortSignal.timeout(patienceMs);
  const read = async (url: string): Promise<unknown> =>
    JSON.parse((await callOnce({ url, method: 'GET', headers: {}, signal })).text);
  const { keys } = keySet.parse(await read(about.parse(await read(openIdUrl)).jwks_uri));
  const usable = keys.flatMap((key) => rsaKey.safeParse(key).data ?? []);
  if (usable.length === 0) throw new Error('the Bot Connector publishes no key that is known to us');
  return new Map(usable.map((key) => [key.kid, key]));
};
