import { refuse } from '../../src/errors.ts';
import type { Identity, Principal } from '../../src/ports.ts';
import type { Actor } from '../../src/release/event.ts';

/** Somebody who is known by an address; the same human may act from several platforms. */
export interface MemoryPerson {
  name: string;
  email: string;
  /** Other addresses by which the platform knows them. */
  also?: string[];
  /** Addresses that nobody proved. */
  aliases?: string[];
  groups?: string[];
}

export interface MemoryIdentity extends Identity {
  people: Map<string, MemoryPerson>;
}

/** Who people are, from a list: the actor's id is its key. Anybody else is refused. */
export function memoryIdentity(people: Record<string, MemoryPerson>): MemoryIdentity {
  const known = new Map(Object.entries(people));
  return {
    people: known,
    async resolve(actor: Actor) {
      const person = known.get(actor.id);
      if (!person)
        return refuse('not-known', `I do not know ${actor.name}.`, 'Ask an admin to add you to a role in the catalog.');
      return principalOf(actor, person);
    },
  };
}

const principalOf = (actor: Actor, { name, email, also = [], aliases = [], groups = [] }: MemoryPerson): Principal => ({
  principal: email,
  name,
  actor,
  emails: [email, ...also],
  aliases,
  groups,
  roles: [],
  token: false,
});
