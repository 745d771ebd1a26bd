import { expect, test } from 'vitest';
import type { ReleaseEvent } from '../../src/release/event.ts';
import { evolve } from '../../src/release/evolve.ts';
import type { Release } from '../../src/release/release.ts';
import { dueAt } from '../../src/settle.ts';
import { house, noApproval, ok } from '../stories/house.ts';

/** What people wait for must not wait for the next regular look, which is seconds away. */

const counts = { desired: 3, updated: 3, updatedReady: 1, updatedAvailable: 1, available: 3, old: 2, oldAvailable: 2 };
const waiting: ReleaseEvent = { type: 'progressed', counts, waitingFor: '2 of 3 new pods', troubles: [] };
const bob = {
  principal: 'bob@example.com',
  name: 'Bob',
  actor: { surface: 'console', tenant: 'story', id: 'bob', name: 'bob' },
} as const;
const says = (verb: 'rollback' | 'pause' | 'resume', fence: number): ReleaseEvent => ({
  type: 'controlled',
  verb,
  by: bob,
  fence,
});

/** A release in the middle of its rollout that waits for pods. */
async function rollingOut(): Promise<{ release: Release; now: number }> {
  const home = house(noApproval);
  const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
  const release = await home.until(id, 'deploying');
  return { release, now: home.clock.now };
}

const after = (release: Release, now: number, ...events: ReleaseEvent[]): Release =>
  events.reduce((before, event) => {
    const next = evolve(before, event, now)!;
    expect(next.rev, event.type).toBe(before.rev + 1);
    return next;
  }, release);

test('when the last place is healthy again, the next look says so at once', async () => {
  const { release, now } = await rollingOut();
  const written: ReleaseEvent = { type: 'return-written', place: 0, op: 'op' };
  const returning = after(release, now, waiting, says('rollback', 2), written, waiting);
  expect(dueAt(returning, now)).toBeGreaterThan(now);

  const serving = { place: 'eu/prod/deployment/payments', version: '2.4.0', healthy: true, counts };
  expect(dueAt(after(returning, now, { type: 'returned', place: 0, serving }), now)).toBe(now);
});

test('resume is told to the cluster at once', async () => {
  const { release, now } = await rollingOut();
  const paused = after(release, now, waiting, says('pause', 2), { type: 'pause-applied', paused: true });
  expect(dueAt(paused, now)).toBeNull();

  expect(dueAt(after(paused, now, says('resume', 3)), now)).toBe(now);
});
