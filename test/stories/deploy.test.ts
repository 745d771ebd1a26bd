import { expect, test } from 'vitest';
import { house, noApproval, prod } from './house.ts';

test('a good version: asked, approved by somebody else, rolled out, watched, succeeded', async () => {
  const { says, presses, until, card, thread, cluster } = house();
  const asked = await says('ann', 'deploy payments 2.4.1 to prod because the fix is needed');
  expect(asked).toMatchObject({ ok: true });
  await until(asked.release, 'awaiting-approval');
  expect(card().headline).toBe('payments prod · AWAITING APPROVAL · 2.4.1');
  expect(card().buttons.map((button) => button.label)).toEqual(['Approve', 'Reject', 'Abort']);

  expect(await presses('ann', 'Approve')).toMatchObject({ ok: false, code: 'self-approval', private: true });
  expect(await presses('bob', 'Approve')).toMatchObject({ ok: true });
  await until(asked.release, 'deploying');
  const release = await until(asked.release, 'succeeded');

  expect(card().headline).toBe('payments prod · SUCCEEDED · serving 2.4.1, healthy');
  expect(card().buttons.map((button) => button.label)).toEqual(['Roll back to 2.4.0']);
  expect(thread().join('\n')).toContain('Approved by Bob');
  expect(cluster.writes).toHaveLength(1);
  expect((await cluster.inspect(prod))?.containers[0]?.image).toBe(release.plan?.places[0]?.containers[0]?.to.ref);
});

test('a version that crashes at start comes back by itself, with the cause and the log line in the thread', async () => {
  const { says, presses, until, card, thread, chat, cluster } = house();
  const asked = await says('ann', 'deploy payments 2.5.0-crash to prod');
  await until(asked.release, 'awaiting-approval');
  await presses('bob', 'Approve');
  const release = await until(asked.release, 'rolled-back');

  expect(card().headline).toMatch(
    /^payments prod · ROLLED BACK · serving 2\.4\.0, healthy · cause: container app exits with code 1/,
  );
  expect(release.evidence?.logs.flatMap((log) => log.lines).join('\n')).toContain('missing env DB_URL');
  expect(thread().some((line) => line.includes('exits with code 1'))).toBe(true);
  expect(chat.messages.at(-1)?.replies.filter((reply) => reply.loud)).toHaveLength(1);
  expect((await cluster.inspect(prod))?.containers[0]?.image).toContain('payments:2.4.0');
  expect(await says('cyd', 'deploy payments 2.5.0-crash to prod')).toMatchObject({ ok: true });
});

test('what failed on a target is not deployed there again without an override; another version is', async () => {
  const { says, until, presses } = house(noApproval);
  const first = await says('ann', 'deploy payments 2.5.0-crash to prod');
  await until(first.release, 'rolled-back');
  const again = await says('ann', 'deploy payments 2.5.0-crash to prod');
  const refused = await until(again.release, 'refused');
  expect(refused.refusal).toMatchObject({ code: 'quarantined' });
  expect(refused.refusal?.say).toContain(first.release);
  const other = await says('ann', 'deploy payments 2.4.1 to prod');
  await until(other.release, 'succeeded');
  const forced = await says('ann', 'deploy payments 2.5.0-crash to prod overriding quarantine because I know');
  await until(forced.release, 'deploying');
  expect(await presses('ann', 'Roll back')).toMatchObject({ ok: true });
  await until(forced.release, 'rolled-back');
});

test('a rollback by button during a rollout is written at once', async () => {
  const { says, presses, until, cluster, card } = house(noApproval);
  const asked = await says('ann', 'deploy payments 2.5.4-slowready to prod');
  await until(asked.release, 'deploying');
  await until(asked.release, 'deploying');
  expect(await presses('bob', 'Roll back to 2.4.0')).toMatchObject({ ok: true });
  const release = await until(asked.release, 'rolled-back');
  expect(release.quarantined).toBe(false);
  expect(card().headline).toBe('payments prod · ROLLED BACK · serving 2.4.0, healthy');
  expect(cluster.writes.map((write) => write.set.what)).toEqual(['images', 'template']);
});

test('a rollback on an idle target goes to the previous version, or to the one that is named', async () => {
  const { says, presses, until, cluster } = house(noApproval);
  for (const version of ['2.4.1', '2.4.2'])
    await until((await says('ann', `deploy payments ${version} to prod`)).release, 'succeeded');
  const back = await presses('bob', 'Roll back to 2.4.1');
  await until(back.release, 'succeeded');
  expect((await cluster.inspect(prod))?.containers[0]?.image).toContain(':2.4.1');
  const further = await says('bob', 'roll back payments in prod to 2.4.0 because the numbers look wrong');
  await until(further.release, 'succeeded');
  expect((await cluster.inspect(prod))?.containers[0]?.image).toContain(':2.4.0');
});

test('the same deploy twice is one release', async () => {
  const { says, until } = house();
  const first = await says('ann', 'deploy payments 2.4.1 to prod');
  const second = await says('bob', 'deploy payments 2.4.1 to prod');
  expect(second.release).toBe(first.release);
  await until(first.release, 'awaiting-approval');
});
