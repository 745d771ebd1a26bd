import { expect, test } from 'vitest';
import { house, noApproval, ok, prod } from './house.ts';

const serves = async (cluster: {
  inspect: (place: typeof prod) => Promise<{ containers: { image: string }[] } | undefined>;
}) => (await cluster.inspect(prod))?.containers[0]?.image;

test('a rollback to a revision by its number', async () => {
  const { says, until, cluster } = house(noApproval);
  for (const version of ['2.4.1', '2.4.2'])
    await until(ok(await says('ann', `deploy payments ${version} to prod`)), 'succeeded');
  await until(ok(await says('bob', 'roll back payments in prod to 1')), 'succeeded');
  expect(await serves(cluster)).toContain(':2.4.0');
});

test('a revision that is not kept any more is refused, naming those that are', async () => {
  const { says, until } = house(noApproval);
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  const refused = await until(ok(await says('bob', 'roll back payments in prod to 9.9.9')), 'refused');
  expect(refused.refusal).toMatchObject({ code: 'nothing-to-return-to', hint: 'It keeps: 1 (2.4.0).' });
});

test('the button of an ended release is stale once another one has changed the target', async () => {
  const { says, until, chat, presses } = house(noApproval);
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  const old = chat.messages.at(-1)!.views.at(-1)!;
  if (old.kind !== 'release') throw new Error('a card');
  const second = ok(await says('ann', 'deploy payments 2.4.2 to prod'));
  await until(second, 'succeeded');
  const stale = await says('bob', '', { text: undefined, button: { ref: old.buttons.at(-1)!.ref } });
  expect(stale).toMatchObject({ ok: false, code: 'stale-button', private: true });
  expect(stale.view.title).toContain(second);
  expect(stale.view.hint).toContain(second);
  await until(ok(await presses('bob', 'Roll back to 2.4.1')), 'succeeded');
});

test('a release that was refused meanwhile leaves the button of the one before it good', async () => {
  const { says, until, chat, cluster } = house(noApproval);
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  const good = chat.messages.at(-1)!.views.at(-1)!;
  if (good.kind !== 'release') throw new Error('a card');
  await until(ok(await says('ann', 'deploy payments 9.9.9 to prod')), 'refused');
  const back = await says('bob', '', { text: undefined, button: { ref: good.buttons.at(-1)!.ref } });
  await until(ok(back), 'succeeded');
  expect(await serves(cluster)).toContain(':2.4.0');
});

test('a button that was tampered with is nobody’s', async () => {
  const { says, until, card } = house();
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(id, 'awaiting-approval');
  const ref = card().buttons[0]!.ref;
  const forged = `${ref.slice(0, 4)}${ref[4] === 'A' ? 'B' : 'A'}${ref.slice(5)}`;
  expect(await says('bob', '', { text: undefined, button: { ref: forged } })).toMatchObject({ code: 'stale-button' });
});

test('a rollback does not wait for the checks before, nor for a directory that is down', async () => {
  const { says, until, http, identity, cluster } = house((raw) => {
    noApproval(raw);
    raw.services.payments.checks = { before: [{ http: 'https://payments.staging/healthz' }] };
  });
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  http.answers.set('https://payments.staging/healthz', 500);
  const id = ok(await says('bob', 'roll back payments in prod'));
  const resolve = identity.resolve.bind(identity);
  const { TransientError } = await import('../../src/errors.ts');
  identity.resolve = async () => {
    throw new TransientError('the directory is not answering');
  };
  await until(id, 'succeeded');
  identity.resolve = resolve;
  expect(await serves(cluster)).toContain(':2.4.0');
});

test('a rollback goes through a workload that somebody left paused', async () => {
  const { says, until, cluster } = house(noApproval);
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  const id = ok(await says('ann', 'deploy payments 2.5.4-slowready to prod'));
  await until(id, 'deploying');
  await says('ann', `pause ${id}`);
  const paused = await until(id, 'paused');
  expect(paused.phase).toBe('paused');
  await says('ann', `take over ${id}`);
  await until(ok(await says('bob', 'roll back payments in prod to 2.4.0')), 'succeeded');
  expect((await cluster.inspect(prod))?.paused).toBe(false);
});

test('a rollback whose version is bad as well is not rolled back by itself: a person is called', async () => {
  const { says, until, thread, clusters } = house(noApproval, {
    workload: () => ({ containers: [{ name: 'app', image: 'registry.example.com/payments:2.5.0-crash' }] }),
  });
  void clusters;
  const first = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(first, 'succeeded');
  const back = ok(await says('bob', 'roll back payments in prod'));
  const errored = await until(back, 'errored');
  expect(errored.trouble?.say).toContain('the version we return to crashes');
  expect(errored.quarantined).toBe(false);
  expect(thread().at(-1)).toContain('never rolled back by itself');
  expect(ok(await says('bob', `abort ${back}`))).toBe(back);
  expect((await until(back, 'rolled-back')).serving[0]?.version).toBe('2.4.1');
});

test('a rollback of a rollback never happens by itself, not even for a check that fails after it', async () => {
  const { says, until, http } = house((raw) => {
    noApproval(raw);
    raw.services.payments.checks = { after: [{ http: 'https://payments.prod/healthz' }] };
  });
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  http.answers.set('https://payments.prod/healthz', 500);
  const errored = await until(ok(await says('bob', 'roll back payments in prod')), 'errored', 'recovering');
  expect(errored.phase).toBe('errored');
});

test('rolling back what had not changed anything yet says that the old version serves as before', async () => {
  const { says, until, cluster } = house();
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(id, 'awaiting-approval');
  expect((await says('ann', `abort ${id}`)).view.title).toBe(
    `Stopped ${id} (payments in prod) before it changed anything; 2.4.0 serves as before.`,
  );
  await until(id, 'cancelled');
  expect(cluster.writes).toEqual([]);
});
