import { webApi } from '@slack/bolt';
import { TerminalError, TransientError } from '../../src/errors.ts';
import type { Method } from './scopes.ts';

/** Slack's errors as ours: what may be tried again, and what a person must mend first. */

/** Answers of a Slack in trouble, not to a wrong request. */
const passing = ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'ratelimited'];

const newToken = 'Put the bot token of the installed app (xoxb-…) into SLACK_BOT_TOKEN.';
const fixes: Record<string, string> = {
  channel_not_found: 'Check the channel id under `announce` in release.yaml; invite the app there if it is private.',
  not_in_channel: 'Invite the app to the channel: /invite @Release Engineer',
  is_archived: 'Name a channel that is not archived under `announce` in release.yaml.',
  restricted_action: 'Ask a workspace administrator to let the app post there.',
  missing_scope: 'Install the app again with the scopes of manifest.yaml.',
  invalid_auth: newToken,
  not_authed: newToken,
  account_inactive: newToken,
  token_revoked: newToken,
};

/** The SDK's error as a TransientError or a TerminalError; Slack's own code stays readable with `slackCode`. */
export const failureOf = (method: Method, error: unknown): TransientError | TerminalError => {
  if (error instanceof webApi.WebAPIRateLimitedError)
    return new TransientError(`Slack limits ${method}`, { retryAfterMs: error.retryAfter * 1_000, cause: error });
  const code = codeOf(error);
  if (code === undefined || passing.includes(code))
    return new TransientError(`Slack did not answer ${method}`, { retryAfterMs: 2_000, cause: error });
  return refused(method, code, error);
};

/** About this very message, not about our place in the workspace. */
const aboutMessage = ['invalid_blocks', 'invalid_blocks_format', 'msg_too_long', 'msg_blocks_too_long', 'no_text'];

const refused = (method: Method, code: string, cause: unknown): TerminalError =>
  new TerminalError(
    aboutMessage.includes(code) ? 'rejected' : 'misconfigured',
    `Slack refused ${method}: ${code}`,
    fixes[code] ?? `See what ${code} means on Slack's page about ${method}.`,
    cause,
  );

/** Slack's error code behind one of our errors, such as `message_not_found`. */
export const slackCode = (error: unknown): string | undefined =>
  error instanceof TerminalError ? codeOf(error.cause) : undefined;

const codeOf = (error: unknown): string | undefined => {
  if (error instanceof webApi.WebAPIPlatformError) return error.data.error;
  // 4xx other than 429: a proxy or a wrong address; asking again gets the same.
  if (error instanceof webApi.WebAPIHTTPError && error.statusCode < 500) return `http_${error.statusCode}`;
  return undefined;
};

/** Whether Slack may have done what failed: it did not where it counts us, and says that it is not there. */
export const mayBeDone = ({ cause }: TransientError): boolean => {
  if (cause instanceof webApi.WebAPIRateLimitedError) return false;
  const refused = ['ratelimited', 'service_unavailable'].includes(codeOf(cause) ?? '');
  return !refused && !(cause instanceof webApi.WebAPIHTTPError && cause.statusCode === 503);
};
