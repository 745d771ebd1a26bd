import type { SlackMessage } from '../servers/slack/messages.ts';
import type { Call } from '../servers/slack/store.ts';
import type { ClusterWrite } from './cluster-log.ts';
import type { History } from './history.ts';
import type { LedgerLog } from './ledger-log.ts';

/** Everything a run left behind, from four sources that do not know of each other. */
export interface Evidence {
  history: History;
  ledger: LedgerLog;
  writes: ClusterWrite[];
  /** False where the cluster's log may have missed a write. */
  complete: boolean;
  cards: Map<string, SlackMessage[]>;
  calls: readonly Call[];
  /** Pod templates as they are now, by `namespace/kind/name`. */
  templates: Map<string, unknown>;
  bad: Set<string>;
  /** Processes that were killed, frozen or ended by themselves. */
  crashes: number;
}

/** What a run may not do, in columns of the table. */
export const columns = [
  'lost',
  'duplicated',
  'overlapping',
  'out of order',
  'cards',
  'audit',
  'not restored',
  'wrong verdict',
] as const;
export type Column = (typeof columns)[number];

export interface Violation {
  column: Column;
  say: string;
}

export const violation = (column: Column, say: string): Violation => ({ column, say });

/** How often each value of a key comes. */
export function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}
