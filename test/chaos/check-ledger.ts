import { isDeepStrictEqual } from 'node:util';
import { evolve, refold } from '../../src/release/evolve.ts';
import { isRunning, type Release } from '../../src/release/release.ts';
import { type Evidence, groupBy, type Violation, violation } from './check.ts';

type Recorded = Evidence['ledger']['releases'][number];

/** I6, I8: one audit row for each event, revisions without gaps, and events that fold into the snapshot. */
export function checkLedger({ ledger }: Evidence): Violation[] {
  const rows = groupBy(
    ledger.audit.filter(({ rev }) => rev !== undefined),
    ({ subject, rev }) => `${subject}@${rev}`,
  );
  const expected = new Set(ledger.releases.flatMap(({ id, events }) => events.map(({ rev }) => `${id}@${rev}`)));
  const surplus = [...rows.keys()].filter((key) => !expected.has(key));
  return [
    ...ledger.releases.flatMap((release) => checkRelease(release, rows)),
    ...surplus.map((key) => violation('audit', `the audit has ${key}, which no release has`)),
    ...(ledger.epoch > 0 ? [violation('lost', `the ledger went back to an earlier state ${ledger.epoch} times`)] : []),
  ];
}

function checkRelease({ id, events, snapshot, rev }: Recorded, rows: Map<string, unknown[]>): Violation[] {
  const wrong: Violation[] = [];
  events.forEach((happened, n) => {
    if (happened.rev !== n + 1) wrong.push(violation('audit', `${id}: event ${n + 1} has revision ${happened.rev}`));
    const count = rows.get(`${id}@${happened.rev}`)?.length ?? 0;
    if (count !== 1) wrong.push(violation('audit', `${id}@${happened.rev} (${happened.event.type}): ${count} rows`));
  });
  if (rev !== events.length) wrong.push(violation('audit', `${id} is at ${rev} with ${events.length} events`));
  if (!isDeepStrictEqual(plain(refold(events)), plain(snapshot)))
    wrong.push(violation('audit', `${id}: its events do not fold into its snapshot`));
  return wrong;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

/**
 * I3 from the ledger's side: the commits in the order of the audit, replayed over queues of our own. Only the head of
 * its target's queue starts; a rollback enters before all that wait.
 */
export function checkOrder({ ledger }: Evidence): Violation[] {
  const wrong: Violation[] = [];
  const queues = new Map<string, string[]>();
  const now = new Map<string, Release>();
  const eventsOf = new Map(ledger.releases.map(({ id, events }) => [id, events]));
  for (const { subject, rev } of ledger.audit) {
    const happened = rev === undefined ? undefined : eventsOf.get(subject)?.[rev - 1];
    if (!happened) continue;
    const before = now.get(subject);
    const after = evolve(before, happened.event, happened.at)!;
    now.set(subject, after);
    const target = `${after.target.service}@${after.target.environment}`;
    const queue = queues.get(target) ?? [];
    queues.set(target, move(queue, before, after, now));
    if (happened.event.type === 'started' && queue[0] !== subject)
      wrong.push(violation('out of order', `${subject} started on ${target} while ${queue[0]} was first`));
    if (happened.event.type === 'started' && queue.some((id) => id !== subject && isRunning(now.get(id)!)))
      wrong.push(violation('overlapping', `${subject} started on ${target} beside ${queue.join(', ')}`));
  }
  return wrong;
}

const inQueue = (release: Release | undefined): boolean =>
  release !== undefined && (release.phase === 'queued' || isRunning(release));

function move(queue: string[], before: Release | undefined, after: Release, now: Map<string, Release>): string[] {
  if (inQueue(before) === inQueue(after)) return queue;
  if (!inQueue(after)) return queue.filter((id) => id !== after.id);
  if (!after.urgent) return [...queue, after.id];
  const place = queue.findIndex((id) => !isRunning(now.get(id)!) && !now.get(id)!.urgent);
  return place < 0 ? [...queue, after.id] : [...queue.slice(0, place), after.id, ...queue.slice(place)];
}
