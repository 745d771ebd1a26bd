import type { Phase } from './release.ts';

/** Phases as people read them. */
export const phaseWords: Record<Phase, string> = {
  requested: 'requested',
  planning: 'planning',
  'awaiting-approval': 'awaiting approval',
  scheduled: 'scheduled',
  queued: 'queued',
  'validating-before': 'validating before the start',
  deploying: 'deploying',
  'rolled-out': 'rolled out',
  'validating-after': 'rolled out, watching',
  recovering: 'recovering',
  paused: 'paused',
  errored: 'errored, held for a person',
  succeeded: 'succeeded',
  'rolled-back': 'rolled back',
  refused: 'refused',
  rejected: 'rejected',
  expired: 'expired',
  cancelled: 'cancelled',
  failed: 'failed',
  'taken-over': 'taken over',
};
