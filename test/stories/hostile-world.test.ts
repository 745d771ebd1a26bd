import { describe, expect, test } from 'vitest';
import { TerminalError } from '../../src/errors.ts';
import { house, noApproval, ok, prod, type RawCatalog } from './house.ts';

describe('things vanish', () => {
  test('the workload is deleted in the middle', async () => {
    const home = house(noApproval);
    const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
    await home.until(id, 'deploying');
    await home.passes(2_000);
    home.cluster.disturb.remove(prod);
    const errored = await home.until(id, 'errored');
    expect(errored.trouble).toMatchObject({ say: expect.stringContaining('does not exist any more') });
    expect(home.thread().at(-1)).toMatch(/is held: .* does not exist any more\. Create it again/);
    ok(await home.says('bob', `abort ${id}`));
    await home.until(id, 'failed');
    expect(home.thread().at(-1)).toMatch(
      /^payments-\S+: the way back failed too: .* does not exist any more\. Create it again/,
    );
    expect(home.card().headline).toContain('the way back failed too');
    expect(home.errors).toEqual([]);
  });

  test.each([
    [
      'the service',
      (raw: RawCatalog) => {
        const { payments, ...services } = raw.services;
        const other = { ...payments, workload: 'deployment/other', aliases: [] };
        Object.assign(raw, { services: { ...services, other } });
      },
    ],
    [
      'the environment',
      (raw: RawCatalog) => {
        const { prod: gone, ...environments } = raw.environments;
        expect(gone).toBeDefined();
        Object.assign(raw, { environments });
      },
    ],
    [
      'the cluster',
      (raw: RawCatalog) => {
        raw.clusters = { us: { context: 'us' } };
        raw.environments.staging.places = [{ cluster: 'us', namespace: 'one' }];
        raw.environments.prod.places = [{ cluster: 'us', namespace: 'two' }];
      },
    ],
  ])('%s is taken out of the catalog in the middle: people can still stop it', async (_, change) => {
    const home = house(noApproval);
    const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
    await home.until(id, 'deploying');
    await home.passes(2_000);
    home.setCatalog(change);
    await home.passes(5_000);
    expect((await home.says('ann', `why ${id}`)).ok).toBe(true);
    expect(await home.says('dan', `abort ${id}`)).toMatchObject({ ok: false, code: 'not-entitled' });
    expect(ok(await home.says('ann', `abort ${id}`))).toBe(id);
    await home.until(id, 'rolled-back');
    expect((await home.cluster.inspect(prod))?.containers[0]?.image).toContain(':2.4.0');
    expect(home.errors).toEqual([]);
  });

  test('no pods are wanted: nothing was proven, and prod does not take it for a success', async () => {
    const home = house(
      (raw) => {
        noApproval(raw);
        raw.environments.prod.after = { environment: 'staging', soak: '0s' };
      },
      { workload: ({ namespace }) => (namespace === 'staging' ? { replicas: 0 } : {}) },
    );
    await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to staging')), 'succeeded');
    const there = await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded', 'refused');
    expect(there.refusal?.code).toBe('order');
  });
});

describe('a damaged ledger', () => {
  test('one damaged release takes neither status nor other targets away', async () => {
    const home = house(noApproval);
    const { target } = home.ledger;
    home.world.ledger = {
      ...home.ledger,
      target: async (key, limit) => {
        if (key === 'payments@prod')
          throw new TerminalError('misconfigured', 'the ledger’s key release:x does not hold JSON', 'Restore it.');
        return target(key, limit);
      },
    };
    const status = await home.says('ann', 'status');
    expect(status.ok).toBe(true);
    expect(status.view.lines.join('\n')).toContain('does not hold JSON');
    const no = await home.says('ann', 'deploy payments 2.4.1 to prod');
    expect(no).toMatchObject({ ok: false, private: true });
    expect(no.view.title).toContain('does not hold JSON');
    await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to staging')), 'succeeded');
  });

  test('the clock goes back in the middle: it goes on, and no number is negative', async () => {
    const home = house(noApproval);
    const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
    await home.until(id, 'deploying');
    await home.passes(3_000);
    home.clock.now -= 600_000;
    await home.until(id, 'succeeded');
    expect(JSON.stringify(home.card())).not.toMatch(/-\d+ (s|min|h)/);
  });
});

test('whoever knows people does not let us ask any more: everybody is told that nothing was done, and what to mend', async () => {
  const { says, identity } = house();
  identity.resolve = async () => {
    throw new TerminalError('misconfigured', 'Entra does not accept the app', 'Make a new client secret.');
  };
  const { ok, private: unseen, view } = await says('ann', 'roll back payments in prod');
  expect([ok, unseen]).toEqual([false, true]);
  expect(view).toMatchObject({
    title: 'Nothing was done: Entra does not accept the app.',
    hint: 'Make a new client secret.',
  });
});
