import { isSlackError, slackError } from './errors.ts';
import type { Method, MethodContext } from './method.ts';
import { methods } from './methods.ts';
import type { Json } from './validation.ts';
import type { SlackApp } from './workspace.ts';

/** One call of the Web API: who asks, may they, with what, and Slack's answer. */

/** @returns what Slack answers, `{ ok: true, … }` or `{ ok: false, error, … }`. Never throws for what the caller did. */
export function answerCall(context: MethodContext, name: string, args: Json, bearer: string | undefined): Json {
  try {
    const method = methods[name];
    if (!method) throw slackError('unknown_method', [], { req_method: name });
    authorize(context.store.app, method, bearer ?? (args.token as string | undefined));
    requireArguments(method, args);
    return { ok: true, ...method.run(context, args) };
  } catch (error) {
    if (!isSlackError(error)) throw error;
    return refusal(error);
  }
}

/** @returns `{ ok: false, … }` as Slack words it. */
export function refusal(error: { code: string; problems: string[]; extra: Json }): Json {
  const { code, problems, extra } = error;
  const metadata = problems.length > 0 ? { response_metadata: { messages: problems } } : {};
  return { ok: false, error: code, ...extra, ...metadata };
}

function authorize(app: SlackApp, method: Method, token: string | undefined): void {
  if (!token) throw slackError('not_authed');
  if (token !== app.botToken && token !== app.appToken) throw slackError('invalid_auth');
  const wanted = method.token === 'app' ? app.appToken : app.botToken;
  if (token !== wanted) throw slackError('not_allowed_token_type');
  const { scopes } = app;
  if (!scopes || method.scopes.length === 0 || method.scopes.some((scope) => scopes.includes(scope))) return;
  throw slackError('missing_scope', [], { needed: method.scopes.join(','), provided: scopes.join(',') });
}

function requireArguments(method: Method, args: Json): void {
  const missing = (method.required ?? []).filter((name) => args[name] === undefined || args[name] === '');
  if (missing.length === 0) return;
  throw slackError(
    'invalid_arguments',
    missing.map((name) => `[ERROR] missing required field: ${name}`),
  );
}

const structured: Record<string, string> = {
  blocks: 'invalid_blocks_format',
  view: 'invalid_arguments',
  metadata: 'invalid_metadata_format',
};
const flags = ['reply_broadcast', 'include_all_metadata', 'include_users', 'inclusive'];

/**
 * Reads the arguments of a call from its query and body, in both of Slack's encodings.
 * @throws SlackError `invalid_json`, `json_not_object`, `invalid_post_type`, or that of a malformed structured argument.
 */
export function readArguments(query: URLSearchParams, contentType: string, body: string): Json {
  const form = contentType.startsWith('application/x-www-form-urlencoded');
  if (body !== '' && !form && !contentType.startsWith('application/json')) throw slackError('invalid_post_type');
  const sent = form ? Object.fromEntries(new URLSearchParams(body)) : body === '' ? {} : readJson(body);
  const all: Json = { ...Object.fromEntries(query), ...sent };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, readArgument(name, value)]));
}

function readJson(body: string): Json {
  const value = parse(body, 'invalid_json');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw slackError('json_not_object');
  return value as Json;
}

function readArgument(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const malformed = structured[name];
  if (malformed) return parse(value, malformed);
  return flags.includes(name) ? value === 'true' || value === '1' : value;
}

function parse(text: string, malformed: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw slackError(malformed);
  }
}
