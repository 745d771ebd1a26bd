import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Plan, planHash } from '../../src/release/plan.ts';
import { placePlan, planOf } from './events.ts';

/** The same value with the keys of every object in another order. */
function shuffled(value: unknown, turn: number): unknown {
  if (Array.isArray(value)) return value.map((one) => shuffled(one, turn));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, shuffled(one, turn)] as const);
  const at = entries.length === 0 ? 0 : turn % entries.length;
  return Object.fromEntries([...entries.slice(at), ...entries.slice(0, at)].reverse());
}

describe('the hash of a plan', () => {
  test('does not depend on the order of keys, nor on a trip through JSON', () => {
    fc.assert(
      fc.property(fc.nat(20), (turn) => {
        const plan = planOf({ at: 5 });
        expect(planHash(shuffled(plan, turn) as Plan)).toBe(planHash(plan));
        expect(planHash(JSON.parse(JSON.stringify(plan)))).toBe(planHash(plan));
      }),
    );
  });

  test('canonical JSON is JSON, and equal exactly for equal values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.nat(7), (a, b, turn) => {
        expect(JSON.parse(canonicalJson(a))).toEqual(JSON.parse(JSON.stringify(a)));
        expect(canonicalJson(shuffled(a, turn))).toBe(canonicalJson(a));
        const same = JSON.stringify(JSON.parse(canonicalJson(a))) === JSON.stringify(JSON.parse(canonicalJson(b)));
        expect(canonicalJson(a) === canonicalJson(b)).toBe(same);
      }),
      { numRuns: 500 },
    );
  });

  test('an absent field and an undefined one are the same plan', () => {
    expect(planHash(planOf({ at: undefined }))).toBe(planHash(planOf()));
  });

  const place = placePlan('payments');
  const [container] = place.containers;
  const changes: Record<string, Partial<Plan>> = {
    uid: { places: [{ ...place, uid: 'another' }] },
    'a container more': {
      places: [{ ...place, containers: [...place.containers, { ...container!, name: 'migrate' }] }],
    },
    'the from-digest': {
      places: [{ ...place, containers: [{ ...container!, from: { ref: 'app:1', digest: 'sha256:9' } }] }],
    },
    'the to-digest': {
      places: [{ ...place, containers: [{ ...container!, to: { ref: 'app:2', digest: 'sha256:9' } }] }],
    },
    'the version’s digest': { toDigest: 'sha256:9' },
    strategy: { strategy: 'recreate' },
    steps: { places: [{ ...place, steps: [{ kind: 'scale', replicas: 0 }, { kind: 'apply' }] }] },
    'the replicas of a step': { places: [{ ...place, steps: [{ kind: 'scale', replicas: 7 }] }] },
    'one place more': { places: [place, placePlan('worker')] },
    'the order of places': { places: [placePlan('worker'), place] },
    checks: {
      checks: { before: [], after: [{ kind: 'http', name: 'h', url: 'https://a.example', status: 200, timeoutMs: 1 }] },
    },
    gates: { gates: ['freeze'] },
    'an overridden gate': { overridden: ['freeze'] },
    'the number of approvals': { approvals: { required: 3, from: ['managers'], expiresMs: 60_000 } },
    'who may approve': { approvals: { required: 0, from: ['others'], expiresMs: 60_000 } },
    'the policy version': { policyVersion: 'p2' },
    'the hour': { at: 1 },
    'the target': { target: { service: 'payments', environment: 'staging' } },
    'the return point': { places: [{ ...place, returnPoint: { ...place.returnPoint, pullable: false } }] },
  };
  test.each(Object.entries(changes))('changes with %s', (_, change) => {
    expect(planHash(planOf(change))).not.toBe(planHash(planOf()));
  });
});
