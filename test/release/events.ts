import fc from 'fast-check';
import type { ControlVerb } from '../../src/release/command.ts';
import { controlVerbs } from '../../src/release/command.ts';
import type { Person, ReleaseEvent } from '../../src/release/event.ts';
import type { PlacePlan, Plan, Step } from '../../src/release/plan.ts';

/** Events that could happen to a release, and many that should not: any order, any number, any data of the right shape. */

export const person = (name: string): Person => ({
  principal: `${name.toLowerCase()}@example.com`,
  name,
  actor: { surface: 'console', tenant: 't', id: name.toLowerCase(), name },
});
const people = ['Ann', 'Bob', 'Cyd'].map(person);
const anyone = fc.constantFrom(...people);
const word = fc.constantFrom('one', 'two', 'three');
const fence = fc.integer({ min: 0, max: 9 });

const counts = fc.record({
  desired: fc.nat(5),
  updated: fc.nat(5),
  updatedReady: fc.nat(5),
  updatedAvailable: fc.nat(5),
  available: fc.nat(5),
  old: fc.nat(5),
  oldAvailable: fc.nat(5),
});
const finding = fc.record({
  cause: fc.constantFrom('crash-loop' as const, 'node-trouble' as const),
  message: word,
  events: fc.constant([]),
});
const trouble = fc.record({
  code: fc.constantFrom('budget' as const, 'platform' as const, 'inconclusive' as const),
  say: word,
  hint: word,
});
const serving = fc.record({ place: word, version: word, healthy: fc.boolean() });
const refusal = fc.record({ code: fc.constant('not-now' as const), say: word, hint: word });

const apply: Step = { kind: 'apply' };
export function placePlan(name: string, steps: Step[] = [apply]): PlacePlan {
  return {
    place: { cluster: 'eu', namespace: 'prod', kind: 'deployment', name },
    uid: `uid-${name}`,
    containers: [
      {
        name: 'app',
        init: false,
        from: { ref: 'app:1', digest: 'sha256:1' },
        to: { ref: 'app:2', digest: 'sha256:2' },
      },
    ],
    returnPoint: { record: 'r', revision: '1', version: '1', images: [], replicas: 3, pullable: true },
    steps,
    desired: 3,
  };
}

export const planOf = (change: Partial<Plan> = {}): Plan => ({
  schema: 1,
  target: { service: 'payments', environment: 'prod' },
  kind: 'deploy',
  from: '1',
  to: '2',
  toDigest: 'sha256:2',
  strategy: 'rolling',
  places: [placePlan('payments')],
  checks: { before: [], after: [] },
  gates: ['freeze', 'lock'],
  overridden: [],
  approvals: { required: 0, from: ['managers'], expiresMs: 60_000 },
  risk: [],
  policyVersion: 'p1',
  ...change,
});

const plan = fc
  .record({
    required: fc.nat(2),
    places: fc.integer({ min: 1, max: 2 }),
    at: fc.option(fc.nat(1_000_000), { nil: undefined }),
  })
  .map(({ required, places, at }) =>
    planOf({
      approvals: { required, from: ['managers'], expiresMs: 60_000 },
      places: ['a', 'b'].slice(0, places).map((name) => placePlan(name, [apply, apply].slice(0, places))),
      at,
    }),
  );
const hash = fc.constantFrom('hash-a', 'hash-b');
const index = fc.nat(2);
const op = fc.constantFrom('op-1', 'op-2');

const verb = fc.constantFrom<ControlVerb | 'rollback'>(...controlVerbs, 'rollback');
const kinds: Record<Exclude<ReleaseEvent['type'], 'requested'>, fc.Arbitrary<object>> = {
  'planning-started': fc.constant({}),
  planned: fc.record({ plan, hash }),
  replanned: fc.record({ plan, hash, why: word }),
  refused: fc.record({ refusal }),
  approved: fc.record({ approval: fc.record({ by: anyone, at: fc.nat(), planHash: hash }) }),
  rejected: fc.record({ by: anyone, reason: word }),
  expired: fc.constant({}),
  'approvals-lapsed': fc.record({ why: word }),
  due: fc.constant({}),
  started: fc.record({ fence }),
  validated: fc.constant({ measurements: [] }),
  'failed-before-write': fc.record({ refusal, measurements: fc.constant([]) }),
  'step-started': fc.record({ place: index, step: index, op }),
  'step-applied': fc.record({ op }),
  progressed: fc.record({ counts, waitingFor: word, troubles: fc.constant([]) }),
  'step-settled': fc.record({ counts }),
  'rolled-out': fc.record({ serving: fc.array(serving, { maxLength: 1 }) }),
  'window-opened': fc.constant({}),
  succeeded: fc.record({ measurements: fc.constant([]), serving: fc.array(serving, { maxLength: 1 }) }),
  'verdict-failed': fc.record({ place: index, finding, fence, quarantine: fc.boolean() }),
  evidence: fc.record({
    evidence: fc.record({ finding, place: word, logs: fc.constant([]), missing: fc.constant([]) }),
  }),
  controlled: fc.record({ verb, by: anyone, fence }),
  'pause-applied': fc.record({ paused: fc.boolean() }),
  'return-written': fc.record({ place: index, op }),
  returned: fc.record({ place: index, serving }),
  'rolled-back': fc.record({ serving: fc.array(serving, { maxLength: 1 }) }),
  'recovery-failed': fc.record({ trouble }),
  errored: fc.record({ trouble, fence }),
  retrying: fc.record({ what: word }),
};

export const born = (by = people[0] as Person): ReleaseEvent => ({
  type: 'requested',
  id: 'payments-7f3',
  command: { verb: 'deploy', target: { service: 'payments', environment: 'prod' }, version: '2' },
  by,
  announce: [],
  urgent: false,
});

export const anyEvent: fc.Arbitrary<ReleaseEvent> = fc.oneof(
  ...Object.entries(kinds).map(([type, rest]) => rest.map((fields) => ({ type, ...fields }) as ReleaseEvent)),
  fc.constant(born()),
);

/** The way a release usually goes: random events alone would seldom get far. */
const usual: ReleaseEvent[] = [
  { type: 'planning-started' },
  { type: 'planned', plan: planOf(), hash: 'hash-a' },
  { type: 'started', fence: 1 },
  { type: 'validated', measurements: [] },
  { type: 'step-started', place: 0, step: 0, op: 'op-1' },
  { type: 'step-applied', op: 'op-1' },
  {
    type: 'step-settled',
    counts: { desired: 1, updated: 1, updatedReady: 1, updatedAvailable: 1, available: 1, old: 0, oldAvailable: 0 },
  },
  { type: 'rolled-out', serving: [] },
  { type: 'window-opened' },
];

/** A life: some of the usual way, then anything, with what was usual doubled here and there. */
export const anyLife: fc.Arbitrary<ReleaseEvent[]> = fc
  .tuple(fc.nat(usual.length), fc.array(anyEvent, { maxLength: 25 }), fc.boolean())
  .map(([far, rest, doubled]) => [
    born(),
    ...usual.slice(0, far).flatMap((event) => (doubled ? [event, event] : [event])),
    ...rest,
  ]);
