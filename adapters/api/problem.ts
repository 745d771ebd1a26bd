import { z } from 'zod';
import { type Refusal, refusalStatus, TransientError } from '../../src/errors.ts';

/** Everything that goes wrong leaves in one shape. What another party said is never repeated: it goes to the log. */
export const problemSchema = z
  .object({
    error: z.object({ code: z.string(), message: z.string(), hint: z.string(), requestId: z.string() }),
  })
  .meta({ id: 'Error' });

export interface Problem {
  status: number;
  code: string;
  message: string;
  hint: string;
  headers?: Record<string, string>;
}

const problem =
  (status: number, code: string, message: string, hint: string) =>
  (headers?: Record<string, string>): Problem => ({ status, code, message, hint, headers });

export const notFound = problem(404, 'not-found', 'There is nothing here.', 'GET /openapi.json lists what there is.');
export const notJson = problem(
  415,
  'not-json',
  'The body is not JSON.',
  'Send it with Content-Type: application/json.',
);
export const tooLarge = problem(413, 'too-large', 'The request is larger than we read.', 'Send at most 64 KB.');
export const tooSlow = problem(408, 'too-slow', 'The request did not arrive in time.', 'Send it again, whole.');
export const longHeaders = problem(
  431,
  'too-large',
  'The headers are larger than we read.',
  'Send at most 16 KB of them.',
);

/** One answer for no token, a wrong one, an expired one and a revoked one: it teaches nothing to whoever guesses. */
export const unauthorised = (): Problem => ({
  status: 401,
  code: 'unauthorised',
  message: 'This needs a valid token.',
  hint: 'Send "Authorization: Bearer re_…"; an operator makes one with "npm run token -- create".',
  headers: { 'www-authenticate': 'Bearer' },
});

export const badRequest = (message: string, hint = 'GET /openapi.json says what is expected.'): Problem => ({
  status: 400,
  code: 'bad-request',
  message,
  hint,
});

export const methodNotAllowed = (method: string, allow: string[]): Problem => ({
  status: 405,
  code: 'method-not-allowed',
  message: `${method} is not possible here.`,
  hint: `Use ${allow.join(' or ')}.`,
  headers: { allow: allow.join(', ') },
});

export const tooMany = (waitMs: number): Problem => ({
  status: 429,
  code: 'too-many',
  message: 'These are more requests than we take; nothing was done.',
  hint: `Wait ${seconds(waitMs)} s, then go on more slowly.`,
  headers: { 'retry-after': seconds(waitMs) },
});

const seconds = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1_000)));

/** A refusal keeps its words: they were written for people, by us. */
export const refused = ({ code, say, hint }: Refusal): Problem => ({
  status: refusalStatus[code] ?? 409,
  code,
  message: say,
  hint,
});

/** For what was thrown. A change that was not answered can be sent again under its key: it is never done twice. */
export function thrown(error: unknown, method: string): Problem {
  if (error instanceof TransientError) return notAnswered(error.retryAfterMs, method);
  const { statusCode } = error as { statusCode?: unknown };
  if (statusCode === 413) return tooLarge();
  if (statusCode === 415) return notJson();
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return badRequest('The request cannot be read.', 'Send valid JSON, and a valid URL.');
  return {
    status: 500,
    code: 'internal',
    message: 'Something went wrong on our side.',
    hint: 'Give the request id to whoever runs Release Engineer. Send a change again only with the same Idempotency-Key.',
  };
}

const notAnswered = (retryAfterMs: number, method: string): Problem => ({
  status: 503,
  code: 'not-accepted',
  message: method === 'POST' ? 'Not accepted, nothing will happen.' : 'This cannot be answered right now.',
  hint: `Try again in ${seconds(retryAfterMs)} s${method === 'POST' ? ', with the same Idempotency-Key' : ''}.`,
  headers: { 'retry-after': seconds(retryAfterMs) },
});

/** The body of a problem. */
export const problemBody = ({ code, message, hint }: Problem, requestId: string): z.infer<typeof problemSchema> => ({
  error: { code, message, hint, requestId },
});
