import { sha256 } from './json.ts';

/**
 * Seeded chance that does not depend on how requests interleave: the nth draw for one key is always the same number,
 * whatever happened to other keys in between.
 */
export interface Chance {
  /** A number in [0, 1). */
  draw(key: string): number;
  uid(): string;
  /** Five letters for the end of a generated name. */
  suffix(key: string): string;
}

export function seededChance(seed: number | string): Chance {
  const counts = new Map<string, number>();
  const next = (key: string): string => {
    const n = (counts.get(key) ?? 0) + 1;
    counts.set(key, n);
    return `${seed} ${key} ${n}`;
  };
  return {
    draw: (key) => fraction(next(key)),
    uid: () => asUuid(sha256(next('uid'))),
    suffix: (key) => letters(next(`suffix ${key}`)),
  };
}

const fraction = (text: string): number => Number.parseInt(sha256(text).slice(0, 12), 16) / 2 ** 48;

const asUuid = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;

function letters(text: string): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  const hex = sha256(text);
  return Array.from(
    { length: 5 },
    (_, at) => alphabet[Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16) % alphabet.length],
  ).join('');
}
