import { z } from 'zod';
import { isRefusal } from '../../src/errors.ts';
import { idempotencyKey } from './fields.ts';
import { badRequest, type Problem, refused } from './problem.ts';
import type { Answer, Call, Route } from './route.ts';

/** What a request brought, not yet looked at. */
export interface Raw {
  params: unknown;
  query: unknown;
  body: unknown;
  key?: string;
}

const nothing = z.strictObject({});
const requestOf = (route: Route) => {
  const lax = route.needs === 'nothing' ? z.unknown() : nothing;
  return z.object({
    params: route.params ?? lax,
    query: route.query ?? lax,
    body: route.body ?? z.unknown(),
    key: idempotencyKey.optional(),
  });
};

/** Serves one line of the table: the request is judged by its schemas, and so is the reply. */
export function servedBy(route: Route): (call: Omit<Call, 'key'>, raw: Raw) => Promise<Answer | Problem> {
  const request = requestOf(route);
  return async (call, raw) => {
    // No body at all is an empty one: `curl -X POST …/abort` is meant to work.
    const read = request.safeParse({ ...raw, body: raw.body ?? (route.body ? {} : undefined) });
    if (!read.success) return badRequest(read.error.issues.map((issue) => say(issue, raw)).join(' '));
    const { key, params, query, body } = read.data;
    const answer = await route.run({ ...call, key }, { params, query, body });
    return isRefusal(answer) ? refused(answer) : allowListed(route, answer);
  };
}

/** Only what the schema names goes out. A reply that does not fit it is our own mistake, and is thrown. */
function allowListed({ id, answers }: Route, answer: Answer): Answer {
  const spec = answers[answer.status];
  if (!spec) throw new Error(`the operation ${id} answers ${answer.status}, which it does not declare`);
  if (spec.type !== undefined) return { ...answer, headers: { ...answer.headers, 'content-type': spec.type } };
  if (!spec.body) return { ...answer, body: undefined };
  return {
    ...answer,
    headers: { ...answer.headers, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(spec.body.parse(answer.body)),
  };
}

const longest = 200;
const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

/** Where the fault is, what stood there, and the fix. */
function say(issue: z.core.$ZodIssue, raw: Raw): string {
  const [part = '', ...path] = issue.path.map(String);
  const where = [part === 'key' ? 'Idempotency-Key' : part, ...path].join('.');
  const value = issue.path.reduce<unknown>((at, step) => (Object(at) as Record<PropertyKey, unknown>)[step], raw);
  const shown =
    typeof value === 'string' || typeof value === 'number' ? ` (${JSON.stringify(value).slice(0, 80)})` : '';
  return cut(`${where}${shown}: ${issue.message}`);
}
