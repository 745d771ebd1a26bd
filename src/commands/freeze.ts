import { isRefusal, type Refusal, refuse } from '../errors.ts';
import type { Command, GuardCommand } from '../release/command.ts';
import { type Freeze, keys } from '../release/keys.ts';
import { permit } from '../release/policy.ts';
import type { Reply } from '../release/view.ts';
import { describe, parseWhen } from '../time.ts';
import { no } from './reply.ts';
import type { Request } from './request.ts';
import { writeRecord } from './write-record.ts';

type Of<V extends GuardCommand['verb']> = Request<Extract<Command, { verb: V }>>;

/** No start in an environment until it is unfrozen or the time has come. What runs goes on; rollbacks pass. */
export async function freeze(request: Of<'freeze'>): Promise<Reply> {
  const { catalog, who, command, world } = request;
  const denied = permit(catalog, who, 'freeze', { environment: command.environment });
  if (denied) return no(denied);
  const { now, records } = await world.ledger.read([keys.freeze(command.environment)]);
  const until = command.until === undefined ? undefined : parseWhen(command.until, now, 'UTC');
  if (isRefusal(until)) return no(until);
  const longer = outlasting(command, records[0]?.value as Freeze | undefined, until?.at, now);
  if (longer) return no(longer);
  const value: Freeze = { by: who.name, reason: command.reason, since: now, until: until?.at };
  const end = until ? `until ${describe(until.at, 'UTC')}` : 'until somebody unfreezes it';
  const title = `${command.environment} is frozen ${end}: ${command.reason}.`;
  return writeRecord(request, {
    key: keys.freeze(command.environment),
    rev: records[0]?.rev ?? 0,
    value,
    title,
    hint: `Undo: "unfreeze ${command.environment}".`,
  });
}

/** A freeze may be made longer; one that would end earlier than the one that holds is not what either of them wanted. */
function outlasting(
  { environment }: GuardCommand & { verb: 'freeze' },
  held: Freeze | undefined,
  until: number | undefined,
  now: number,
): Refusal | undefined {
  const end = held ? (held.until ?? Number.POSITIVE_INFINITY) : 0;
  if (!held || end <= Math.max(now, until ?? Number.POSITIVE_INFINITY)) return undefined;
  const how = held.until === undefined ? 'until somebody unfreezes it' : `until ${describe(held.until, 'UTC')}`;
  return refuse(
    'frozen',
    `${environment} is frozen by ${held.by} already, ${how}: ${held.reason}.`,
    `To end it earlier: "unfreeze ${environment}", then freeze it again.`,
  );
}

export async function unfreeze(request: Of<'unfreeze'>): Promise<Reply> {
  const { catalog, who, command } = request;
  const { environment } = command;
  const denied = permit(catalog, who, 'freeze', { environment });
  if (denied) return no(denied);
  const nothing = refuse(
    'nothing-to-do',
    `${environment} is not frozen by a person.`,
    'Freezes that come from the catalog end by themselves.',
  );
  return writeRecord(request, {
    key: keys.freeze(environment),
    value: null,
    title: `${environment} is not frozen any more.`,
    nothing,
  });
}
