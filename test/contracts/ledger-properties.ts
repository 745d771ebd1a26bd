import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ledger, Write, Written } from '../../src/ports.ts';
import type { ReleaseEvent } from '../../src/release/event.ts';
import { refold } from '../../src/release/evolve.ts';
import type { Release } from '../../src/release/release.ts';
import type { MakeLedger } from './ledger.ts';
import {
  aborted,
  nextWrite,
  planned,
  planningStarted,
  refused,
  requestedAt,
  retrying,
  started,
} from './ledger-writes.ts';

/** One thing that some process does; `stale` decides on what it read a round ago, as a frozen worker would. */
type Action =
  | { what: 'ask'; n: number; urgent: boolean; key: number }
  | { what: 'step'; n: number; end: boolean; stale: boolean };

const n = fc.nat({ max: 3 });
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ what: fc.constant('ask' as const), n, urgent: fc.boolean(), key: fc.nat({ max: 6 }) }),
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('step' as const),
      n,
      end: fc.nat({ max: 5 }).map((one) => one === 0),
      stale: fc.boolean(),
    }),
  },
);
/** Rounds of things that happen at the same time. */
const history = fc.array(fc.array(action, { minLength: 1, maxLength: 6 }), { minLength: 4, maxLength: 14 });

const idOf = (number: number): string => `payments-${number}`;

/** A walk through the phases that matter here: requested, planning, queued, holding the target, finished. */
function nextOf(release: Release, now: number, end: boolean): Write | undefined {
  const go = (event: ReleaseEvent, extras = {}) => nextWrite(release, now, event, extras);
  const inQueue = release.phase === 'queued' || release.phase === 'validating-before';
  if (release.finishedAt !== undefined) return undefined;
  if (end) return go(inQueue ? aborted : refused, { dueAt: null, queue: inQueue ? 'leave' : undefined });
  switch (release.phase) {
    case 'requested':
      return go(planningStarted);
    case 'planning':
      return go(planned, { queue: release.urgent ? 'enter-head' : 'enter' });
    case 'queued':
      return go(started, { mustHead: true });
    default:
      return release.retryingSince === undefined ? go(retrying) : undefined;
  }
}

/** What was asked under each key and answered, to compare with what the ledger then says. */
interface Seen {
  asked: Map<number, { id: string; answers: Written[] }>;
}

async function act(
  ledger: Ledger,
  seen: Seen,
  old: Map<string, { release: Release; now: number }>,
  one: Action,
): Promise<void> {
  const id = idOf(one.n);
  if (one.what === 'ask') {
    const { now } = await ledger.read([]);
    const asked = seen.asked.get(one.key) ?? { id, answers: [] };
    seen.asked.set(one.key, asked);
    const write = requestedAt(now, id, {
      urgent: one.urgent,
      key: `key-${one.key}`,
      fingerprint: 'f',
      reply: { release: id },
    });
    asked.answers.push(await ledger.accept(write));
    return;
  }
  const found = (one.stale ? old.get(id) : undefined) ?? (await ledger.load(id));
  const write = found && nextOf(found.release, found.now, one.end);
  if (write) await ledger.commit(write);
}

async function snapshotAll(ledger: Ledger): Promise<Map<string, { release: Release; now: number }>> {
  const found = await Promise.all([0, 1, 2, 3].map((number) => ledger.load(idOf(number))));
  return new Map(found.filter((one) => one !== undefined).map((one) => [one.release.id, one]));
}

async function checkReleases(ledger: Ledger, all: Iterable<Release>): Promise<void> {
  const rows = await ledger.audit(10_000);
  for (const release of all) {
    const events = await ledger.events(release.id);
    const expected = events.map((_, index) => index + 1);
    expect(events.map(({ rev }) => rev)).toEqual(expected);
    expect(refold(events)).toEqual(release);
    const own = rows.filter(({ subject }) => subject === release.id).reverse();
    expect(own.map(({ rev, action }) => [rev, action])).toEqual(
      events.map(({ rev, event }) => [rev, event.type === 'requested' ? 'requested' : event.type]),
    );
  }
}

async function checkQueue(ledger: Ledger, all: Map<string, { release: Release }>): Promise<void> {
  const { queue, active } = await ledger.target('payments@prod', 10);
  const phases = queue.map((id) => all.get(id)?.release);
  const holding = phases.map((release) => release?.phase === 'validating-before');
  expect(holding.lastIndexOf(true), 'only the head holds the target').toBeLessThanOrEqual(0);
  const waiting = phases.filter((release) => release?.phase === 'queued').map((release) => release?.urgent);
  expect(
    waiting.indexOf(false) === -1 || waiting.lastIndexOf(true) < waiting.indexOf(false),
    'no rollback behind a deploy',
  ).toBe(true);
  const inQueue = active.filter(({ phase }) => phase === 'queued' || phase === 'validating-before').map(({ id }) => id);
  expect([...queue].sort(), 'in the queue: all that want the target').toEqual(inQueue.sort());
  const entered = (await ledger.audit(10_000)).filter(({ action }) => action === 'planned').reverse();
  for (const urgent of [true, false]) {
    const ofKind = (id: string) => all.get(id)?.release.urgent === urgent;
    const order = entered.map(({ subject }) => subject).filter((id) => queue.includes(id) && ofKind(id));
    expect(queue.filter(ofKind), 'in order of entering').toEqual(order);
  }
}

function checkKeys(seen: Seen): void {
  for (const { answers } of seen.asked.values()) {
    const accepted = answers.filter((answer) => answer.ok);
    expect(accepted.length).toBeLessThanOrEqual(1);
    const replies = answers.filter((answer) => !answer.ok && answer.why === 'duplicate');
    expect(new Set(replies.map((answer) => JSON.stringify(answer))).size).toBeLessThanOrEqual(1);
    if (replies.length > 0) expect(accepted).toHaveLength(1);
  }
}

export function propertyPromises(make: MakeLedger, runs: number): void {
  describe('any interleaving of writes', () => {
    test('keeps revisions, events, snapshots, audit, queue order and keys in step', async () => {
      const play = async (rounds: Action[][]): Promise<void> => {
        const { ledger } = await make();
        const seen: Seen = { asked: new Map() };
        let old = new Map<string, { release: Release; now: number }>();
        for (const round of rounds) {
          const before = await snapshotAll(ledger);
          await Promise.all(round.map((one) => act(ledger, seen, old, one)));
          old = before;
          await checkQueue(ledger, await snapshotAll(ledger));
        }
        const all = await snapshotAll(ledger);
        await checkReleases(
          ledger,
          [...all.values()].map(({ release }) => release),
        );
        checkKeys(seen);
      };
      await fc.assert(fc.asyncProperty(history, play), { numRuns: runs });
    });
  });
}
