import { TransientError } from './errors.ts';

/** Tries something again while that may help. Throws what was thrown last. */
export type Again = <T>(work: () => Promise<T>) => Promise<T>;

export interface Stubborn {
  /** Whether the other side may have done what failed: then only one more try is worth a doubled message. */
  mayBeDone: (error: TransientError) => boolean;
  /** Nobody waits any longer once this is aborted. */
  stopping: AbortSignal;
  /** No try begins later than this, ms. */
  withinMs?: number;
}

/**
 * For what somebody waits for and nobody else will repeat: the answer to a person. All tries through one of these share
 * its time.
 */
export function stubborn({ mayBeDone, stopping, withinMs = 10_000 }: Stubborn): Again {
  const until = performance.now() + withinMs;
  return async (work) => {
    for (let doubtful = 0; ; ) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        doubtful += mayBeDone(error) ? 1 : 0;
        const late = performance.now() + error.retryAfterMs > until;
        if (late || doubtful > 1 || !(await waited(error.retryAfterMs, stopping))) throw error;
      }
    }
  };
}

/** @returns false when it was to stop meanwhile */
const waited = (ms: number, stopping: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (stopping.aborted) return resolve(false);
    const end = (whole: boolean) => () => {
      clearTimeout(timer);
      stopping.removeEventListener('abort', stop);
      resolve(whole);
    };
    const stop = end(false);
    const timer = setTimeout(end(true), ms);
    stopping.addEventListener('abort', stop, { once: true });
  });
