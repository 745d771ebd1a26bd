import { expect, test } from 'vitest';
import { house, noApproval, ok, prod, staging } from './house.ts';

const minute = 60_000;
const versionAt = (image: string | undefined) => /:([^@]+)/.exec(image ?? '')?.[1];

test('a freeze from the catalog refuses at once, says until when, and how to override', async () => {
  const { says, cluster } = house((raw) => {
    raw.environments.prod.freezes = [{ every: 'Mon 08:00 – Mon 18:00', zone: 'UTC', reason: 'quarter end' }];
  });
  const no = await says('ann', 'deploy payments 2.4.1 to prod');
  expect(no).toMatchObject({ ok: false, code: 'frozen', private: true });
  expect(no.view.title).toBe('prod is frozen until Mon 2026-11-23 18:00 UTC: quarter end.');
  expect(no.view.hint).toContain('overriding freeze because');
  expect(cluster.writes).toEqual([]);
  const atNight = ok(await says('ann', 'deploy payments 2.4.1 to prod at 19:00'));
  expect(atNight).toBeDefined();
});

test('a freeze by a person: with its end, ended by itself, or by unfreeze', async () => {
  const { says, until, clock } = house(noApproval);
  expect((await says('ann', 'freeze prod until 10:00 because the auditors are here')).view.title).toBe(
    'prod is frozen until Mon 2026-11-23 10:00 UTC: the auditors are here. (Ann)',
  );
  const no = await says('bob', 'deploy payments 2.4.1 to prod');
  expect(no).toMatchObject({ ok: false, code: 'frozen' });
  expect(no.view.title).toContain('the auditors are here (Ann)');
  expect(await says('dan', 'unfreeze prod')).toMatchObject({ ok: false, code: 'not-entitled' });
  clock.now += 61 * minute;
  await until(ok(await says('bob', 'deploy payments 2.4.1 to prod')), 'succeeded');

  await says('ann', 'freeze prod because I do not trust it');
  expect(await says('bob', 'deploy payments 2.4.2 to prod')).toMatchObject({ code: 'frozen' });
  expect((await says('bob', 'unfreeze prod')).view.title).toContain('prod is not frozen any more');
  expect(await says('bob', 'unfreeze prod')).toMatchObject({ ok: false, code: 'nothing-to-do' });
  await until(ok(await says('bob', 'deploy payments 2.4.2 to prod')), 'succeeded');
});

test('a freeze that comes after the yes still stops the start; what runs already goes on', async () => {
  const { says, until } = house();
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(id, 'awaiting-approval');
  await says('bob', `approve ${id}`);
  await says('cyd', 'freeze prod because of an incident elsewhere');
  expect((await until(id, 'refused')).refusal?.code).toBe('frozen');

  await says('cyd', 'unfreeze prod');
  const second = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(second, 'awaiting-approval');
  await says('bob', `approve ${second}`);
  await until(second, 'deploying');
  await says('cyd', 'freeze prod because of an incident elsewhere');
  await until(second, 'succeeded');
});

test('an override passes the freeze and the approval, needs a reason and the role, and is told to everybody', async () => {
  const { says, until, card, thread } = house((raw) => {
    raw.environments.prod.freezes = [{ every: 'Mon 08:00 – Mon 18:00', zone: 'UTC', reason: 'quarter end' }];
  });
  expect(await says('dan', 'deploy payments 2.4.1 to prod overriding freeze because I want')).toMatchObject({
    code: 'not-entitled',
  });
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod overriding freeze, approval because prod is on fire'));
  const release = await until(id, 'succeeded');
  expect(release.plan?.overridden.toSorted()).toEqual(['approval', 'freeze']);
  expect(card().facts.find((fact) => fact.label === 'Overridden')?.text).toContain('by Ann');
  expect(thread().join('\n')).toMatch(/Ann overrides .*freeze.*prod is on fire/);
});

test('who asked with an override and lost the right to it before the start does not start', async () => {
  const { says, until, setCatalog } = house((raw) => {
    raw.environments.prod.freezes = [{ every: 'Mon 08:00 – Mon 18:00', zone: 'UTC', reason: 'quarter end' }];
  });
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod overriding freeze because prod is on fire'));
  await until(id, 'awaiting-approval');
  await says('bob', `approve ${id}`);
  setCatalog((raw) => {
    raw.roles['release-managers'].may = ['read', 'deploy', 'approve'];
  });
  expect((await until(id, 'refused')).refusal?.say).toContain('may not override');
});

test('an override is not lost by joining a release that waits for its approval', async () => {
  const { says, until } = house();
  const waiting = ok(await says('dan', 'deploy payments 2.4.1 to prod'));
  await until(waiting, 'awaiting-approval');
  const urgent = ok(await says('ann', 'deploy payments 2.4.1 to prod overriding approval because prod is on fire'));
  expect(urgent).not.toBe(waiting);
  await until(urgent, 'succeeded');
});

