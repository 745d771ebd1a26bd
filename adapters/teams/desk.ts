import type { Desk } from '../../src/asking.ts';
import type { Transport } from './transport.ts';

/** What those need who hear Teams: the house, and the way back. */
export interface TeamsDesk extends Desk {
  transport: Transport;
  /** Aborted when we stop: no answer is tried again after that. */
  stopping: AbortSignal;
  /** Work that goes on after a request is answered; stopping waits for it. */
  goOn: (work: Promise<unknown>) => void;
}
