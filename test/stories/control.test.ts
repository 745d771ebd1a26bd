import { expect, test } from 'vitest';
import type { ClusterChange } from '../../src/ports.ts';
import { type House, house, noApproval, ok, prod } from './house.ts';

const slow = 'deploy payments 2.5.4-slowready to prod';

test('pause steps stops pods from being replaced; resume goes on to the end', async () => {
  const { says, until, presses, passes, cluster, card } = house(noApproval);
  const id = ok(await says('ann', slow));
  await until(id, 'deploying');
  await passes(2_000);
  expect((await presses('bob', 'Pause steps')).view.title).toBe(`Pausing the steps of ${id} (payments in prod).`);
  await passes(2_000);
  expect((await cluster.inspect(prod))?.paused).toBe(true);
  expect(card().headline).toBe('payments prod · PAUSED · 2.5.4-slowready · by Bob');
  expect(card().buttons.map((one) => one.label)).toEqual(['Resume', 'Stop, I’ll take over', 'Roll back to 2.4.0']);
  const before = (await cluster.inspect(prod))?.rollout.counts.updated;
  await passes(120_000);
  expect((await cluster.inspect(prod))?.rollout.counts.updated).toBe(before);
  await presses('ann', 'Resume');
  await until(id, 'succeeded');
  expect((await cluster.inspect(prod))?.paused).toBe(false);
  expect(card().headline).toBe('payments prod · SUCCEEDED · serving 2.5.4-slowready, healthy');
});

/** Something that happens while a write of one kind is on its way: before it arrives, or before its answer does. */
function during(
  home: House,
  what: ClusterChange['set']['what'],
  when: 'before' | 'after',
  then: () => Promise<unknown>,
) {
  const apply = home.cluster.apply.bind(home.cluster);
  home.cluster.apply = async (change) => {
    if (change.set.what !== what) return apply(change);
    home.cluster.apply = apply;
    if (when === 'before') await then();
    const answer = await apply(change);
    if (when === 'after') await then();
    return answer;
  };
}

test('resume while nobody knows whether the pause arrived: the rollout is told to go on', async () => {
  const home = house(noApproval);
  const id = ok(await home.says('ann', slow));
  await home.until(id, 'deploying');
  await home.passes(2_000);
  await home.says('bob', `pause ${id}`);
  during(home, 'paused', 'after', () => home.says('bob', `resume ${id}`));
  await home.until(id, 'succeeded');
  expect((await home.cluster.inspect(prod))?.paused).toBe(false);
  expect(home.cluster.writes.filter((write) => write.set.what === 'paused')).toHaveLength(2);
});

test('a pause that overtakes the write of its step stops that as well', async () => {
  const home = house(noApproval);
  const id = ok(await home.says('ann', slow));
  during(home, 'images', 'before', () => home.says('bob', `pause ${id}`));
  await home.until(id, 'paused');
  await home.passes(60_000);
  expect((await home.cluster.inspect(prod))?.paused).toBe(true);
  expect((await home.cluster.inspect(prod))?.rollout.counts.oldAvailable).toBe(3);
  await home.says('bob', `resume ${id}`);
  await home.until(id, 'succeeded');
});

test('a rollback that overtakes the write of its step wins: the late write is shut out or undone', async () => {
  for (const when of ['before', 'after'] as const) {
    const home = house(noApproval);
    const id = ok(await home.says('ann', slow));
    during(home, 'images', when, () => home.says('bob', 'roll back payments in prod'));
    await home.until(id, 'rolled-back');
    await home.passes(60_000);
    expect((await home.cluster.inspect(prod))?.containers[0]?.image).toContain(':2.4.0');
  }
});

test('a rollback in the middle of a recreate brings back all the pods', async () => {
  const home = house(noApproval);
  const id = ok(await home.says('ann', 'deploy payments 2.4.1 to prod with recreate'));
  during(home, 'images', 'before', () => home.says('bob', 'roll back payments in prod'));
  await home.until(id, 'rolled-back');
  const workload = await home.cluster.inspect(prod);
  expect(workload).toMatchObject({ replicas: 3, rollout: { state: 'settled' } });
});

test('roll back out of a pause', async () => {
  const { says, until, passes, presses, cluster } = house(noApproval);
  const id = ok(await says('ann', slow));
  await until(id, 'deploying');
  await passes(2_000);
  await says('bob', `pause ${id}`);
  await passes(1_000);
  await presses('bob', 'Roll back to 2.4.0');
  await until(id, 'rolled-back');
  expect((await cluster.inspect(prod))?.paused).toBe(false);
});

