import { describe, expect, test } from 'vitest';
import { house, noApproval, ok, prod, type RawCatalog } from './house.ts';

const image = 'registry.example.com/payments';

describe('what was approved is what is done', () => {
  test.each([
    [
      'a check was added',
      (raw: RawCatalog) => {
        raw.services.payments.checks = { before: [{ http: 'https://x.example/healthz' }] };
      },
    ],
    [
      'the strategy changed',
      (raw: RawCatalog) => {
        raw.services.payments.strategy = 'recreate';
      },
    ],
    [
      'a place was added',
      (raw: RawCatalog) => {
        raw.environments.prod.places.push({ cluster: 'eu', namespace: 'staging2' });
      },
    ],
    [
      'another role must approve',
      (raw: RawCatalog) => {
        Object.assign(raw.roles, { other: { emails: ['eve@example.com'], may: ['approve'] } });
        raw.environments.prod.approvals.from = ['other'];
      },
    ],
    [
      'staging comes first now',
      (raw: RawCatalog) => {
        raw.environments.prod.after = { environment: 'staging', soak: '1m' };
      },
    ],
    [
      'it lives elsewhere',
      (raw: RawCatalog) => {
        raw.services.payments.workload = 'deployment/other';
      },
    ],
    [
      'its image is another',
      (raw: RawCatalog) => {
        raw.services.payments.image = 'registry.example.com/other';
      },
    ],
  ])('%s between the yes and the start: approved again, or refused', async (_, change) => {
    const home = house();
    const id = ok(await home.says('ann', 'deploy payments 2.4.1 to prod'));
    await home.until(id, 'awaiting-approval');
    ok(await home.says('bob', `approve ${id}`));
    home.setCatalog(change);
    const after = await home.until(id, 'awaiting-approval', 'refused', 'failed');
    expect(after.approvals.length === 0 || after.phase === 'refused').toBe(true);
    expect(home.cluster.writes).toEqual([]);
    expect(home.errors).toEqual([]);
  });

  test('somebody scales between the yes and the start of a recreate: the pods are not lost', async () => {
    const home = house();
    const id = ok(await home.says('ann', 'deploy payments 2.4.1 to prod with recreate'));
    await home.until(id, 'awaiting-approval');
    home.cluster.disturb.scale(prod, 8);
    ok(await home.says('bob', `approve ${id}`));
    const after = await home.until(id, 'awaiting-approval', 'succeeded');
    expect(after.phase).toBe('awaiting-approval');
    expect(home.thread().join('\n')).toContain('had 3 replicas when this was planned; it has 8 now');
    ok(await home.says('bob', `approve ${id}`));
    await home.until(id, 'succeeded');
    expect((await home.cluster.inspect(prod))?.replicas).toBe(8);
  });

  test('another container is changed between the yes and the start: the way back does not undo that', async () => {
    const home = house(undefined, {
      workload: () => ({
        containers: [
          { name: 'app', image: `${image}:2.4.0` },
          { name: 'proxy', image: 'registry.example.com/proxy:1' },
        ],
      }),
    });
    const id = ok(await home.says('ann', 'deploy payments 2.5.0-crash to prod'));
    await home.until(id, 'awaiting-approval');
    home.cluster.disturb.setImage(prod, 'proxy', 'registry.example.com/proxy:2', 'kubectl-set');
    await home.passes(60_000);
    ok(await home.says('bob', `approve ${id}`));
    await home.until(id, 'rolled-back', 'errored');
    expect((await home.cluster.inspect(prod))?.containers.map((c) => c.image)).toEqual([
      `${image}:2.4.0`,
      'registry.example.com/proxy:2',
    ]);
  });

  test('a tag was moved: the same version with another digest is a release, not "runs already"', async () => {
    const home = house(noApproval);
    const moved = `sha256:${'b'.repeat(64)}`;
    const { resolve } = home.registry;
    home.registry.resolve = async (name, version) =>
      version === '2.4.0'
        ? { found: true, digest: moved, ref: `${name}@${moved}` }
        : resolve.call(home.registry, name, version);
    const id = ok(await home.says('ann', 'deploy payments 2.4.0 to prod'));
    const release = await home.until(id, 'deploying', 'refused');
    expect(release.plan?.toDigest).toBe(moved);
    expect(release.plan?.places[0]?.containers[0]?.from.digest).not.toBe(moved);
  });

  test('a digest can be deployed, and is what runs', async () => {
    const home = house(noApproval);
    const resolved = await home.registry.resolve(image, '2.4.1');
    if (!('found' in resolved) || !resolved.found) throw new Error('2.4.1 is there');
    await home.until(ok(await home.says('ann', `deploy payments ${resolved.digest} to prod`)), 'succeeded');
    expect((await home.cluster.inspect(prod))?.containers[0]?.image).toBe(`${image}@${resolved.digest}`);
    const again = await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'refused');
    expect(again.refusal?.code).toBe('nothing-to-do');
  });

  test('Argo CD takes the workload over between the yes and the start: refused before it would be undone', async () => {
    const home = house();
    const id = ok(await home.says('ann', 'deploy payments 2.4.1 to prod'));
    await home.until(id, 'awaiting-approval');
    const { inspect } = home.cluster;
    home.cluster.inspect = async (...asked) => {
      const workload = await inspect.apply(home.cluster, asked);
      return workload && { ...workload, owner: { name: 'Argo CD', fix: 'Turn self-heal off for it.' } };
    };
    ok(await home.says('bob', `approve ${id}`));
    const refused = await home.until(id, 'refused');
    expect(refused.refusal).toMatchObject({ code: 'owned-by-another', hint: 'Turn self-heal off for it.' });
    expect(home.cluster.writes).toEqual([]);
  });
});
