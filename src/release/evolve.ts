import type { EventType, Happened, ReleaseEvent } from './event.ts';
import { mayBeSamePerson } from './person.ts';
import {
  hasTouched,
  isFinished,
  isRunning,
  isWaiting,
  needsClusterPause,
  type Phase,
  type Release,
  type RunningPhase,
} from './release.ts';

type Of<T extends EventType> = Extract<ReleaseEvent, { type: T }>;
type Change = Partial<Release> | undefined;

/**
 * Folds one event into a release. Pure and total: an event that does not fit changes nothing and returns the same
 * object, a finished release stays as it is, and a fitting event makes `rev` grow by exactly one.
 */
export function evolve(release: Release | undefined, event: ReleaseEvent, at: number): Release | undefined {
  if (!release) return event.type === 'requested' ? born(event, at) : undefined;
  if (isFinished(release)) return release;
  const apply = rules[event.type] as (release: Release, event: ReleaseEvent, at: number) => Change;
  const change = apply(release, event, at);
  if (!change) return release;
  const moved = change.phase !== undefined && change.phase !== release.phase;
  const calm = event.type === 'retrying' ? {} : { retryingSince: undefined, retryingWhat: undefined };
  return { ...release, ...calm, ...change, rev: release.rev + 1, phaseSince: moved ? at : release.phaseSince };
}

/** The snapshot of a list of events; undefined for an empty one. */
export function refold(events: readonly Happened[]): Release | undefined {
  return events.reduce<Release | undefined>((release, { event, at }) => evolve(release, event, at), undefined);
}

function born(event: Of<'requested'>, at: number): Release {
  return {
    schema: 1,
    id: event.id,
    rev: 1,
    phase: 'requested',
    kind: event.command.verb,
    target: event.command.target,
    command: event.command,
    by: event.by,
    asked: event.asked,
    announce: event.announce,
    change: event.change,
    ticket: event.ticket,
    onBehalfOf: event.onBehalfOf,
    urgent: event.urgent,
    requestedAt: at,
    phaseSince: at,
    approvals: [],
    fence: 0,
    cursor: { place: 0, step: 0, best: { available: 0, at } },
    touched: [],
    troubles: [],
    pausedInCluster: false,
    held: false,
    quarantined: false,
    returned: [],
    serving: [],
    measurements: [],
    steps: [],
    promoted: false,
  };
}

const during =
  <T extends EventType>(phases: Phase[], change: (release: Release, event: Of<T>, at: number) => Change) =>
  (release: Release, event: Of<T>, at: number): Change =>
    phases.includes(release.phase) ? change(release, event, at) : undefined;

const finish = (phase: Phase, at: number, rest: Partial<Release> = {}): Change => ({ ...rest, phase, finishedAt: at });

/** After the plan is there and enough people said yes: wait for the hour, or for the target. */
function admitted(release: Release, at: number): Partial<Release> {
  const later = release.plan?.at !== undefined && release.plan.at > at;
  return { phase: later ? 'scheduled' : 'queued', approvedAt: at };
}

function planned(release: Release, event: Of<'planned'> | Of<'replanned'>, at: number): Change {
  const required = event.plan.approvals.required;
  const base = { plan: event.plan, planHash: event.hash, approvals: [], approvedAt: undefined };
  if (required === 0) return { ...base, ...admitted({ ...release, ...base }, at) };
  return { ...base, phase: 'awaiting-approval', expiresAt: at + event.plan.approvals.expiresMs };
}

function approved(release: Release, { approval }: Of<'approved'>, at: number): Change {
  const already = release.approvals.some((one) => mayBeSamePerson(one.by, approval.by));
  const late = release.expiresAt !== undefined && at > release.expiresAt;
  if (late || already || approval.planHash !== release.planHash || mayBeSamePerson(release.by, approval.by))
    return undefined;
  const approvals = [...release.approvals, approval];
  const enough = approvals.length >= (release.plan?.approvals.required ?? Number.POSITIVE_INFINITY);
  return enough ? { approvals, ...admitted(release, at) } : { approvals };
}

function stepStarted(release: Release, event: Of<'step-started'>, at: number): Change {
  const { cursor } = release;
  if (cursor.op !== undefined || event.place !== cursor.place || event.step !== cursor.step) return undefined;
  const touched = release.touched.includes(event.place) ? release.touched : [...release.touched, event.place];
  return {
    touched,
    cursor: { ...cursor, op: event.op, startedAt: at, appliedAt: undefined, best: { available: 0, at } },
    steps: [...release.steps, { place: event.place, step: event.step, startedAt: at }],
    counts: undefined,
    waitingFor: undefined,
    troubles: [],
  };
}

function stepApplied(release: Release, event: Of<'step-applied'>, at: number): Change {
  const { cursor } = release;
  if (cursor.op !== event.op || cursor.appliedAt !== undefined) return undefined;
  return { cursor: { ...cursor, appliedAt: at, best: { available: 0, at } } };
}

