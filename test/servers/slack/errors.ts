/** What a Web API method answers instead of success: `{ ok: false, error }`, with Slack's `[ERROR]` lines where it gives them. */
export interface SlackError extends Error {
  code: string;
  problems: string[];
  /** Further fields of the answer, such as `needed` and `provided` of `missing_scope`. */
  extra: Record<string, unknown>;
}

export function slackError(code: string, problems: string[] = [], extra: Record<string, unknown> = {}): SlackError {
  return Object.assign(new Error([code, ...problems].join(' ')), { code, problems, extra });
}

export function isSlackError(error: unknown): error is SlackError {
  return error instanceof Error && 'code' in error && 'problems' in error;
}
