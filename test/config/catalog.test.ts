import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findEnvironment, findService, findTarget, parseCatalog } from '../../src/config/catalog.ts';
import { problemText } from '../../src/config/problem.ts';
import { catalogOf, sampleFile } from './sample.ts';

const catalog = catalogOf(sampleFile());

describe('a catalog ready to use', () => {
  it('expands workloads at every place, in order', () => {
    const places = findTarget(catalog, { service: 'payments', environment: 'prod' })!.places;
    expect(places).toEqual([
      {
        place: { cluster: 'eu', namespace: 'prod', kind: 'deployment', name: 'payments' },
        containers: ['app', 'migrate'],
      },
      { place: { cluster: 'eu', namespace: 'prod', kind: 'deployment', name: 'payments-worker' } },
      {
        place: { cluster: 'us', namespace: 'prod', kind: 'deployment', name: 'payments' },
        containers: ['app', 'migrate'],
      },
      { place: { cluster: 'us', namespace: 'prod', kind: 'deployment', name: 'payments-worker' } },
    ]);
  });

  it('lets an environment of a service differ, and keeps the rest', () => {
    const { prod, staging } = findService(catalog, 'payments')!.targets;
    expect(staging).toMatchObject({ strategy: 'recreate', health: { progressDeadline: 900_000, stability: 10_000 } });
    expect(staging!.places).toHaveLength(1);
    expect(prod).toMatchObject({ strategy: 'rolling', health: { progressDeadline: 900_000, stability: 60_000 } });
    expect(staging!.checks).toEqual(prod!.checks);
  });

  it('fills every default', () => {
    expect(findTarget(catalog, { service: 'ledger', environment: 'staging' })).toEqual({
      places: [{ place: { cluster: 'home', namespace: 'staging', kind: 'statefulset', name: 'ledger' } }],
      strategy: 'rolling',
      checks: { before: [], after: [] },
      health: {
        progressDeadline: 600_000,
        schedulingBudget: 300_000,
        stability: 60_000,
        recoveryBudget: 600_000,
        progressPoll: 5_000,
        tolerateBadPods: 0,
      },
      announce: { slack: 'C0PAY' },
    });
    expect(findService(catalog, 'ledger')).toMatchObject({ tier: 'standard', aliases: [] });
    expect(findEnvironment(catalog, 'staging')).toEqual({
      name: 'staging',
      aliases: [],
      approvals: { required: 0, from: [], expiresMs: 1_800_000 },
      freezes: [],
    });
  });

  it('reads checks, freezes, orders and approvals with their times in ms', () => {
    expect(findTarget(catalog, { service: 'payments', environment: 'prod' })!.checks).toEqual({
      before: [
        {
          kind: 'http',
          name: 'payments.staging.example.com/healthz',
          url: 'https://payments.staging.example.com/healthz',
          status: 200,
          timeoutMs: 5_000,
        },
      ],
      after: [
        { kind: 'http', name: 'ready', url: 'https://payments.example.com/ready', status: 204, timeoutMs: 2_000 },
      ],
    });
    expect(findEnvironment(catalog, 'prod')).toMatchObject({
      after: { environment: 'staging', soakMs: 1_800_000 },
      approvals: { required: 2, from: ['release-managers'], expiresMs: 3_600_000 },
      freezes: [{ text: 'Fri 15:00 – Mon 08:00', zone: 'Europe/Berlin', reason: 'weekend' }],
    });
  });

  it('announces where the environment says, else where the team says', () => {
    expect(findTarget(catalog, { service: 'payments', environment: 'prod' })!.announce).toEqual({
      slack: 'C0PROD',
      teams: '19:abc@thread.tacv2',
    });
    expect(findTarget(catalog, { service: 'payments', environment: 'staging' })!.announce).toEqual({ slack: 'C0PAY' });
  });

  it('spells out roles: groups as principals carry them, environments and services by name', () => {
    expect(catalog.roles['release-managers']).toEqual({
      name: 'release-managers',
      groups: ['slack:S0RELMGR', 'user:slack:U0LEAD', 'teams:11111111-2222-3333-4444-55555555abcd'],
      emails: ['lead@example.com'],
      may: ['read', 'deploy', 'control', 'approve', 'rollback', 'override', 'freeze', 'lock', 'admin'],
      in: ['prod'],
      for: ['payments', 'ledger'],
    });
    expect(catalog.roles.developers).toMatchObject({ in: ['staging', 'prod'], for: ['payments', 'ledger'] });
  });

  it('lets all approve that may there, when no role is named', () => {
    const file = sampleFile();
    delete file.environments.prod.approvals.from;
    expect(findEnvironment(catalogOf(file), 'prod')!.approvals.from).toEqual(['release-managers']);
  });

  it('knows clusters, registries and pages by reference only', () => {
    expect(catalog.clusters).toEqual({
      eu: { inCluster: false, context: 'eu-prod' },
      us: { inCluster: false, kubeconfig: { from: 'file', path: '/etc/us.kubeconfig' } },
      home: { inCluster: true },
    });
    expect(catalog.registries['registry.example.com']).toEqual({
      username: { from: 'env', name: 'REG_USER' },
      password: { from: 'file', path: '/run/secrets/reg' },
    });
    expect(catalog.teams.payments!.page).toEqual({ webhook: { from: 'env', name: 'PAGE_URL' } });
  });

  it.each(['payments', 'pay', 'PAY', 'Payments'])('finds the service by %s', (word) => {
    expect(findService(catalog, word)?.name).toBe('payments');
  });

  it.each(['constructor', '__proto__', 'toString', '', 'paymentz'])('finds nothing by %s', (word) => {
    expect(findService(catalog, word)).toBeUndefined();
    expect(findEnvironment(catalog, word)).toBeUndefined();
    expect(findTarget(catalog, { service: 'payments', environment: word })).toBeUndefined();
  });

  it('has no target where a service does not live', () => {
    expect(findTarget(catalog, { service: 'ledger', environment: 'prod' })).toBeUndefined();
  });
});

