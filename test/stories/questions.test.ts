import { expect, test } from 'vitest';
import { house, noApproval, ok } from './house.ts';

test('status: what serves, for how long, by whom, what is under way and what stands in the way', async () => {
  const { says, until } = house(noApproval);
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(id, 'succeeded');
  await says('bob', 'lock payments prod because of the audit');
  const { view } = await says('dan', 'status payments prod');
  const line = view.lines.find((one) => one.startsWith('payments prod'));
  expect(line).toContain('2.4.1, for ');
  expect(line).toContain(`by Ann (${id})`);
  expect(line).toContain('locked by Bob: of the audit');
});

test('status never takes more than ten lines, and says what it left out', async () => {
  const { says } = house((raw) => {
    const services = raw.services as Record<string, (typeof raw.services)['payments']>;
    for (let n = 0; n < 12; n += 1)
      services[`svc-${n}`] = { ...services.payments!, aliases: [], workload: `deployment/svc-${n}` };
  });
  const { view } = await says('ann', 'status');
  expect(view.lines.length).toBeLessThanOrEqual(10);
  expect(view.lines.at(-1)).toMatch(/^… and \d+ more: name a service or an environment\.$/);
  expect((await says('ann', 'status payments')).view.lines.length).toBeLessThanOrEqual(4);
});

test('who may read nothing sees nothing', async () => {
  const { says } = house();
  expect(await says('eve', 'status')).toMatchObject({ ok: false, code: 'not-entitled' });
  expect(await says('eve', 'history payments')).toMatchObject({ ok: false, code: 'not-entitled' });
});

test('history: newest first, with how it ended, how long it took, and why', async () => {
  const { says, until } = house(noApproval);
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  await until(ok(await says('bob', 'deploy payments 2.5.0-crash to prod')), 'rolled-back');
  const { view } = await says('dan', 'history payments prod');
  expect(view.lines).toHaveLength(2);
  expect(view.lines[0]).toMatch(/prod 2\.5\.0-crash: rolled back in .*, Bob: container app exits with code 1/);
  expect(view.lines[1]).toMatch(/prod 2\.4\.1: succeeded in /);
});

test('diff: images per container and where to read the code', async () => {
  const { says, until } = house((raw) => {
    noApproval(raw);
    raw.services.payments.source = { github: 'acme/payments' };
  });
  expect(await says('ann', 'diff payments prod')).toMatchObject({ ok: false, code: 'nothing-to-do' });
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  const { view } = await says('ann', 'diff payments prod');
  expect(view.title).toContain('2.4.0 → 2.4.1');
  expect(view.lines.at(-1)).toBe('Code: https://github.com/acme/payments/compare/2.4.0...2.4.1');
  expect((await says('ann', 'diff payments prod 2.4.2')).view.title).toBe('2.4.1 → 2.4.2 on payments in prod');
});

test('plan: steps, approvals, gates and what it would say to this person, without doing anything', async () => {
  const { says, cluster, ledger } = house();
  await says('ann', 'freeze prod because of the audit');
  const { view } = await says('dan', 'plan payments 2.4.1 to prod');
  expect(view.lines.join('\n')).toContain('1. rolling at eu/prod/deployment/payments');
  expect(view.lines.join('\n')).toContain('1 approval by release-managers, not by you.');
  expect(view.lines.join('\n')).toContain('Gate freeze is closed: prod is frozen');
  expect(cluster.writes).toEqual([]);
  expect(await ledger.active()).toEqual([]);
});

test('why: the verdict, where, the exit code, the log, and how to go on', async () => {
  const { says, until } = house(noApproval);
  const id = ok(await says('ann', 'deploy payments 2.5.0-crash to prod'));
  await until(id, 'rolled-back');
  const { view } = await says('dan', `why ${id}`);
  expect(view.lines.join('\n')).toMatch(/Where: eu\/prod\/deployment\/payments, pod payments-.*, container app/);
  expect(view.lines.join('\n')).toContain('Exit code 1, 2 restarts');
  expect(view.lines.join('\n')).toContain('from quarantine because');
  expect(view.code).toContain('missing env DB_URL');
  expect(await says('eve', `why ${id}`)).toMatchObject({ ok: false, code: 'not-entitled' });
});

test('doctor: each line is OK, WARN or FAIL, and what is not well says how to mend it', async () => {
  const { says } = house();
  const { view } = await says('ann', 'doctor');
  for (const line of view.lines) expect(line).toMatch(/^(OK|WARN|FAIL) /);
  expect(view.lines.join('\n')).toContain('Start one (ROLE=worker)');
  expect(await says('dan', 'doctor')).toMatchObject({ ok: false, code: 'not-entitled' });
});

test('help is the grammar; a wrong command gets the nearest right one, privately', async () => {
  const { says } = house();
  expect((await says('dan', 'help')).view.lines.join('\n')).toContain('roll back');
  const no = await says('dan', 'deply payments 2.4.1 to prod');
  expect(no).toMatchObject({ ok: false, private: true, code: 'not-understood' });
  expect(no.view.hint).toBe('Did you mean "deploy payments 2.4.1 to prod"?');
});
