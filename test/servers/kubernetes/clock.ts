/** Real milliseconds, and every timer in one place so that close() leaves none behind. */
export interface Clock {
  /** ms since 1970 on the API server's clock (real time plus the configured skew). */
  now(): number;
  /** RFC 3339 with seconds, as Kubernetes writes metav1.Time. */
  stamp(): string;
  after(ms: number, run: () => void): void;
  stop(): void;
}

export const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** @param skewMs how far the API server's clock is ahead of this machine's, ms */
export function startClock(skewMs = 0): Clock {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  const now = () => Date.now() + skewMs;
  const after = (ms: number, run: () => void) => {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
  };
  const stop = () => {
    stopped = true;
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  return { now, stamp: () => rfc3339(now()), after, stop };
}
