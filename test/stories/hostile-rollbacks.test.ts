import { describe, expect, test } from 'vitest';
import { house, noApproval, ok, prod } from './house.ts';

const serves = async ({ cluster }: ReturnType<typeof house>) => (await cluster.inspect(prod))?.containers[0]?.image;
const image = 'registry.example.com/payments';

describe('rolling back again and again', () => {
  test('after a rollback has ended, asking for one again does not put the bad version back', async () => {
    const home = house(noApproval);
    await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
    const first = ok(await home.says('ann', 'roll back payments in prod'));
    await home.until(first, 'succeeded');
    const again = await home.until(ok(await home.says('bob', 'roll back payments in prod')), 'refused', 'succeeded');
    expect(await serves(home)).toContain(':2.4.0');
    expect(again.refusal?.say).toContain(first);
    expect(again.refusal?.hint).toContain('roll back payments in prod to');
    await home.until(ok(await home.says('bob', 'roll back payments in prod to 2.4.1')), 'succeeded');
    expect(await serves(home)).toContain(':2.4.1');
  });

  test('after a person turned a deploy back, the next one who asks does not bring it back', async () => {
    const home = house(noApproval);
    const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
    await home.until(id, 'deploying');
    await home.passes(2_000);
    ok(await home.says('ann', 'roll back payments in prod'));
    await home.until(id, 'rolled-back');
    const again = await home.until(ok(await home.says('bob', 'roll back payments in prod')), 'refused', 'succeeded');
    expect(again.refusal?.say).toContain(id);
    expect(await serves(home)).toContain(':2.4.0');
  });

  test('somebody used kubectl since the return: then asking means what runs now', async () => {
    const home = house(noApproval);
    const id = ok(await home.says('ann', 'deploy payments 2.5.0-crash to prod'));
    await home.until(id, 'rolled-back');
    home.cluster.disturb.setImage(prod, 'app', `${image}:2.4.2`, 'kubectl-set');
    await home.passes(120_000);
    await home.until(ok(await home.says('bob', 'roll back payments in prod')), 'succeeded');
    expect(await serves(home)).toContain(':2.4.0');
  });

  test('three people at once: one way back', async () => {
    const home = house(noApproval);
    const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
    await home.until(id, 'deploying');
    await home.passes(2_000);
    const replies = await Promise.all(['ann', 'bob', 'cyd'].map((who) => home.says(who, 'roll back payments in prod')));
    expect(replies.map((reply) => [reply.ok, reply.release])).toEqual([
      [true, id],
      [true, id],
      [true, id],
    ]);
    await home.until(id, 'rolled-back');
    expect(home.cluster.writes.filter(({ set }) => set.what === 'template')).toHaveLength(1);
  });

  test('the button of the last release stays good however many were refused since', async () => {
    const home = house(noApproval);
    const id = ok(await home.says('ann', 'deploy payments 2.4.1 to prod'));
    await home.until(id, 'succeeded');
    const ref = home.card().buttons.at(-1)!.ref;
    for (let n = 0; n < 25; n += 1)
      await home.until(ok(await home.says('ann', `deploy payments 9.9.${n} to prod`)), 'refused');
    await home.until(ok(await home.says('bob', '', { text: undefined, button: { ref } })), 'succeeded');
    expect(await serves(home)).toContain(':2.4.0');
  });

  test.each(['roll back payments in prod', 'roll back payments in prod to 2.4.0'])(
    'a release was taken over at the first of two places: %s leaves the second, which runs that, alone',
    async (text) => {
      const home = house((raw) => {
        noApproval(raw);
        raw.clusters.us = { context: 'us' };
        raw.environments.prod.places.push({ cluster: 'us', namespace: 'prod' });
      });
      const us = home.clusters.get('us')!;
      const there = { ...prod, cluster: 'us' };
      for (const cluster of [home.cluster, us]) {
        const place = cluster === us ? there : prod;
        cluster.disturb.setImage(place, 'app', `${image}:2.3.9`, 'kubectl-set');
        cluster.disturb.setImage(place, 'app', `${image}:2.4.0`, 'kubectl-set');
      }
      await home.passes(120_000);
      const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
      await home.until(id, 'deploying');
      await home.passes(2_000);
      ok(await home.says('ann', `take over ${id}`));
      expect(us.writes).toEqual([]);

      await home.until(ok(await home.says('bob', text)), 'succeeded');

      expect((await home.cluster.inspect(prod))?.containers[0]?.image).toContain(':2.4.0');
      expect((await us.inspect(there))?.containers[0]?.image).toContain(':2.4.0');
      expect(us.writes).toEqual([]);
    },
  );
});
