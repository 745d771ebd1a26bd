import type { Ledger, ReleaseWrite, Write, Written } from '../../src/ports.ts';
import type { Address, ReleaseEvent } from '../../src/release/event.ts';
import { evolve } from '../../src/release/evolve.ts';
import type { Plan } from '../../src/release/plan.ts';
import type { Release } from '../../src/release/release.ts';

/** Writes as `handle` and `advance` make them, for tests of ledgers and of what works with them. */

export const target = { service: 'payments', environment: 'prod' };
export const by = {
  principal: 'ann',
  name: 'Ann',
  actor: { surface: 'slack' as const, tenant: 'T1', id: 'U1', name: 'Ann' },
};
export const channel: Address = { surface: 'slack', tenant: 'T1', channel: 'C1' };

export interface Wanted {
  service?: string;
  urgent?: boolean;
  announce?: Address[];
  key?: string;
  fingerprint?: string;
  reply?: unknown;
  guards?: Write['guards'];
  dueAt?: number | null;
  queue?: ReleaseWrite['queue'];
}

/** The first write of a release, decided at `now`. */
export function requestedAt(now: number, id: string, wanted: Wanted = {}): Write {
  const on = { ...target, service: wanted.service ?? target.service };
  const event: ReleaseEvent = {
    type: 'requested',
    id,
    command: wanted.urgent ? { verb: 'rollback', target: on } : { verb: 'deploy', target: on, version: '2.4.1' },
    by,
    announce: wanted.announce ?? [channel],
    urgent: wanted.urgent ?? false,
  };
  const after = evolve(undefined, event, now);
  if (!after) throw new Error('a request always makes a release');
  return {
    key: wanted.key,
    fingerprint: wanted.fingerprint,
    reply: wanted.reply,
    guards: wanted.guards,
    release: { event, at: now, after, dueAt: wanted.dueAt === undefined ? now : wanted.dueAt, queue: wanted.queue },
    audit: { actor: 'ann', action: 'requested', subject: id },
  };
}

/** Asks for a release, by the ledger's clock. */
export async function request(ledger: Ledger, id: string, wanted: Wanted = {}): Promise<Written> {
  const { now } = await ledger.read([]);
  return ledger.accept(requestedAt(now, id, wanted));
}

export type Extras = Partial<Pick<ReleaseWrite, 'dueAt' | 'queue' | 'mustHead' | 'turns'>> &
  Omit<Write, 'release' | 'audit'>;

/** The write of the next event of a release, as decided on this snapshot. */
export function nextWrite(before: Release, now: number, event: ReleaseEvent, extras: Extras = {}): Write {
  const { dueAt = now, queue, mustHead, turns, ...rest } = extras;
  const after = evolve(before, event, now);
  if (!after || after === before) throw new Error(`${event.type} does not fit a release in ${before.phase}`);
  const audit = { actor: 'release-engineer', action: event.type, subject: before.id };
  return { ...rest, release: { event, at: now, after, dueAt, queue, mustHead, turns }, audit };
}

export async function happen(ledger: Ledger, id: string, event: ReleaseEvent, extras: Extras = {}): Promise<Written> {
  const { release, now } = await loaded(ledger, id);
  return ledger.commit(nextWrite(release, now, event, extras));
}

export async function loaded(ledger: Ledger, id: string): Promise<{ release: Release; now: number }> {
  const found = await ledger.load(id);
  if (!found) throw new Error(`no release ${id}`);
  return found;
}

const plan: Plan = {
  schema: 1,
  target,
  kind: 'deploy',
  from: '2.4.0',
  to: '2.4.1',
  toDigest: 'sha256:new',
  strategy: 'rolling',
  places: [],
  checks: { before: [], after: [] },
  gates: [],
  overridden: [],
  approvals: { required: 0, from: [], expiresMs: 0 },
  risk: [],
  policyVersion: '1',
};

export const refused: ReleaseEvent = { type: 'refused', refusal: { code: 'frozen', say: 'Frozen.', hint: 'Wait.' } };
export const planningStarted: ReleaseEvent = { type: 'planning-started' };
export const planned: ReleaseEvent = { type: 'planned', plan, hash: 'hash' };
export const started: ReleaseEvent = { type: 'started', fence: 1 };
export const aborted: ReleaseEvent = { type: 'controlled', verb: 'abort', by, fence: 2 };
export const retrying: ReleaseEvent = { type: 'retrying', what: 'the cluster is not answering' };

/** Brings a release into its target's queue. */
export async function queued(ledger: Ledger, id: string, wanted: Wanted = {}): Promise<void> {
  await request(ledger, id, wanted);
  await happen(ledger, id, planningStarted);
  await happen(ledger, id, planned, { queue: wanted.urgent ? 'enter-head' : 'enter' });
}

/** Brings a release to where it holds its target. */
export async function running(ledger: Ledger, id: string, wanted: Wanted = {}): Promise<void> {
  await queued(ledger, id, wanted);
  await happen(ledger, id, started, { mustHead: true });
}
