import { createHash } from 'node:crypto';
import type { Fields } from './object.ts';

export const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON with sorted keys and without null or undefined fields, so that two equal objects give equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value).filter((key) => value[key] !== null && value[key] !== undefined);
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
    .join(',')}}`;
}

/** Whether two values are the same JSON; a field that is null or missing is the same as none. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, at) => equal(item, b[at]));
  if (!isRecord(a) || !isRecord(b)) return (a ?? null) === (b ?? null);
  const other = Object.keys(b).every((key) => key in a || (b[key] ?? null) === null);
  return other && Object.keys(a).every((key) => equal(a[key], b[key]));
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A short hash in the letters that Kubernetes uses for names (no vowels, so that no words appear). */
export function nameHash(text: string, length: number): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  const bytes = createHash('sha256').update(text).digest();
  return Array.from({ length }, (_, at) => letters[bytes[at]! % letters.length]).join('');
}
