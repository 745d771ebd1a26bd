/** One thing that was measured, and what was promised of it. */
export interface Figure {
  name: string;
  unit: 'ms' | 'requests';
  /** At most so much, at the 99th percentile or always; absent: only reported. */
  target?: { of: 'p99' | 'max'; most: number };
  samples: number[];
  /** The same on somebody else, in the same run. */
  peer?: { name: string; samples: number[] };
  /** Ours beside the peer's; of the medians when absent. */
  ratio?: number;
  /** Where it was measured, and what one must know to read it. */
  notes: string[];
}

export interface Summary {
  n: number;
  min: number;
  median: number;
  p95: number;
  p99: number;
  max: number;
}

export const summaryOf = (samples: number[]): Summary => {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    n: sorted.length,
    min: quantile(sorted, 0),
    median: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    max: quantile(sorted, 1),
  };
};

/** The smallest sample that at least this share of all does not exceed: below 100 samples p99 is the greatest. */
const quantile = (sorted: number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;

/** Undefined when nothing was promised. */
export function isMet({ target, samples }: Figure): boolean | undefined {
  if (!target) return undefined;
  return samples.length > 0 && summaryOf(samples)[target.of] <= target.most;
}

export function ratioOf({ ratio, peer, samples }: Figure): number | undefined {
  if (ratio !== undefined || !peer) return ratio;
  return summaryOf(samples).median / summaryOf(peer.samples).median;
}
