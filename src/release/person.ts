import type { Person } from './event.ts';

/** Everything that stands for one human: their addresses, and their account on a platform. */
const names = ({ principal, emails = [], actor }: Person): string[] =>
  [principal, ...emails, `${actor.surface}:${actor.tenant}:${actor.id}`].map((name) => name.toLowerCase());

/**
 * Whether two records are of one human. One name in common is enough: platforms may know the same person by different
 * addresses, and nobody may count twice because of that.
 */
export function isSamePerson(one: Person, other: Person): boolean {
  const known = names(other);
  return names(one).some((name) => known.includes(name));
}
