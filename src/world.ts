import type { Catalog } from './config/catalog.ts';
import type { Chat, Clusters, Doorbell, HttpProbe, Identity, Ledger, Log, Registry } from './ports.ts';
import type { Surface } from './release/event.ts';

/** Everything `handle`, `advance` and `notify` may touch. `main.ts` fills it; tests fill it from memory. */
export interface World {
  ledger: Ledger;
  doorbell: Doorbell;
  /** The catalog as it is now; it may be another one on the next call. */
  catalog: () => Catalog;
  clusters: Clusters;
  registry: Registry;
  identity: Identity;
  http: HttpProbe;
  chats: Partial<Record<Surface, Chat>>;
  log: Log;
  /** Random bytes, for release ids. */
  random: (bytes: number) => Uint8Array;
}
