import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import type { Images } from './kubelet/images.ts';
import type { Store } from './store.ts';

/** How fast things happen. All in ms. */
export interface Pace {
  /** From a pod's creation to Ready. */
  readyMs: number;
  /** The first back-off of a crash loop or image pull; doubles with every round up to 16 times. */
  backoffMs: number;
  /** From a pod's deletion to its end. */
  terminateMs: number;
}

/** Asks for another look at the same object after some ms, whatever happens meanwhile. */
export type Again = (ms: number) => void;

/** What the simulated control plane shares. */
export interface Cluster {
  store: Store;
  clock: Clock;
  chance: Chance;
  images: Images;
  pace: Pace;
}