describe('the version of the policy', () => {
  it('stays when only the writing changes', () => {
    const file = sampleFile();
    file.services.payments.environments.staging.workloads = ['deployment/payments'];
    delete file.services.payments.environments.staging.workload;
    file.environments.prod.approvals.expires = '60m';
    file.environments = { prod: file.environments.prod, staging: file.environments.staging };
    delete file.services.payments.strategy;
    file.roles.developers.in = ['staging', 'prod'];
    expect(catalogOf(file).policyVersion).toBe(catalog.policyVersion);
    expect(catalog.policyVersion).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes with any rule', () => {
    const file = sampleFile();
    file.environments.prod.approvals.required = 1;
    expect(catalogOf(file).policyVersion).not.toBe(catalog.policyVersion);
  });
});

describe('any input', () => {
  it('gives a catalog or problems with a path and a fix, and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        const parsed = parseCatalog(raw);
        expect(parsed.ok).toBe(false);
        if (!parsed.ok) for (const problem of parsed.problems) expect(problemText(problem)).toMatch(/\S: .+\. \S/);
      }),
    );
  });

  it('names the place of whatever is put in the wrong place', () => {
    const spots = pathsOf(sampleFile());
    fc.assert(
      fc.property(
        fc.constantFrom(...spots),
        fc.constantFrom(null, 17.5, '', 'no such thing!', [[]], { odd: 1 }),
        (spot, value) => {
          const file = sampleFile();
          put(file, spot, value);
          const parsed = parseCatalog(file);
          if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0);
          else expect(typeof value === 'string' && value !== '').toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

type Spot = (string | number)[];

function pathsOf(value: unknown, above: Spot = []): Spot[] {
  if (typeof value !== 'object' || value === null) return [above];
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  const below = [...keys].flatMap((key) => pathsOf(Reflect.get(value, key), [...above, key]));
  return above.length > 0 ? [above, ...below] : below;
}

function put(root: object, spot: Spot, value: unknown): void {
  const holder = spot.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key), root);
  Reflect.set(holder, spot.at(-1)!, value);
}
