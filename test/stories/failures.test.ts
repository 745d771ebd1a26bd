import { expect, test } from 'vitest';
import { type House, house, noApproval, ok, prod, staging } from './house.ts';

const image = async ({ cluster }: House) => (await cluster.inspect(prod))?.containers[0]?.image;
const louds = ({ chat }: House) => chat.messages.at(-1)!.replies.filter((reply) => reply.loud);

test('a version that never becomes ready comes back when its deadline is over', async () => {
  const home = house((raw) => {
    noApproval(raw);
    raw.services.payments.health = { progressDeadline: '60s' };
  });
  const release = await home.until(
    ok(await home.says('ann', 'deploy payments 2.5.1-neverready to prod')),
    'rolled-back',
  );
  expect(release.finding?.cause).toBe('not-ready');
  expect(home.card().headline).toContain('serving 2.4.0, healthy · cause: pod payments-');
  expect(await image(home)).toContain(':2.4.0');
  expect(louds(home)).toHaveLength(1);
});

test('an image that is gone when the nodes pull it comes back within seconds', async () => {
  const home = house(noApproval);
  const release = await home.until(ok(await home.says('ann', 'deploy payments 2.5.2-missing to prod')), 'rolled-back');
  expect(release.finding?.cause).toBe('image-not-found');
  expect((release.finishedAt ?? 0) - (release.cursor.startedAt ?? 0)).toBeLessThan(20_000);
});

test('a version that nobody pushed is refused, naming those that are near', async () => {
  const home = house(noApproval);
  const release = await home.until(ok(await home.says('ann', 'deploy payments 2.4.9 to prod')), 'refused');
  expect(release.refusal).toMatchObject({
    code: 'unknown-version',
    say: 'registry.example.com/payments has no version 2.4.9.',
    hint: expect.stringContaining('Near it are:'),
  });
});

test('a version that restarts in the stability window comes back, and its digest is held back', async () => {
  const home = house(noApproval);
  const release = await home.until(ok(await home.says('ann', 'deploy payments 2.5.3-flaky to prod')), 'rolled-back');
  expect(release.finding?.cause).toBe('unstable');
  expect(release.rolledOutAt).toBeDefined();
  expect(release.quarantined).toBe(true);
});

test('a node goes bad: errored, the version is not blamed, nothing comes back by itself; resume finishes it', async () => {
  const home = house((raw) => {
    noApproval(raw);
    raw.services.payments.health = { progressDeadline: '60s' };
  });
  const id = ok(await home.says('ann', 'deploy payments 2.4.1 to prod'));
  await home.until(id, 'deploying');
  for (const node of ['node-1', 'node-2', 'node-3']) home.cluster.disturb.node(node, false);
  const errored = await home.until(id, 'errored');
  expect(errored.trouble?.say).toContain('this is not the version, the platform is in trouble');
  expect(errored.trouble?.hint).toContain('Resume');
  expect(errored.quarantined).toBe(false);
  expect(home.chat.messages.at(-1)!.replies.at(-1)!.view).toMatchObject({ page: true });
  for (const node of ['node-1', 'node-2', 'node-3']) home.cluster.disturb.node(node, true);
  await home.presses('bob', 'Resume');
  await home.until(id, 'succeeded');
});

test('the old version suffers too: it may not be the new one, so a person decides', async () => {
  const home = house((raw) => {
    noApproval(raw);
    raw.services.payments.workload = 'statefulset/payments';
  });
  const id = ok(await home.says('ann', 'deploy payments 2.5.0-crash to prod'));
  await home.until(id, 'deploying');
  home.cluster.disturb.node('node-2', false);
  const errored = await home.until(id, 'errored');
  expect(errored.trouble?.say).toMatch(
    /1 of 2 pods of the old version are unhealthy too, so it may not be the version/,
  );
  expect(errored.quarantined).toBe(false);
});

test('a version that is sick where it stands can be replaced by a good one', async () => {
  const home = house(noApproval, {
    workload: () => ({ containers: [{ name: 'app', image: 'registry.example.com/payments:2.5.1-neverready' }] }),
  });
  await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
});

test('a rollout of somebody else’s that hangs stops a deploy, and says how to get out', async () => {
  const home = house(noApproval);
  home.cluster.disturb.setImage(prod, 'app', 'registry.example.com/payments:2.5.1-neverready', 'kubectl-set');
  await home.passes(20_000);
  const failed = await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'failed');
  expect(failed.refusal).toMatchObject({
    code: 'workload-unsettled',
    hint: expect.stringContaining('roll back payments in prod'),
  });
  await home.until(ok(await home.says('ann', 'roll back payments in prod')), 'succeeded');
  await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
});