test('a lock stops starts and names who holds it; unlock opens it', async () => {
  const { says, until } = house(noApproval);
  await says('ann', 'lock payments prod because we look at the database');
  const no = await says('bob', 'deploy payments 2.4.1 to prod');
  expect(no).toMatchObject({ ok: false, code: 'locked' });
  expect(no.view.title).toBe('payments in prod was locked by Ann just now: we look at the database.');
  expect(await says('bob', 'lock payments prod because me too')).toMatchObject({ ok: false, code: 'locked' });
  await says('bob', 'unlock payments prod because Ann is done');
  await until(ok(await says('bob', 'deploy payments 2.4.1 to prod')), 'succeeded');
});

test('staging comes first, and what succeeded there must stand for its soak time', async () => {
  const { says, until, clock } = house((raw) => {
    noApproval(raw);
    raw.environments.prod.after = { environment: 'staging', soak: '30m' };
  });
  const early = await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'refused');
  expect(early.refusal).toMatchObject({
    code: 'order',
    hint: expect.stringContaining('deploy payments 2.4.1 to staging'),
  });
  await until(ok(await says('ann', 'deploy payments 2.4.1 to staging')), 'succeeded');
  const unripe = await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'refused');
  expect(unripe.refusal?.say).toMatch(/soak/);
  clock.now += 31 * minute;
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
});

test('a release for a later hour waits for it, and can be aborted until then', async () => {
  const { says, until, card, clock, presses, cluster } = house(noApproval);
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod at 10:30'));
  await until(id, 'scheduled');
  expect(card().facts.find((fact) => fact.label === 'Starts')?.text).toBe('Mon 2026-11-23 10:30 UTC');
  clock.now += 60 * minute;
  await until(id, 'scheduled');
  await until(id, 'deploying');
  expect(clock.now).toBeGreaterThanOrEqual(Date.UTC(2026, 10, 23, 10, 30));
  await until(id, 'succeeded');
  const later = ok(await says('ann', 'deploy payments 2.4.2 to prod at 13:00'));
  await until(later, 'scheduled');
  const writes = cluster.writes.length;
  expect((await presses('bob', 'Abort')).view.title).toContain('before it changed anything');
  await until(later, 'cancelled');
  expect(cluster.writes).toHaveLength(writes);
});

test('a rollback passes freeze, lock, order and approval', async () => {
  const { says, until, cluster } = house((raw) => {
    raw.environments.prod.after = { environment: 'staging', soak: '0s' };
  });
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod overriding order because it was tested by hand'));
  await until(id, 'awaiting-approval');
  await says('bob', `approve ${id}`);
  await until(id, 'succeeded');
  await says('ann', 'freeze prod because of the weekend');
  await says('ann', 'lock payments prod because of me');
  await until(ok(await says('bob', 'roll back payments in prod because of errors')), 'succeeded');
  expect(versionAt((await cluster.inspect(prod))?.containers[0]?.image)).toBe('2.4.0');
  expect(versionAt((await cluster.inspect(staging))?.containers[0]?.image)).toBe('2.4.0');
});

test('quarantine is lifted by a person with a reason', async () => {
  const { says, until } = house(noApproval);
  await until(ok(await says('ann', 'deploy payments 2.5.0-crash to prod')), 'rolled-back');
  expect((await until(ok(await says('ann', 'deploy payments 2.5.0-crash to prod')), 'refused')).refusal?.code).toBe(
    'quarantined',
  );
  expect(await says('dan', 'release payments prod from quarantine because please')).toMatchObject({ ok: false });
  const lifted = await says('bob', 'release payments prod from quarantine because the config is there now');
  expect(lifted.view.title).toContain('2.5.0-crash may be deployed to payments in prod again');
  await until(ok(await says('ann', 'deploy payments 2.5.0-crash to prod')), 'rolled-back');
});

test('the ledger was lost: nothing is written until somebody has looked and unlocked', async () => {
  const { says, until, cluster } = house(noApproval);
  cluster.disturb.mark(prod, { release: 'payments-xyz', op: 'payments-xyz.0.0.apply', fence: 7 });
  const refused = await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'refused');
  expect(refused.refusal?.code).toBe('ledger-lost');
  expect(refused.refusal?.hint).toContain('unlock payments prod because');
  expect(await says('ann', 'deploy payments 2.4.1 to prod')).toMatchObject({ ok: false, code: 'locked' });
  const back = await until(ok(await says('ann', 'roll back payments in prod')), 'refused');
  expect(back.refusal).toBeDefined();
  expect(cluster.writes).toEqual([]);
  await says('bob', 'unlock payments prod because I looked: 2.4.0 is right');
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
});
