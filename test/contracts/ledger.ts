import { describe } from 'vitest';
import type { Ledger } from '../../src/ports.ts';
import { cardPromises } from './ledger-cards.ts';
import { duePromises } from './ledger-due.ts';
import { forgetPromises } from './ledger-forget.ts';
import { propertyPromises } from './ledger-properties.ts';
import { queuePromises } from './ledger-queue.ts';
import { sharedPromises } from './ledger-shared.ts';
import { writePromises } from './ledger-write.ts';

/** A ledger to try, and a way to let its clock pass. */
export interface Tried {
  ledger: Ledger;
  /** Returns once the ledger's clock has moved by `ms`. */
  pass: (ms: number) => Promise<void>;
}

export type MakeLedger = () => Promise<Tried>;

/** What every ledger promises (src/ports.ts). @param runs how many random histories to try */
export function ledgerContract(name: string, make: MakeLedger, runs: number): void {
  describe(`${name} keeps the promises of a ledger`, () => {
    writePromises(make);
    queuePromises(make);
    duePromises(make);
    cardPromises(make);
    sharedPromises(make);
    forgetPromises(make);
    propertyPromises(make, runs);
  });
}
