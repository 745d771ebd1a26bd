import { findTarget } from '../config/catalog.ts';
import { isRefusal, type Refusal, refuse } from '../errors.ts';
import { readGates } from '../gate-facts.ts';
import type { Outcome } from '../outcome.ts';
import type { Guard, Workload } from '../ports.ts';
import { targetKey } from '../release/command.ts';
import { closedGates, firstClosed } from '../release/gates.ts';
import { keys, type Lock } from '../release/keys.ts';
import { planHash } from '../release/plan.ts';
import { isWaiting, type Release } from '../release/release.ts';
import type { World } from '../world.ts';
import { clusterOf } from './engine.ts';
import { judgePeople } from './entitled.ts';
import { outdated } from './outdated.ts';
import { makePlan } from './planning.ts';
import { sealedNow } from './return-point.ts';

/** How long a complete approval holds, from the hour it was for, ms. */
export const approvalHolds = 15 * 60_000;

/**
 * The start: everything is judged again, because time has passed since it was asked, approved and queued. Only the
 * head of the target's queue starts, and what was read is guarded until the commit.
 */
export async function start(world: World, release: Release, now: number): Promise<Outcome> {
  const { plan } = release;
  if (!plan) return { waitMs: 60_000 };
  const accepted = await acceptedOn(world, release);
  const { queue, active } = await world.ledger.target(targetKey(release.target), 1);
  if (queue[0] !== release.id) return { waitMs: 30_000 };
  if (!release.urgent && active.some((one) => one.urgent && isWaiting(one))) return { waitMs: 2_000 };
  const lapsesAt = Math.max(release.approvedAt ?? now, plan.at ?? 0) + approvalHolds;
  if (plan.approvals.required > 0 && now > lapsesAt)
    return { event: { type: 'approvals-lapsed', why: 'the approval was given more than 15 minutes ago' } };
  if (!findTarget(world.catalog(), release.target)) return { event: { type: 'refused', refusal: movedAway(release) } };
  const people = await judgePeople(world, release);
  if (people) return { event: { type: 'refused', refusal: people } };
  const gates = await readGates(world, release.target, { startAt: now, digest: plan.toDigest, version: plan.to });
  const closed = firstClosed(
    closedGates(gates.facts),
    release.command.verb === 'deploy' ? release.command.overriding : 'all',
  );
  if (closed) return { event: { type: 'refused', refusal: closed.refusal }, guards: gates.guards };
  return startOn(world, release, now, [...gates.guards, accepted]);
}

const movedAway = ({ target }: Release): Refusal =>
  refuse(
    'unknown-service',
    `Nothing changed: the catalog has no ${target.service} in ${target.environment} any more.`,
    'Put it back into the catalog, then ask again.',
  );

/** A rollback that is accepted while we judge makes this guard stale: it goes first, even before it is planned. */
async function acceptedOn(world: World, { target }: Release): Promise<Guard> {
  const key = keys.target(target);
  const { records } = await world.ledger.read([key]);
  return { key, rev: records[0]?.rev ?? 0 };
}

async function startOn(world: World, release: Release, now: number, guards: Guard[]): Promise<Outcome> {
  const plan = release.plan!;
  const workloads = await Promise.all(plan.places.map((place) => clusterOf(world, place).inspect(place.place)));
  const why = outdated(plan, workloads, world.catalog().policyVersion);
  if (why) return replan(world, release, now, why);
  const fence = await nextFence(world, release, workloads as Workload[]);
  if ('refusal' in fence)
    return { event: { type: 'refused', refusal: fence.refusal }, records: [lostLock(release, fence, now)], guards };
  const records = plan.places.map((place, index) => sealedNow(place, workloads[index] as Workload));
  return { event: { type: 'started', fence: fence.number }, records, guards: [...guards, fence.guard], mustHead: true };
}

/** What runs is not what was planned on: the plan is made anew, and people see both before they approve again. */
async function replan(world: World, release: Release, now: number, why: string): Promise<Outcome> {
  const made = await makePlan(world, release, now);
  if (isRefusal(made)) return { event: { type: 'refused', refusal: made } };
  return {
    event: { type: 'replanned', plan: made.plan, hash: planHash(made.plan), why },
    records: made.records,
    guards: made.guards,
  };
}

/** A workload that is ahead of the ledger. */
interface Stranger {
  fence: number;
  release: string | null;
  refusal: Refusal;
}

/**
 * One more than the ledger and every workload know. A workload that is ahead of the ledger, or carries a release the
 * ledger has never heard of, means that the ledger was lost: then nothing is written until a person has looked.
 */
async function nextFence(
  world: World,
  release: Release,
  workloads: Workload[],
): Promise<{ number: number; guard: Guard } | Stranger> {
  const key = keys.fence(release.target);
  const { records } = await world.ledger.read([key, keys.adopted(release.target)]);
  const known = (records[0]?.value as number | undefined) ?? 0;
  for (const workload of workloads) {
    if (await isAhead(world, release, workload, known, records[1]?.value)) return stranger(release, workload, known);
  }
  return { number: known + 1, guard: { key, rev: records[0]?.rev ?? 0 } };
}

async function isAhead(
  world: World,
  release: Release,
  { mark }: Workload,
  known: number,
  adopted: unknown,
): Promise<boolean> {
  if (mark.fence > known) return true;
  if (mark.release === undefined || mark.release === release.id || mark.release === adopted) return false;
  return (await world.ledger.load(mark.release)) === undefined;
}

function stranger({ target }: Release, { place, mark }: Workload, known: number): Stranger {
  const carries = `${place.kind}/${place.name} in ${place.namespace} carries ${mark.release ?? 'a mark'} (fence ${mark.fence})`;
  const say = `${carries}, which this ledger does not know (fence ${known}): the ledger was lost, or another installation releases it.`;
  const hint = `Look at it, then "unlock ${target.service} ${target.environment} because …" to go on from what runs there.`;
  return { fence: mark.fence, release: mark.release ?? null, refusal: refuse('ledger-lost', say, hint) };
}

const lostLock = (
  release: Release,
  { fence, release: other, refusal }: Stranger,
  now: number,
): { key: string; value: Lock } => ({
  key: keys.lock(release.target),
  value: {
    by: 'release-engineer',
    reason: `ledger lost: ${refusal.say}`,
    since: now,
    ledgerLost: { fence, release: other },
  },
});
