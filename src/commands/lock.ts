import { refuse } from '../errors.ts';
import type { Command, GuardCommand } from '../release/command.ts';
import { keys, type Lock } from '../release/keys.ts';
import { permit } from '../release/policy.ts';
import type { Reply } from '../release/view.ts';
import { targetWords } from './accept.ts';
import { no } from './reply.ts';
import type { Request } from './request.ts';
import { writeRecord } from './write-record.ts';

type Of<V extends GuardCommand['verb']> = Request<Extract<Command, { verb: V }>>;

/** No start on a target until it is unlocked. What runs goes on; rollbacks pass. */
export async function lock(request: Of<'lock' | 'unlock'>): Promise<Reply> {
  const { catalog, who, command, world } = request;
  const { target, reason } = command;
  const denied = permit(catalog, who, 'lock', target);
  if (denied) return no(denied);
  const { now, records } = await world.ledger.read([keys.lock(target)]);
  const held = records[0]?.value as Lock | undefined;
  if (held)
    return no(
      refuse(
        'locked',
        `${targetWords(command)} is locked by ${held.by} already: ${held.reason}.`,
        `Unlock it first: "unlock ${target.service} ${target.environment} because …".`,
      ),
    );
  const value: Lock = { by: who.name, reason, since: now };
  return writeRecord(request, {
    key: keys.lock(target),
    rev: records[0]?.rev ?? 0,
    value,
    title: `${targetWords(command)} is locked: ${reason}.`,
    hint: `Undo: "unlock ${target.service} ${target.environment} because …".`,
  });
}

/** A person has looked. After a lost ledger this also accepts what the cluster carries as the new beginning. */
export async function unlock(request: Of<'lock' | 'unlock'>): Promise<Reply> {
  const { catalog, who, command, world } = request;
  const { target, reason } = command;
  const denied = permit(catalog, who, 'lock', target);
  if (denied) return no(denied);
  const { records } = await world.ledger.read([keys.lock(target)]);
  const { ledgerLost } = (records[0]?.value as Lock | undefined) ?? {};
  const also = ledgerLost
    ? [
        { key: keys.fence(target), value: ledgerLost.fence },
        { key: keys.adopted(target), value: ledgerLost.release },
      ]
    : [];
  const nothing = refuse('nothing-to-do', `${targetWords(command)} is not locked.`, 'Nothing to do.');
  return writeRecord(request, {
    key: keys.lock(target),
    rev: records[0]?.rev ?? 0,
    value: null,
    title: `${targetWords(command)} is unlocked: ${reason}.`,
    nothing,
    also,
  });
}
