import { TerminalError, TransientError } from '../../src/errors.ts';
import { HttpAnswer } from './web.ts';

/** Microsoft's errors as ours: what may be tried again, and what a person must mend first. */

/** "Precondition failed" is how Teams says that two writes met. Source: learn.microsoft.com, "Rate limiting in Teams" */
const passing = [408, 412, 425, 429];

const checkApp =
  'Check that MICROSOFT_APP_ID, MICROSOFT_APP_TENANT_ID and MICROSOFT_APP_TYPE are those of the Azure Bot.';
const install = 'Install the app in that team, group chat, or for that person, then try again.';

/** By Microsoft's own code first, else by the status. */
const fixes: Record<string, string> = {
  BotNotInConversationRoster: install,
  ForbiddenOperationException: install,
  BotDisabledByAdmin: 'Ask a Teams administrator to allow the app again.',
  ConversationNotFound:
    'Check the id under `announce` in release.yaml, and that the app is installed in that team or chat.',
  MessageSizeTooBig: 'Teams takes 100 KB at most.',
  401: checkApp,
  403: install,
  404: 'It was deleted, or the app was removed from there. Check the id under `announce` in release.yaml.',
};

/** The error behind a call as a TransientError or a TerminalError; ours are left as they are. */
export const failureOf = (party: string, what: string, error: unknown): TransientError | TerminalError => {
  if (error instanceof TransientError || error instanceof TerminalError) return error;
  const answer = answerIn(error);
  const adds = adding.includes(what);
  if (!answer)
    return new TransientError(`${party} did not answer ${what}`, { retryAfterMs: 2_000, unknown: adds, cause: error });
  if (answer.status >= 500 || passing.includes(answer.status))
    return new TransientError(sayWhat(party, what, answer), {
      retryAfterMs: answer.retryAfterMs ?? 2_000,
      unknown: adds && lost.includes(answer.status),
      cause: error,
    });
  return refused(party, what, answer);
};

/** 400 and 413 are about this very message, not about our place there. */
const codes: Record<number, TerminalError['code']> = { 400: 'rejected', 403: 'forbidden', 413: 'rejected' };

/** What adds something each time it is done: without an answer, or with a gateway's, nobody knows whether it was. */
const adding = ['createConversation', 'sendToConversation'];
const lost = [502, 504];

const sayWhat = (party: string, what: string, { status, code }: HttpAnswer): string =>
  status === 429 ? `${party} limits ${what}` : `${party} did not do ${what}: ${status} ${code}`.trimEnd();

const refused = (party: string, what: string, answer: HttpAnswer): TerminalError => {
  const { status, code } = answer;
  const fix = fixes[code] ?? fixes[status] ?? `See what ${code || status} means on Microsoft's page about ${what}.`;
  return new TerminalError(
    codes[status] ?? 'misconfigured',
    `${party} refused ${what}: ${status} ${code}`.trimEnd(),
    fix,
    answer,
  );
};

/** The HTTP status behind one of our errors, where Microsoft answered with one. */
export const teamsStatus = (error: unknown): number | undefined =>
  error instanceof TerminalError || error instanceof TransientError ? answerIn(error.cause)?.status : undefined;

const answerIn = (error: unknown): HttpAnswer | undefined => (error instanceof HttpAnswer ? error : undefined);
