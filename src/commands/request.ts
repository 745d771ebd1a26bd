import type { Asked } from '../asked.ts';
import type { Catalog } from '../config/catalog.ts';
import type { Principal } from '../ports.ts';
import type { Command } from '../release/command.ts';
import type { Person } from '../release/event.ts';
import { canonicalJson, sha256 } from '../release/plan.ts';
import type { World } from '../world.ts';

/** One command of one known person, with the catalog it is judged by. */
export interface Request<C extends Command> {
  world: World;
  catalog: Catalog;
  who: Principal;
  asked: Asked;
  command: C;
}

/** The part of a principal that is kept with a release. */
export const personOf = ({ principal, name, actor, emails, aliases = [] }: Principal): Person => ({
  principal,
  name,
  actor,
  ...(emails.some((one) => one !== principal) ? { emails } : {}),
  ...(aliases.length > 0 ? { aliases } : {}),
});

/** Idempotency of one delivery: the key belongs to who sent it, the fingerprint to what it said. */
export function onlyOnce({ asked, who, command }: Request<Command>): { key?: string; fingerprint?: string } {
  const { change, ticket, onBehalfOf } = asked;
  if (asked.key === undefined) return {};
  return {
    key: `${asked.actor.surface}:${who.principal}:${asked.key}`,
    fingerprint: sha256(canonicalJson({ command, change, ticket, onBehalfOf })),
  };
}
