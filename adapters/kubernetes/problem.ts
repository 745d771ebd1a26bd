import { TerminalError, TransientError } from '../../src/errors.ts';
import { redactLine } from '../../src/release/redact.ts';
import type { Resource } from './resource.ts';

/** One request, as messages and metrics name it. */
export interface Call {
  /** As RBAC says it: get, list, watch, update, delete. */
  verb: string;
  resource: Resource;
  namespace?: string;
  name?: string;
  sub?: string;
}

/** What the API server said no with. */
export interface No {
  ok: false;
  status: number;
  reason: string;
  /** Redacted, one line. */
  message: string;
  retryAfterMs?: number;
  serverTime: number;
}

/** `pods/log` */
export const resourceName = (call: Call): string => call.resource.plural + (call.sub ? `/${call.sub}` : '');

const sayCall = (cluster: string, call: Call): string =>
  `cluster ${cluster}: ${call.verb} ${resourceName(call)}${call.name ? ` ${call.name}` : ''}` +
  `${call.namespace ? ` in namespace ${call.namespace}` : ''}`;

/** An answer that may be another one later. 401 too: tokens rotate, and authenticators have bad minutes. */
export const isPassing = (status: number): boolean =>
  status === 401 || status === 408 || status === 429 || status >= 500;

export function passing(cluster: string, call: Call, no: No): TransientError {
  const why = no.status === 401 ? 'the API server does not accept our credentials' : no.message;
  return new TransientError(`${sayCall(cluster, call)} answered ${no.status}: ${why}`, {
    retryAfterMs: no.retryAfterMs,
  });
}

/** A connection that was refused, reset, or silent for too long. */
export function silence(cluster: string, call: Call, error: unknown, timeoutMs: number): TransientError {
  const { name = '', code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  const timedOut = name === 'TimeoutError' || code.endsWith('TIMEOUT');
  const why = timedOut ? `no answer within ${timeoutMs / 1000} s` : redactLine(code || message || name, 120);
  return new TransientError(`${sayCall(cluster, call)}: ${why}`, { cause: error });
}

/** No credentials could be had: a missing file will not come by itself, an exec plugin may answer next time. */
export function credentials(cluster: string, error: unknown): Error {
  if (error instanceof TerminalError) return error;
  const { code, message } = error as { code?: string; message?: string };
  const say = `cluster ${cluster}: its credentials cannot be used: ${redactLine(message ?? String(error), 200)}`;
  if (code === 'ENOENT' || code === 'EACCES' || message?.startsWith('HTTP protocol')) {
    return new TerminalError(
      'misconfigured',
      say,
      'Mend the kubeconfig (its files, its server) that the catalog names.',
    );
  }
  return new TransientError(say, { retryAfterMs: 5_000, cause: error });
}

/** What asking again cannot mend. */
export function final(cluster: string, call: Call, no: No): TerminalError {
  const what = sayCall(cluster, call);
  if (no.status === 404) {
    return new TerminalError('gone', `${what}: it does not exist`, 'Create it again, then ask for the release again.');
  }
  if (isMissingRight(no)) {
    return new TerminalError('forbidden', `${what} is not allowed to us`, `Add to our Role: ${roleRule(call)}`);
  }
  return new TerminalError(
    'rejected',
    `${what} was rejected (${no.status} ${no.reason}): ${no.message}`,
    'Mend what the API server names, then ask for the release again.',
  );
}

/** 403 is also what admission says; only RBAC says that a user cannot do a verb. */
export const isMissingRight = (no: No): boolean =>
  no.status === 403 && (no.message === '' || / cannot \w+ resource /.test(no.message));

/** The line that a Role lacks. */
export function roleRule(call: Call): string {
  const where = call.namespace ? ` (namespace ${call.namespace})` : ' (a ClusterRole)';
  return `{apiGroups: ["${call.resource.group}"], resources: ["${resourceName(call)}"], verbs: ["${call.verb}"]}${where}`;
}