test('somebody else writes the image mid-rollout: we stop, name them, and write nothing more', async () => {
  const home = house(noApproval);
  const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
  await home.until(id, 'deploying');
  await home.passes(3_000);
  home.cluster.disturb.setImage(prod, 'app', 'registry.example.com/payments:2.4.2', 'kubectl-set');
  const errored = await home.until(id, 'errored');
  expect(errored.trouble?.say).toContain('taken over by kubectl-set');
  expect(errored.resumeTo).toBe('deploying');
  await home.passes(120_000);
  expect(await image(home)).toContain(':2.4.2');
  expect(home.cluster.writes).toHaveLength(1);
  await home.presses('bob', 'Roll back to 2.4.0');
  await home.until(id, 'rolled-back');
  expect(await image(home)).toContain(':2.4.0');
});

test('somebody else writes the image in the stability window: we stop as well', async () => {
  const home = house(noApproval);
  const id = ok(await home.says('ann', 'deploy payments 2.4.1 to prod'));
  await home.until(id, 'validating-after');
  home.cluster.disturb.setImage(prod, 'app', 'registry.example.com/payments:2.4.2', 'kubectl-set');
  expect((await home.until(id, 'errored')).trouble?.code).toBe('taken-over');
  expect(home.cluster.writes).toHaveLength(1);
});

test('the workload is deleted and created again mid-rollout: errored, and the new one is not touched', async () => {
  const home = house(noApproval);
  const id = ok(await home.says('ann', 'deploy payments 2.4.1 to prod'));
  await home.reaches(id, 'deploying');
  home.cluster.disturb.replace(prod);
  const errored = await home.until(id, 'errored');
  expect(errored.trouble?.code).toBe('replaced');
  expect(home.cluster.writes).toEqual([]);
});

test('the cluster cannot be reached for a minute: it waits and goes on', async () => {
  const home = house(noApproval);
  const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
  await home.until(id, 'deploying');
  await home.passes(2_000);
  home.cluster.disturb.unreachable(60_000);
  await home.passes(10_000);
  expect(home.card().headline).toContain('trying again: cluster eu');
  await home.until(id, 'succeeded');
});

test('the cluster cannot be reached for long: errored, not rolled back; resume works when it is there again', async () => {
  const home = house(noApproval);
  const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
  await home.until(id, 'deploying');
  await home.passes(2_000);
  home.cluster.disturb.unreachable(600_000);
  const errored = await home.until(id, 'errored');
  expect(errored.trouble).toMatchObject({ code: 'budget', say: expect.stringContaining('cluster eu') });
  await home.passes(600_000);
  await home.presses('bob', 'Resume');
  await home.until(id, 'succeeded');
});

test('a cluster that cannot be reached at planning changes nothing and says so', async () => {
  const home = house(noApproval);
  home.cluster.disturb.unreachable(600_000);
  const refused = await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'refused');
  expect(refused.refusal?.say).toMatch(/^Nothing changed: cluster eu.*tried for 60 s\)\.$/);
  expect(refused.refusal?.hint).toBe('Look at it, then ask again.');
});

test('the registry is down: it tries again, then refuses, and nothing changed', async () => {
  const home = house(noApproval);
  home.registry.down = true;
  const id = ok(await home.says('ann', 'deploy payments 2.4.1 to prod'));
  await home.passes(10_000);
  expect(home.card().headline).toContain(
    'trying again: the registry of registry.example.com/payments is not answering',
  );
  const refused = await home.until(id, 'refused');
  expect(refused.refusal?.say).toMatch(/^Nothing changed: the registry/);
  expect(home.cluster.writes).toEqual([]);
});

test('a write whose reply is lost is not done twice', async () => {
  const home = house(noApproval);
  const id = ok(await home.says('ann', 'deploy payments 2.4.1 to prod'));
  await home.reaches(id, 'validating-before');
  home.cluster.disturb.loseReplies(1);
  await home.until(id, 'succeeded');
  expect(home.cluster.writes).toHaveLength(1);
});

test('the way back fails too: failed, a person is paged, with the commands', async () => {
  const home = house(noApproval);
  const id = ok(await home.says('ann', 'deploy payments 2.5.0-crash to prod'));
  await home.reaches(id, 'recovering');
  home.cluster.disturb.remove(prod);
  const failed = await home.until(id, 'failed');
  expect(failed.trouble).toBeDefined();
  expect(home.card().headline).toContain('FAILED');
  expect(home.chat.messages.at(-1)!.replies.at(-1)).toMatchObject({
    loud: true,
    view: { page: true, code: expect.stringContaining('kubectl set image') },
  });
  expect(louds(home)).toHaveLength(1);
});

