import type { Person } from './event.ts';

/** What is proved to stand for one human: their addresses, and their account on a platform. */
const proved = ({ principal, emails = [], actor }: Person): string[] => [
  principal,
  ...emails,
  `${actor.surface}:${actor.tenant}:${actor.id}`,
];

/**
 * Whether two records may be of one human. One name in common is enough, also one that nobody proved: platforms know the
 * same person by different addresses, and nobody may count twice because of that. It says no to people, never yes.
 */
export function mayBeSamePerson(one: Person, other: Person): boolean {
  return haveInCommon([...proved(one), ...(one.aliases ?? [])], [...proved(other), ...(other.aliases ?? [])]);
}

/** Whether two records are of one human for sure, so that what is one's own may be done from either. */
export function isSamePerson(one: Person, other: Person): boolean {
  return haveInCommon(proved(one), proved(other));
}

function haveInCommon(names: string[], others: string[]): boolean {
  const known = new Set(others.map((name) => name.toLowerCase()));
  return names.some((name) => known.has(name.toLowerCase()));
}
