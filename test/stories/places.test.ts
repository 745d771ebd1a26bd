import { expect, test } from 'vitest';
import type { Place } from '../../src/release/plan.ts';
import { house, noApproval, ok, prod, type RawCatalog } from './house.ts';

const two = (raw: RawCatalog) => {
  noApproval(raw);
  raw.clusters.us = { context: 'us' };
  raw.environments.prod.places.push({ cluster: 'us', namespace: 'prod' });
};
const stateful = (raw: RawCatalog) => {
  noApproval(raw);
  raw.services.payments.workload = 'statefulset/payments';
};
const there: Place = { ...prod, cluster: 'us' };

test('two places: one after another, and the second only when the first has settled', async () => {
  const { says, until, clusters, card } = house(two);
  const release = await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  const [first, second] = release.steps;
  expect(second?.startedAt).toBeGreaterThanOrEqual(first?.settledAt ?? Number.NaN);
  for (const place of [prod, there])
    expect((await clusters.get(place.cluster)?.inspect(place))?.containers[0]?.image).toContain(':2.4.1');
  expect(card().steps.map((step) => [step.text, step.state])).toEqual([
    ['apply 2.4.1 at eu/prod/deployment/payments', 'done'],
    ['apply 2.4.1 at us/prod/deployment/payments', 'done'],
  ]);
});

test('two places: what fails at the second comes back at both, last first', async () => {
  const home = house(two);
  const us = home.clusters.get('us')!;
  const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
  for (let second = 0; second < 200 && us.writes.length === 0; second += 1) await home.passes(1_000);
  expect(us.writes).toHaveLength(1);
  await home.says('bob', 'roll back payments in prod');
  const release = await home.until(id, 'rolled-back');
  expect(release.returning?.order).toEqual([1, 0]);
  expect(release.serving.map((one) => one.place)).toEqual([
    'us/prod/deployment/payments',
    'eu/prod/deployment/payments',
  ]);
  for (const place of [prod, there])
    expect((await home.clusters.get(place.cluster)?.inspect(place))?.containers[0]?.image).toContain(':2.4.0');
});

test('two places: a restart at the first after it had settled is seen, and told of the right place', async () => {
  const { says, until, clusters } = house(two, {
    workload: ({ cluster }) => (cluster === 'us' ? { replicas: 1 } : { replicas: 1 }),
  });
  const release = await until(ok(await says('ann', 'deploy payments 2.5.3-flaky to prod')), 'rolled-back');
  expect(release.finding?.cause).toBe('unstable');
  expect(release.evidence?.place).toBe('eu/prod/deployment/payments');
  expect(clusters.get('eu')?.writes.at(-1)?.set.what).toBe('template');
});

test('two places: one cluster cannot be reached at the way back, the other is restored all the same', async () => {
  const home = house(two);
  const us = home.clusters.get('us')!;
  const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
  for (let second = 0; second < 200 && us.writes.length === 0; second += 1) await home.passes(1_000);
  us.disturb.unreachable(120_000);
  await home.says('bob', 'roll back payments in prod');
  await home.passes(60_000);
  expect((await home.cluster.inspect(prod))?.containers[0]?.image).toContain(':2.4.0');
  await home.until(id, 'rolled-back');
  expect((await us.inspect(there))?.containers[0]?.image).toContain(':2.4.0');
});

test('two places: one is gone at the way back, the other is restored before a person is called', async () => {
  const home = house(two);
  const us = home.clusters.get('us')!;
  const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
  for (let second = 0; second < 200 && us.writes.length === 0; second += 1) await home.passes(1_000);
  us.disturb.remove(there);
  await home.says('bob', 'roll back payments in prod');
  const failed = await home.until(id, 'failed');
  expect(failed.trouble?.say).toContain('does not exist any more');
  expect((await home.cluster.inspect(prod))?.containers[0]?.image).toContain(':2.4.0');
});

test('recreate takes the old pods away before the new ones come, and says what users feel', async () => {
  const { says, until, cluster, card } = house(noApproval);
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod with recreate'));
  const release = await until(id, 'succeeded');
  expect(cluster.writes.map((write) => write.set.what)).toEqual(['replicas', 'images', 'replicas']);
  expect((await cluster.inspect(prod))?.replicas).toBe(3);
  expect(release.plan?.risk.some((factor) => factor.name === 'strategy')).toBe(true);
  expect(card().steps.map((step) => step.text)).toEqual([
    'scale to 0 at eu/prod/deployment/payments',
    'apply 2.4.1 at eu/prod/deployment/payments',
    'scale to 3 at eu/prod/deployment/payments',
  ]);
});

test('recreate that fails brings back the old version with all its pods', async () => {
  const { says, until, cluster } = house(noApproval);
  await until(ok(await says('ann', 'deploy payments 2.5.0-crash to prod with recreate')), 'rolled-back');
  const workload = await cluster.inspect(prod);
  expect(workload?.replicas).toBe(3);
  expect(workload?.containers[0]?.image).toContain(':2.4.0');
});

test('recreate is refused where an autoscaler owns the number of pods', async () => {
  const { says, until } = house(noApproval, { workload: () => ({ autoscaler: 'payments-hpa' }) });
  const refused = await until(ok(await says('ann', 'deploy payments 2.4.1 to prod with recreate')), 'refused');
  expect(refused.refusal).toMatchObject({ code: 'not-supported', say: expect.stringContaining('payments-hpa') });
});

test('a StatefulSet whose broken pod blocks the way back is freed', async () => {
  const place: Place = { ...prod, kind: 'statefulset' };
  const { says, until, cluster } = house(stateful);
  await until(ok(await says('ann', 'deploy payments 2.5.0-crash to prod')), 'rolled-back');
  const workload = await cluster.inspect(place);
  expect(workload?.rollout.state).toBe('settled');
  expect(workload?.containers[0]?.image).toContain(':2.4.0');
});

test('a StatefulSet rolls out a good version', async () => {
  const { says, until } = house(stateful);
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
});
