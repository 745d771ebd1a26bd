import { explain } from '../decision/explain.ts';
import type { Command } from '../release/command.ts';
import { permit } from '../release/policy.ts';
import type { Reply } from '../release/view.ts';
import { findRelease } from './control.ts';
import { no, yes } from './reply.ts';
import type { Request } from './request.ts';

/** Why a release is where it is: the verdict, its cause, and the evidence it stands on. */
export async function why({
  world,
  catalog,
  who,
  command,
}: Request<Extract<Command, { verb: 'why' }>>): Promise<Reply> {
  const found = await findRelease(world, { release: command.release });
  if (!found.release) return no(found.refusal);
  const denied = permit(catalog, who, 'read', found.release.target);
  if (denied) return no(denied);
  const { title, lines, code } = explain(found.release);
  return yes({ title, lines, code, tone: 'told', release: found.release.id });
}
