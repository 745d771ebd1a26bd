import type { Answer } from './delivery.ts';
import type { ConfirmDialog } from './messages.ts';
import type { SlackView } from './views.ts';

/** What a person gets to see of what they did. */

/** Slack's own words for an app that did not do its part. */
export type AppFailure =
  | 'operation_timeout'
  | 'dispatch_failed'
  | 'http_client_error'
  | 'http_service_error'
  | 'invalid_command_response';

export type SlashOutcome =
  /** `says`: the text of an answer given with the acknowledgement; it is also in what the person sees. */
  { outcome: 'acknowledged'; says?: string; after: number } | Failed;

export type ClickOutcome =
  | { outcome: 'acknowledged'; after: number }
  /** The button has a confirmation dialog: nothing was sent. Click again with `{ confirm: true }`. */
  | { outcome: 'asks'; dialog: ConfirmDialog }
  | Failed;

export type SubmitOutcome =
  | { outcome: 'closed' }
  | { outcome: 'cleared' }
  /** The app refused: its words by block_id; the modal stays open. */
  | { outcome: 'errors'; errors: Record<string, string> }
  /** Slack's client refused before sending: by block_id. */
  | { outcome: 'incomplete'; errors: Record<string, string> }
  | { outcome: 'updated'; view: SlackView }
  | { outcome: 'pushed'; view: SlackView }
  | Failed;

/** `status` is the HTTP status, where there was one. */
export interface Failed {
  outcome: 'failed';
  error: AppFailure;
  status?: number;
}

/** @returns the failure that the person sees, or undefined when the app acknowledged. */
export function failure(answer: Answer): Failed | undefined {
  if (answer.outcome === 'acknowledged') return undefined;
  if (answer.outcome === 'timeout') return { outcome: 'failed', error: 'operation_timeout' };
  if (answer.outcome === 'unreachable') return { outcome: 'failed', error: 'dispatch_failed' };
  const error = answer.status >= 500 ? 'http_service_error' : 'http_client_error';
  return { outcome: 'failed', error, status: answer.status };
}
