import { TerminalError, TransientError } from '../../src/errors.ts';
import type { Place } from '../../src/release/plan.ts';
import type { MemoryWorkload } from './cluster.ts';

/** What a test or the demo may do to a simulated cluster. */
export interface Disturb {
  /** Creates another workload, with all its pods ready. */
  create(workload: MemoryWorkload): void;
  /** Somebody else writes an image, as `kubectl set image` does. `manager` as managedFields names it. */
  setImage(place: Place, container: string, image: string, manager: string): void;
  /** Somebody else, or an autoscaler, changes the replicas. */
  scale(place: Place, replicas: number): void;
  /** An autoscaler owns the replicas from now on; undefined: it is deleted. */
  autoscale(place: Place, autoscaler: string | undefined): void;
  /** Deletes the workload and creates it again: another uid, no annotations. */
  replace(place: Place): void;
  remove(place: Place): void;
  /** Writes our annotations as another installation would. */
  mark(place: Place, mark: { release: string; op: string; fence: number }): void;
  /** `node-1`, `node-2` or `node-3` goes bad, or comes back. */
  node(name: string, healthy: boolean): void;
  /** Every call fails for so long, ms. */
  unreachable(ms: number): void;
  /** Calls wait until the returned function is called, and then go on: a frozen process, or network. */
  hang(): () => void;
  /** The next writes take effect, but their answers are lost. */
  loseReplies(count: number): void;
  /** The next dry run says no. */
  refuse(message: string): void;
  /** Logs cannot be read. */
  forbidLogs(): void;
}

/** What is wrong with the way to the cluster at the moment. */
export class Trouble {
  readonly #now: () => number;
  readonly #cluster: string;
  #unreachableUntil = 0;
  #lost = 0;
  #gate: Promise<void> | undefined;
  #refusal: string | undefined;
  logsForbidden = false;

  constructor(cluster: string, now: () => number) {
    this.#cluster = cluster;
    this.#now = now;
  }

  unreachable(ms: number): void {
    this.#unreachableUntil = this.#now() + ms;
  }

  loseReplies(count: number): void {
    this.#lost = count;
  }

  refuse(message: string): void {
    this.#refusal = message;
  }

  takeRefusal(): string | undefined {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    return refusal;
  }

  forbidLogs(): void {
    this.logsForbidden = true;
  }

  hang(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return () => {
      this.#gate = undefined;
      resolve();
    };
  }

  /** Stands before every call. Throws TransientError while the cluster cannot be reached. */
  async pass(): Promise<void> {
    await this.#gate;
    if (this.#now() < this.#unreachableUntil) {
      throw new TransientError(`cluster ${this.#cluster}: no answer within 5 s`);
    }
  }

  /** Stands after every write. */
  answer(): void {
    if (this.#lost === 0) return;
    this.#lost -= 1;
    throw new TransientError(`cluster ${this.#cluster}: the connection was reset before an answer came`);
  }
}

export const gone = (place: Place): TerminalError =>
  new TerminalError(
    'gone',
    `${place.kind} ${place.name} in ${place.cluster}/${place.namespace} does not exist any more`,
    'Create it again, then ask for the release again.',
  );
