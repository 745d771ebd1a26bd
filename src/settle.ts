import type { Guard, Lane, QueueMove, Written } from './ports.ts';
import { targetKey } from './release/command.ts';
import type { ReleaseEvent } from './release/event.ts';
import { evolve } from './release/evolve.ts';
import { keys } from './release/keys.ts';
import { isFinished, isRunning, needsClusterPause, type Phase, type Release } from './release/release.ts';
import type { World } from './world.ts';

/** What goes with an event in the same atomic commit. */
export interface Along {
  actor?: string;
  key?: string;
  fingerprint?: string;
  reply?: unknown;
  records?: { key: string; value: unknown | null }[];
  guards?: Guard[];
  mustHead?: boolean;
}

/** How long a look may go unanswered by a wake-up before we look by ourselves, ms. */
const lookEvery = 5_000;

/** Phases that are over in a moment as a rule: their cards keep the pace, so that a start is not four updates a second. */
const passing: Phase[] = ['requested', 'planning', 'queued', 'validating-before', 'rolled-out'];

/** Which lane a release is rung on: so that a slow check never keeps a way back waiting. */
export function laneOf(release: Release): Lane {
  if (release.phase === 'recovering') return 'recover';
  return ['validating-before', 'rolled-out', 'validating-after'].includes(release.phase) ? 'validate' : 'deploy';
}

/** When this release must be looked at again, ms of the ledger's clock; null while only a person can move it. */
export function dueAt(release: Release, now: number): number | null {
  if (isFinished(release)) return null;
  switch (release.phase) {
    case 'awaiting-approval':
      return release.expiresAt ?? now;
    case 'scheduled':
      return release.plan?.at ?? now;
    case 'paused':
      return needsClusterPause(release) ? now : null;
    case 'errored':
      return null;
    default:
      return release.waitingFor !== undefined ? now + lookEvery : now;
  }
}

const inQueue = (release: Release | undefined): boolean =>
  release !== undefined && (release.phase === 'queued' || isRunning(release));

function queueMove(before: Release | undefined, after: Release): QueueMove | undefined {
  if (inQueue(before) === inQueue(after)) return undefined;
  if (!inQueue(after)) return 'leave';
  return after.urgent ? 'enter-head' : 'enter';
}

/**
 * Folds one event and commits it with everything that belongs to it, then rings. Returns undefined when the event
 * does not fit the release any more, and the ledger's answer otherwise; a loser of the race wrote nothing.
 */
export async function settle(
  world: World,
  before: Release,
  event: ReleaseEvent,
  now: number,
  along: Along = {},
): Promise<{ after: Release; written: Written } | undefined> {
  const after = evolve(before, event, now);
  if (!after || after === before) return undefined;
  const fence = after.fence === before.fence ? [] : [{ key: keys.fence(after.target), value: after.fence }];
  const written = await world.ledger.commit({
    key: along.key,
    fingerprint: along.fingerprint,
    reply: along.reply,
    release: {
      event,
      at: now,
      after,
      dueAt: dueAt(after, now),
      queue: queueMove(before, after),
      mustHead: along.mustHead,
      turns: after.phase !== before.phase && !passing.includes(after.phase),
    },
    records: [...fence, ...(along.records ?? [])],
    guards: along.guards,
    audit: {
      actor: along.actor ?? 'release-engineer',
      action: event.type,
      subject: after.id,
      detail: { target: targetKey(after.target), phase: after.phase },
    },
  });
  if (written.ok) await ringAfter(world, after, now, written.next);
  return { after, written };
}

/** Rings what became due. A lost ring costs at most one sweep. */
export async function ringAfter(world: World, after: Release, now: number, next?: string): Promise<void> {
  const due = dueAt(after, now);
  if (due !== null && due <= now) await world.doorbell.ring(laneOf(after), after.id, after.rev);
  if (next !== undefined) await world.doorbell.ring('deploy', next, after.rev);
  await Promise.all(after.announce.map((_, index) => world.doorbell.ring('chat', `${after.id}.${index}`, after.rev)));
}