test('a way back that never settles is given up after its budget', async () => {
  const home = house((raw) => {
    noApproval(raw);
    raw.services.payments.health = { recoveryBudget: '2m' };
  });
  const id = ok(await home.says('ann', 'deploy payments 2.5.0-crash to prod'));
  await home.reaches(id, 'recovering');
  home.cluster.disturb.unreachable(3_600_000);
  const failed = await home.until(id, 'failed');
  expect(failed.trouble?.say).toContain('the way back failed too: did not come back within 2 min');
});

test('no safe return: an image that runs now is gone from the registry, so it needs an override', async () => {
  const home = house(noApproval);
  home.registry.lose('registry.example.com/payments', '2.4.0');
  const refused = await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'refused');
  expect(refused.refusal).toMatchObject({ code: 'no-safe-return', hint: expect.stringContaining('overriding return') });
  const id = ok(await home.says('ann', 'deploy payments 2.5.0-crash to prod overriding return because it burns'));
  const errored = await home.until(id, 'errored');
  expect(home.card().facts.find((fact) => fact.label === 'No safe return')).toBeDefined();
  expect(errored.trouble?.say).toContain('there is no safe return');
});

test('a check before that fails: nothing changed, and it says which and why', async () => {
  const home = house((raw) => {
    noApproval(raw);
    raw.services.payments.checks = { before: [{ http: 'https://payments.staging/healthz' }] };
  });
  home.http.answers.set('https://payments.staging/healthz', 500);
  const failed = await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'failed');
  expect(failed.refusal?.say).toMatch(/^Nothing changed: the check .* did not pass: .* answered 500, expected 200/);
  expect(home.card().headline).toContain('nothing changed');
  expect(home.cluster.writes).toEqual([]);
});

test('a check after that fails brings the old version back', async () => {
  const home = house((raw) => {
    noApproval(raw);
    raw.services.payments.checks = { after: [{ http: 'https://payments.prod/healthz' }] };
  });
  home.http.answers.set('https://payments.prod/healthz', 500);
  const release = await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'rolled-back');
  expect(release.finding).toMatchObject({ cause: 'check-failed', message: expect.stringContaining('answered 500') });
});

test('a check after that cannot tell asks a person; their word ends it, though it still cannot tell', async () => {
  const home = house((raw) => {
    noApproval(raw);
    raw.services.payments.checks = { after: [{ http: 'https://payments.prod/healthz' }] };
  });
  home.http.answers.set('https://payments.prod/healthz', 'no answer within 5 s');
  const id = ok(await home.says('ann', 'deploy payments 2.4.1 to prod'));
  const paused = await home.until(id, 'paused');
  expect(paused.trouble).toMatchObject({ code: 'inconclusive', hint: expect.stringContaining('Promote') });
  await home.says('bob', `resume ${id}`);
  await home.until(id, 'paused');
  await home.says('bob', `promote ${id} because I looked at the dashboards`);
  await home.until(id, 'succeeded');
});

test('the API server refuses the change: nothing changed, in its words', async () => {
  const home = house(noApproval);
  home.cluster.disturb.refuse('admission webhook "policy" denied the request: no latest tags');
  const failed = await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'failed');
  expect(failed.refusal).toMatchObject({ code: 'dry-run', say: expect.stringContaining('no latest tags') });
});

test('logs may not be read: the way back comes all the same, and the thread names what is missing', async () => {
  const home = house(noApproval);
  home.cluster.disturb.forbidLogs();
  await home.until(ok(await home.says('ann', 'deploy payments 2.5.0-crash to prod')), 'rolled-back');
  expect(home.thread().join('\n')).toMatch(/Missing: .*log/);
});

test('a workload that somebody’s controller owns is refused, naming the owner and the fix', async () => {
  const owner = {
    name: 'Argo CD application payments',
    fix: 'Turn self-heal off for spec.template, or release it there.',
  };
  const home = house(noApproval, { workload: () => ({ owner }) });
  const refused = await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'refused');
  expect(refused.refusal).toMatchObject({
    code: 'owned-by-another',
    say: expect.stringContaining('Argo CD application payments'),
    hint: owner.fix,
  });
});

test('nothing to do when the version runs already', async () => {
  const home = house(noApproval);
  const refused = await home.until(ok(await home.says('ann', 'deploy payments 2.4.0 to prod')), 'refused');
  expect(refused.refusal).toMatchObject({ code: 'nothing-to-do', say: 'payments in prod runs 2.4.0 already.' });
});

test('a workload that is not there is refused with its full name', async () => {
  const home = house(noApproval);
  home.cluster.disturb.remove(staging);
  const refused = await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to staging')), 'refused');
  expect(refused.refusal?.say).toBe('There is no deployment/payments in namespace staging of cluster eu.');
});
