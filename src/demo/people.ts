import type { Actor, Address } from '../release/event.ts';

/** Who may sit at the demo's keyboard; what each may do is in its release.yaml. */
export const people = {
  ann: { name: 'Ann', email: 'ann@example.com' },
  bob: { name: 'Bob', email: 'bob@example.com' },
  dan: { name: 'Dan', email: 'dan@example.com' },
};
export type PersonName = keyof typeof people;

export const channel: Address = { surface: 'console', tenant: 'demo', channel: 'releases' };

export const actors = Object.fromEntries(
  Object.entries(people).map(([id, { name }]) => [id, { surface: 'console', tenant: 'demo', id, name }]),
) as Record<PersonName, Actor>;
