import type { Doorbell, Lane, Ledger, Log } from '../../src/ports.ts';
import type { World } from '../../src/world.ts';

/** Remembers what was rung. */
export function listening(): Doorbell & { rung: { lane: Lane; id: string; rev: number }[] } {
  const rung: { lane: Lane; id: string; rev: number }[] = [];
  return {
    rung,
    ring: async (lane, id, rev) => {
      rung.push({ lane, id, rev });
    },
  };
}

/** A world with nothing in it but a ledger, a doorbell and a log: asking for more is an error. */
export function bareWorld(ledger: Ledger, doorbell: Doorbell, log: Log): World {
  const nothing = (what: string) => (): never => {
    throw new Error(`this test has no ${what}`);
  };
  return {
    ledger,
    doorbell,
    log,
    catalog: nothing('catalog'),
    clusters: { get: () => undefined },
    registry: { resolve: nothing('registry') },
    identity: { resolve: nothing('identity') },
    http: { get: nothing('http') },
    chats: {},
    random: nothing('random'),
  };
}