function progressed(release: Release, event: Of<'progressed'>, at: number): Change {
  if (release.phase !== 'deploying' && release.phase !== 'recovering') return undefined;
  const { best } = release.cursor;
  const available = event.counts.updatedAvailable;
  const cursor = available > best.available ? { ...release.cursor, best: { available, at } } : release.cursor;
  return { counts: event.counts, waitingFor: event.waitingFor, troubles: event.troubles, cursor };
}

function stepSettled(release: Release, event: Of<'step-settled'>, at: number): Change {
  const { cursor, plan } = release;
  if (cursor.appliedAt === undefined || !plan) return undefined;
  const steps = release.steps.map((s, i) => (i === release.steps.length - 1 ? { ...s, settledAt: at } : s));
  const lastStep = cursor.step + 1 >= (plan.places[cursor.place]?.steps.length ?? 0);
  const next = lastStep ? { place: cursor.place + 1, step: 0 } : { place: cursor.place, step: cursor.step + 1 };
  return {
    steps,
    counts: event.counts,
    waitingFor: undefined,
    troubles: [],
    cursor: { ...next, best: { available: 0, at } },
  };
}

/** The way back begins: every touched place, last first. */
function recovering(release: Release, at: number, rest: Partial<Release>): Partial<Release> {
  const returning = { since: at, order: [...release.touched].reverse(), written: [], done: [] };
  // What was counted is the version that we leave; nobody has counted the one that comes back.
  const unknown = { counts: undefined, waitingFor: undefined, troubles: [] };
  return { ...rest, ...unknown, phase: 'recovering', returning, returned: [], held: false };
}

/** Running, or stopped in a running phase, and not already on the way back. */
const canTurnBack = (release: Release): boolean =>
  isRunning(release) && release.phase !== 'recovering' && release.resumeTo !== 'recovering';

function turnBack(release: Release, event: Of<'controlled'>, at: number): Change {
  const stop = { stoppedBy: { by: event.by, verb: event.verb, reason: event.reason }, fence: event.fence };
  if (isWaiting(release)) return finish('cancelled', at, stop);
  if (!isRunning(release)) return undefined;
  // From a stopped way back, turning back means: try the way back again.
  if (!canTurnBack(release) && release.phase === 'recovering') return undefined;
  return hasTouched(release) ? recovering(release, at, stop) : finish('cancelled', at, stop);
}

/** A write of spec.paused that was under way may have arrived although nobody could say so. */
const mayBePaused = (release: Release): boolean => release.pausedInCluster || needsClusterPause(release);

const stoppable: Phase[] = ['validating-before', 'deploying', 'rolled-out', 'validating-after'];

function stopStepping(release: Release, event: Of<'controlled'>, held: boolean): Change {
  const allowed = held ? [...stoppable, 'recovering', 'paused', 'errored'] : stoppable;
  if (!allowed.includes(release.phase)) return undefined;
  const resumeTo =
    release.phase === 'paused' || release.phase === 'errored' ? release.resumeTo : (release.phase as RunningPhase);
  const stoppedBy = { by: event.by, verb: event.verb, reason: event.reason };
  return { phase: 'paused', resumeTo, held, fence: event.fence, stoppedBy, pausedInCluster: mayBePaused(release) };
}

function resumed(release: Release, event: Of<'controlled'>, at: number): Change {
  if (release.phase !== 'paused' && release.phase !== 'errored') return undefined;
  if (!release.resumeTo) return undefined;
  const cursor = { ...release.cursor, best: { ...release.cursor.best, at } };
  const returning = release.returning && { ...release.returning, since: at };
  return {
    phase: release.resumeTo,
    resumeTo: undefined,
    held: false,
    trouble: undefined,
    stoppedBy: undefined,
    // What it waited for is from before it was stopped: look again at once.
    waitingFor: undefined,
    pausedInCluster: mayBePaused(release),
    fence: event.fence,
    cursor,
    returning,
  };
}

/** Ends the stability window, or goes on from a pause; after a check that could not tell, a person's word counts. */
function promoted(release: Release, event: Of<'controlled'>, at: number): Change {
  if (release.phase === 'validating-after' && !release.promoted) return { promoted: true, fence: event.fence };
  if (release.phase !== 'paused') return undefined;
  const change = resumed(release, event, at);
  return release.trouble?.code === 'inconclusive' ? change && { ...change, unsureAccepted: true } : change;
}

function controlled(release: Release, event: Of<'controlled'>, at: number): Change {
  switch (event.verb) {
    case 'abort':
    case 'rollback':
      return turnBack(release, event, at);
    case 'pause':
      return stopStepping(release, event, false);
    case 'hold':
      return stopStepping(release, event, true);
    case 'resume':
      return resumed(release, event, at);
    case 'promote':
      return promoted(release, event, at);
    case 'take-over':
      if (isWaiting(release)) return undefined;
      return finish('taken-over', at, {
        stoppedBy: { by: event.by, verb: event.verb, reason: event.reason },
        fence: event.fence,
      });
  }
}

function verdictFailed(release: Release, event: Of<'verdict-failed'>, at: number): Change {
  const failed = {
    finding: event.finding,
    failedPlace: event.place,
    failedAt: at,
    fence: event.fence,
    quarantined: event.quarantine,
  };
  return recovering(release, at, failed);
}

