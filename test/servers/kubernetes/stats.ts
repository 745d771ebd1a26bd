import type { Watches } from './api/watches.ts';
import type { FaultPlan } from './faults.ts';

export interface Stats {
  /** `patch deployments` → how often; watches are not among them. */
  requests: { [verbAndResource: string]: number };
  /** `watch pods` → how often one was opened. */
  watches: { [verbAndResource: string]: number };
  openWatches: number;
  /** How often each fault struck. */
  faults: { [trouble: string]: number };
}

export interface StatsKeeper {
  count(verb: string, subject: string): void;
  read(): Stats;
}

export function newStats(faults: FaultPlan, open: Watches): StatsKeeper {
  const requests: Stats['requests'] = {};
  const watches: Stats['watches'] = {};
  const count = (verb: string, subject: string) => {
    const counts = verb === 'watch' ? watches : requests;
    const key = `${verb} ${subject}`;
    counts[key] = (counts[key] ?? 0) + 1;
  };
  const read = () => ({
    requests: { ...requests },
    watches: { ...watches },
    openWatches: open.size,
    faults: { ...faults.counts },
  });
  return { count, read };
}