test('hold leaves everything as it is and calls a person', async () => {
  const { says, until, passes, cluster, card, chat } = house(noApproval);
  const id = ok(await says('ann', slow));
  await until(id, 'deploying');
  await passes(1_000);
  await says('bob', `hold ${id} because the database looks odd`);
  await passes(60_000);
  expect(card().headline).toBe('payments prod · PAUSED (HELD) · 2.5.4-slowready · by Bob');
  const note = chat.messages.at(-1)!.replies.at(-1)!.view;
  expect(note).toMatchObject({ kind: 'note', text: 'Bob: hold: the database looks odd', page: true });
  expect(cluster.writes).toHaveLength(1);
  await says('bob', `resume ${id}`);
  await until(id, 'succeeded');
});

test('a way back can be held, and then gone on with', async () => {
  const { says, until, reaches, passes, cluster, release } = house(noApproval);
  const id = ok(await says('ann', 'deploy payments 2.5.0-crash to prod'));
  await reaches(id, 'recovering');
  await says('bob', `hold ${id}`);
  await passes(30_000);
  expect(await release(id)).toMatchObject({ phase: 'paused', held: true, resumeTo: 'recovering' });
  await says('bob', `resume ${id}`);
  await until(id, 'rolled-back');
  expect((await cluster.inspect(prod))?.containers[0]?.image).toContain(':2.4.0');
});

test('take over: nothing more is written, the commands to do it by hand are in the thread, the target is free', async () => {
  const { says, until, passes, presses, cluster, chat, card } = house(noApproval);
  const id = ok(await says('ann', slow));
  await until(id, 'deploying');
  await passes(1_000);
  await presses('bob', 'Stop, I’ll take over');
  await passes(60_000);
  expect(cluster.writes).toHaveLength(1);
  expect(card().headline).toContain('TAKEN OVER');
  const code = chat.messages
    .at(-1)!
    .replies.map(({ view }) => (view.kind === 'note' ? (view.code ?? '') : ''))
    .join('\n');
  expect(code).toContain('kubectl set image -n prod deployment/payments app=registry.example.com/payments:2.4.0');
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
});

test('promote ends the window early, never the checks', async () => {
  const { says, until, presses, clock, http } = house((raw) => {
    noApproval(raw);
    raw.services.payments.checks = { after: [{ http: 'https://payments.prod/healthz' }] };
  });
  const good = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  const { windowOpenedAt } = await until(good, 'validating-after');
  await presses('bob', 'Promote');
  await until(good, 'succeeded');
  expect(clock.now - (windowOpenedAt ?? 0)).toBeLessThan(10_000);
  http.answers.set('https://payments.prod/healthz', 503);
  const bad = ok(await says('ann', 'deploy payments 2.4.2 to prod'));
  await until(bad, 'validating-after');
  await says('bob', `promote ${bad}`);
  expect((await until(bad, 'rolled-back')).finding?.cause).toBe('check-failed');
});

test('what cannot be done now is refused in words, and the card says what can', async () => {
  const { says, until } = house(noApproval);
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(id, 'succeeded');
  const no = await says('bob', `pause ${id}`);
  expect(no).toMatchObject({ ok: false, code: 'not-now', private: true });
  expect(no.view.title).toBe(`${id} has ended (succeeded), so it cannot be paused.`);
  expect(await says('bob', 'abort payments in prod')).toMatchObject({ ok: false, code: 'unknown-release' });
  expect(await says('dan', `pause ${id}`)).toMatchObject({ ok: false, code: 'not-entitled' });
});

test('who asked may abort while it waits, though they may not control releases', async () => {
  const { says, until } = house();
  const id = ok(await says('dan', 'deploy payments 2.4.1 to prod'));
  await until(id, 'awaiting-approval');
  expect(await says('dan', `abort ${id}`)).toMatchObject({ ok: true });
  await until(id, 'cancelled');
});

test('pressing a control twice under one delivery id gets the first answer', async () => {
  const { says, until, release } = house(noApproval);
  const id = ok(await says('ann', slow));
  await until(id, 'deploying');
  const first = await says('bob', `pause ${id}`, { key: 'press-1' });
  const rev = (await release(id)).rev;
  const again = await says('bob', `pause ${id}`, { key: 'press-1' });
  expect(again).toMatchObject({ ok: true, view: { title: first.view.title } });
  expect((await release(id)).rev).toBe(rev);
});
