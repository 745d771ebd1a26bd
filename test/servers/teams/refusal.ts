import type { Json } from './json.ts';

/** A no in Microsoft's form: status, code and message. */
export interface Refusal extends Error {
  status: number;
  code: string;
  /** What exactly is wrong, where there is more to say than the code. */
  problems: string[];
  body: Json;
}

/** `{ error: { code, message } }`, as the Connector and Graph say it. */
export function refusal(status: number, code: string, message: string, problems: string[] = []): Refusal {
  return refusalWith(status, code, { error: { code, message: [message, ...problems].join(' ') } }, problems);
}

/** A no whose body has a form of its own. */
export function refusalWith(status: number, code: string, body: Json, problems: string[] = []): Refusal {
  return Object.assign(new Error(code), { status, code, body, problems });
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'status' in error && 'problems' in error;
}
