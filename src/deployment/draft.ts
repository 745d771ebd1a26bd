import { type Catalog, findTarget } from '../config/catalog.ts';
import type { Workload } from '../ports.ts';
import type { PlacePlan, Plan } from '../release/plan.ts';
import type { Release } from '../release/release.ts';

/** What one place will do, with the template it returns to; the template goes to the ledger, not into the plan. */
export interface Drafted {
  version: { from: string; to: string; toDigest: string };
  places: { plan: PlacePlan; kept: { key: string; value: unknown }[] }[];
}

export interface Read {
  workload: Workload;
  /** Names the catalog gives; by image when absent. */
  containers?: string[];
}

/** What the command asks for, else the service's own, else rolling. A way back is always rolling. */
export function strategyOf(catalog: Catalog, release: Release): Plan['strategy'] {
  if (release.command.verb === 'rollback') return 'rolling';
  return release.command.strategy ?? findTarget(catalog, release.target)?.strategy ?? 'rolling';
}
