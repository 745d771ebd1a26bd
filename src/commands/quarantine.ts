import { refuse } from '../errors.ts';
import type { Command } from '../release/command.ts';
import { keys, type Quarantine } from '../release/keys.ts';
import { permit } from '../release/policy.ts';
import type { Reply } from '../release/view.ts';
import { targetWords } from './accept.ts';
import { no } from './reply.ts';
import type { Request } from './request.ts';
import { writeRecord } from './write-record.ts';

/** Lets the digests that failed on a target be deployed there again. */
export async function releaseFromQuarantine(
  request: Request<Extract<Command, { verb: 'release-from-quarantine' }>>,
): Promise<Reply> {
  const { catalog, who, command, world } = request;
  const denied = permit(catalog, who, 'lock', command.target);
  if (denied) return no(denied);
  const key = keys.quarantine(command.target);
  const { records } = await world.ledger.read([key]);
  const held = Object.values((records[0]?.value as Quarantine | undefined) ?? {});
  const title = `${held.map((one) => one.version).join(', ')} may be deployed to ${targetWords(command)} again: ${command.reason}.`;
  const nothing = refuse('nothing-to-do', `Nothing is in quarantine on ${targetWords(command)}.`, 'Nothing to do.');
  return writeRecord(request, { key, rev: records[0]?.rev ?? 0, value: null, title, nothing });
}
