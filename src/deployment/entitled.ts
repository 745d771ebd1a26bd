import { isRefusal, type Refusal, TransientError } from '../errors.ts';
import type { Principal } from '../ports.ts';
import type { Person } from '../release/event.ts';
import { judgeApproval, permit } from '../release/policy.ts';
import type { Release } from '../release/release.ts';
import type { World } from '../world.ts';

/**
 * Requester and approvers must still be entitled, and so must who overrides. Who cannot be asked about keeps the release
 * waiting; but a rollback was judged a moment ago, and no directory that is down may hold it up.
 */
export async function judgePeople(world: World, release: Release): Promise<Refusal | undefined> {
  const catalog = world.catalog();
  const requester = await principalOf(world, release.by).catch((error: unknown) => {
    if (release.urgent && error instanceof TransientError) return undefined;
    throw error;
  });
  if (!requester) return undefined;
  const may = isRefusal(requester) ? requester : mayAsk(world, release, requester);
  if (may) return { ...may, say: `${release.by.name} asked for this, and may not any more: ${may.say}` };
  if ((release.plan?.approvals.required ?? 0) === 0) return undefined;
  for (const { by } of release.approvals) {
    const approver = await principalOf(world, by);
    const not = isRefusal(approver) ? approver : judgeApproval(catalog, { ...release, approvals: [] }, approver);
    if (not) return { ...not, say: `${by.name} approved this, and may not any more: ${not.say}` };
  }
  return undefined;
}

function mayAsk(world: World, { kind, target, command }: Release, who: Principal): Refusal | undefined {
  const catalog = world.catalog();
  const overrides = command.verb === 'deploy' && command.overriding !== undefined;
  return permit(catalog, who, kind, target) ?? (overrides ? permit(catalog, who, 'override', target) : undefined);
}

async function principalOf(world: World, person: Person): Promise<Principal | Refusal> {
  const resolved = await world.identity.resolve(person.actor);
  if (isRefusal(resolved) || [resolved.principal, ...resolved.emails].includes(person.principal)) return resolved;
  throw new TransientError(`${person.name} could not be recognised`);
}
