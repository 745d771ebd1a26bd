import { expect, test } from 'vitest';
import { house, noApproval, ok, prod } from './house.ts';

test('two versions: the second waits for its turn and starts by itself', async () => {
  const { says, until, cluster, release } = house(noApproval);
  const first = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  const second = await says('bob', 'deploy payments 2.4.2 to prod');
  expect(second.view.lines.join()).toContain(`Behind ${first}`);
  await until(first, 'validating-after');
  expect((await release(second.release)).phase).toBe('queued');
  await until(first, 'succeeded');
  const last = await until(ok(second), 'succeeded');
  expect(last.plan?.from).toBe('2.4.1');
  expect(cluster.writes.map((write) => write.release)).toEqual([first, ok(second)]);
});

test('the same version twice is one release, and the second one is told so', async () => {
  const { says, until } = house(noApproval);
  const first = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(first, 'deploying');
  const second = await says('bob', 'deploy pay 2.4.1 to production');
  expect(second).toMatchObject({ ok: true, release: first });
  expect(second.view.title).toContain('you have joined it');
});

test('one delivery that comes twice is one release, even when the first has ended', async () => {
  const { says, until, ledger } = house(noApproval);
  const first = await says('ann', 'deploy payments 2.4.1 to prod', { key: 'T1' });
  await until(ok(first), 'succeeded');
  const again = await says('ann', 'deploy payments 2.4.1 to prod', { key: 'T1' });
  expect(again).toMatchObject({ ok: true, release: ok(first), view: { title: first.view.title } });
  expect(await says('ann', 'deploy payments 2.4.2 to prod', { key: 'T1' })).toMatchObject({ code: 'key-reused' });
  expect(await says('ann', 'lock payments prod because a', { key: 'T2' })).toMatchObject({ ok: true });
  expect(await says('ann', 'lock payments prod because a', { key: 'T2' })).toMatchObject({ ok: true });
  expect((await ledger.target('payments@prod', 10)).recent).toHaveLength(1);
});

test('a rollback goes ahead of everything that waits, and starts before it even when it is not planned yet', async () => {
  const { says, until, ledger } = house(noApproval);
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  const running = ok(await says('ann', 'deploy payments 2.4.2 to prod'));
  await until(running, 'deploying');
  const waiting = ok(await says('bob', 'deploy payments 2.3.9 to prod'));
  await until(waiting, 'queued');
  await says('cyd', `take over ${running}`);
  const back = ok(await says('cyd', 'roll back payments in prod to 2.4.0'));
  await until(back, 'succeeded');
  await until(waiting, 'succeeded', 'refused', 'failed');
  const started = (await ledger.audit(500)).filter((row) => row.action === 'started').map((row) => row.subject);
  expect(started.indexOf(waiting)).toBeLessThan(started.indexOf(back));
});

test('asking twice for a rollback is one rollback; asking during one does not undo it', async () => {
  const { says, until, cluster } = house(noApproval);
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  const first = ok(await says('bob', 'roll back payments in prod'));
  expect(ok(await says('cyd', 'roll back payments in prod'))).toBe(first);
  await until(first, 'deploying');
  const again = await says('cyd', 'roll back payments in prod');
  expect(again).toMatchObject({ ok: true, release: first });
  expect(again.view.title).toContain('already rolling back to 2.4.0');
  await until(first, 'succeeded');
  expect((await cluster.inspect(prod))?.containers[0]?.image).toContain(':2.4.0');
});

test('a rollback that is asked for while a deploy is judged at its start still goes first', async () => {
  const { says, until, reaches, cluster, ledger } = house(noApproval);
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  const deploy = ok(await says('ann', 'deploy payments 2.4.2 to prod'));
  await reaches(deploy, 'queued');
  const inspect = cluster.inspect.bind(cluster);
  let back: string | undefined;
  cluster.inspect = async (place) => {
    cluster.inspect = inspect;
    back = ok(await says('bob', 'roll back payments in prod'));
    return inspect(place);
  };
  await until(deploy, 'succeeded', 'failed', 'refused');
  const started = (await ledger.audit(500)).filter((row) => row.action === 'started').map((row) => row.subject);
  expect(started.toReversed().slice(1)).toEqual([back, deploy]);
});