function returnWritten(release: Release, event: Of<'return-written'>, at: number): Change {
  const { returning } = release;
  if (!returning?.order.includes(event.place) || returning.written.some((w) => w.place === event.place))
    return undefined;
  const best = { available: 0, at };
  return {
    returning: { ...returning, written: [...returning.written, { place: event.place, at }] },
    cursor: { ...release.cursor, best },
  };
}

function returnedPlace(release: Release, event: Of<'returned'>, at: number): Change {
  const { returning } = release;
  if (!returning?.written.some((w) => w.place === event.place) || returning.done.includes(event.place))
    return undefined;
  const best = { available: 0, at };
  return {
    returning: { ...returning, done: [...returning.done, event.place] },
    returned: [...release.returned, event.serving],
    cursor: { ...release.cursor, best },
    // Nothing is waited for any more, so the next look is due at once.
    waitingFor: undefined,
    troubles: [],
  };
}

function errored(release: Release, event: Of<'errored'>): Change {
  if (!isRunning(release) || release.phase === 'errored') return undefined;
  const resumeTo = release.phase === 'paused' ? release.resumeTo : (release.phase as RunningPhase);
  // Inconclusive is a question for a person, not a fault: it pauses.
  const phase = event.trouble.code === 'inconclusive' ? 'paused' : 'errored';
  return { phase, resumeTo, trouble: event.trouble, fence: event.fence, pausedInCluster: mayBePaused(release) };
}

const rules: { [T in EventType]: (release: Release, event: Of<T>, at: number) => Change } = {
  requested: () => undefined,
  'planning-started': during(['requested'], () => ({ phase: 'planning' })),
  planned: during(['planning'], planned),
  replanned: during(['queued', 'awaiting-approval', 'scheduled'], (release, event: Of<'replanned'>, at) => ({
    ...planned(release, event, at),
    replanned: event.why,
  })),
  refused: (release, event, at) => (isWaiting(release) ? finish('refused', at, { refusal: event.refusal }) : undefined),
  approved: during(['awaiting-approval'], approved),
  rejected: during(['awaiting-approval'], (_, event: Of<'rejected'>, at) =>
    finish('rejected', at, { stoppedBy: { by: event.by, verb: 'reject', reason: event.reason } }),
  ),
  expired: during(['awaiting-approval'], (_, _event, at) => finish('expired', at)),
  'approvals-lapsed': during(['queued', 'scheduled'], (release, event: Of<'approvals-lapsed'>, at) => ({
    phase: 'awaiting-approval',
    approvals: [],
    approvedAt: undefined,
    replanned: event.why,
    expiresAt: at + (release.plan?.approvals.expiresMs ?? 0),
  })),
  due: during(['scheduled'], () => ({ phase: 'queued' })),
  started: during(['queued'], (_, event: Of<'started'>) => ({ phase: 'validating-before', fence: event.fence })),
  validated: during(['validating-before'], (_, event: Of<'validated'>) => ({
    phase: 'deploying',
    measurements: event.measurements,
  })),
  'failed-before-write': during(['validating-before'], (release, event: Of<'failed-before-write'>, at) =>
    hasTouched(release)
      ? undefined
      : finish('failed', at, { measurements: event.measurements, refusal: event.refusal }),
  ),
  'step-started': during(['deploying'], stepStarted),
  'step-applied': during(['deploying'], stepApplied),
  progressed,
  'step-settled': during(['deploying'], stepSettled),
  'rolled-out': during(['deploying'], (release, event: Of<'rolled-out'>, at) =>
    release.plan && release.cursor.place >= release.plan.places.length
      ? { phase: 'rolled-out', rolledOutAt: at, serving: event.serving }
      : undefined,
  ),
  'window-opened': during(['rolled-out'], (_, _event, at) => ({ phase: 'validating-after', windowOpenedAt: at })),
  succeeded: during(['validating-after'], (release, event: Of<'succeeded'>, at) =>
    finish('succeeded', at, { measurements: [...release.measurements, ...event.measurements], serving: event.serving }),
  ),
  'verdict-failed': during(['deploying', 'rolled-out', 'validating-after'], verdictFailed),
  evidence: (release, event) => (release.evidence ? undefined : { evidence: event.evidence }),
  controlled,
  'pause-applied': (release, event) =>
    release.pausedInCluster === event.paused || !isRunning(release) ? undefined : { pausedInCluster: event.paused },
  'return-written': during(['recovering'], returnWritten),
  returned: during(['recovering'], returnedPlace),
  'rolled-back': during(['recovering'], (release, event: Of<'rolled-back'>, at) =>
    release.returning && release.returning.done.length === release.returning.order.length
      ? finish('rolled-back', at, { serving: event.serving })
      : undefined,
  ),
  'recovery-failed': during(['recovering'], (_, event: Of<'recovery-failed'>, at) =>
    finish('failed', at, { trouble: event.trouble }),
  ),
  errored: (release, event) => errored(release, event),
  retrying: (release, event, at) =>
    release.retryingSince === undefined ? { retryingSince: at, retryingWhat: event.what } : undefined,
};
