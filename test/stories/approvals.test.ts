import { expect, test } from 'vitest';
import { house, noApproval, ok, prod } from './house.ts';

const minutes = (n: number) => n * 60_000;

test('two of three must say yes; the first yes does not start it, and nobody counts twice', async () => {
  const { says, presses, until, card, thread, release } = house((raw) => {
    raw.environments.prod.approvals.required = 2;
  });
  const id = ok(await says('dan', 'deploy payments 2.4.1 to prod'));
  await until(id, 'awaiting-approval');
  expect((await presses('ann', 'Approve')).view.title).toContain('1 more needed');
  expect(await presses('ann', 'Approve')).toMatchObject({ ok: false, code: 'already-decided', private: true });
  await until(id, 'awaiting-approval');
  expect(card().facts.find((fact) => fact.label === 'Approval')?.text).toMatch(
    /needs 1 of release-managers.*yes from Ann/,
  );
  expect((await presses('bob', 'Approve')).view.title).toContain('starts as soon as');
  await until(id, 'succeeded');
  expect((await release(id)).approvals.map((one) => one.by.name)).toEqual(['Ann', 'Bob']);
  expect(thread().filter((line) => line.startsWith('Approved by'))).toEqual(['Approved by Ann', 'Approved by Bob']);
});

test('an author of the change cannot approve it, even when somebody else asked', async () => {
  const { says, presses, until } = house();
  const change = { commit: 'abc123', authors: ['Bob@Example.com'] };
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod', { change }));
  await until(id, 'awaiting-approval');
  const no = await presses('bob', 'Approve');
  expect(no).toMatchObject({ ok: false, code: 'self-approval', private: true });
  expect(no.view).toMatchObject({
    title: expect.stringContaining('author'),
    hint: expect.stringContaining('release-managers'),
  });
  await presses('cyd', 'Approve');
  await until(id, 'succeeded');
});

test('who is not entitled is told privately why, and who can', async () => {
  const { says, presses, until } = house();
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(id, 'awaiting-approval');
  const no = await presses('dan', 'Approve');
  expect(no).toMatchObject({ ok: false, private: true, code: 'not-entitled' });
  expect(no.view.title).toBe('Dan may not approve payments in prod.');
  expect(no.view.hint).toBe('Somebody with the role release-managers can.');
  expect(await presses('zoe', 'Approve')).toMatchObject({ ok: false, private: true, code: 'not-known' });
  await until(id, 'awaiting-approval');
});

test('an API token never approves', async () => {
  const { says, until, identity } = house();
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(id, 'awaiting-approval');
  const bob = await identity.resolve({ surface: 'console', tenant: 'story', id: 'bob', name: 'Bob' });
  if ('code' in bob) throw new Error('Bob is known');
  const principal = { ...bob, token: true, roles: ['release-managers'] };
  expect(await says('bob', `approve ${id}`, { principal })).toMatchObject({ ok: false, code: 'token-cannot' });
});

test('nobody approves in time: it expires, changes nothing, and says what to do', async () => {
  const { says, until, card, thread, cluster, clock } = house();
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  const since = clock.now;
  await until(id, 'expired');
  expect(clock.now - since).toBeLessThan(minutes(31));
  expect(card().headline).toContain('EXPIRED');
  expect(thread().at(-1)).toContain('Ask again');
  expect(cluster.writes).toEqual([]);
  expect(await says('bob', `approve ${id}`)).toMatchObject({ ok: false, code: 'already-decided' });
});

test('an approval that comes a moment after the deadline does not count, even before anybody looked', async () => {
  const { says, until, clock } = house();
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(id, 'awaiting-approval');
  clock.now += minutes(30) + 1_000;
  expect(await says('bob', `approve ${id}`)).toMatchObject({ ok: false, code: 'already-decided' });
  await until(id, 'expired');
});

test('an approval that waits in the queue for more than 15 minutes lapses, and is asked for again', async () => {
  const { says, until, thread, passes, release } = house();
  const first = ok(await says('ann', 'deploy payments 2.5.4-slowready to prod'));
  const second = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(first, 'awaiting-approval');
  await until(second, 'awaiting-approval');
  await says('bob', `approve ${first}`);
  await until(first, 'deploying');
  await says('cyd', `hold ${first}`);
  await says('bob', `approve ${second}`);
  await until(second, 'queued');
  await passes(minutes(16));
  expect((await release(second)).phase).toBe('queued');
  await says('cyd', `take over ${first}`);
  const again = await until(second, 'awaiting-approval');
  expect(again.approvals).toEqual([]);
  expect(thread().join('\n')).toContain('must be approved again: the approval was given more than 15 minutes ago');
});

test('a rejection needs a reason, ends it, and tells the one who asked', async () => {
  const { says, presses, until, thread } = house();
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(id, 'awaiting-approval');
  expect(await presses('bob', 'Reject')).toMatchObject({ ok: false, private: true });
  expect(await presses('bob', 'Reject', 'the migration is not ready')).toMatchObject({ ok: true });
  await until(id, 'rejected');
  expect(thread().at(-1)).toBe('Rejected by Bob: the migration is not ready');
});

test('the role of an approver is revoked between the yes and the start: it does not start', async () => {
  const { says, until, setCatalog, cluster } = house();
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(id, 'awaiting-approval');
  expect(await says('bob', `approve ${id}`)).toMatchObject({ ok: true });
  setCatalog((raw) => {
    raw.roles['release-managers'].emails = ['ann@example.com', 'cyd@example.com'];
  });
  const refused = await until(id, 'refused');
  expect(refused.refusal?.say).toBe('Bob approved this, and may not any more: Bob may not approve payments in prod.');
  expect(cluster.writes).toEqual([]);
});

test('the catalog changes between the yes and the start: it is planned and approved again', async () => {
  const { says, until, setCatalog, thread, cluster } = house();
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(id, 'awaiting-approval');
  await says('bob', `approve ${id}`);
  setCatalog((raw) => {
    raw.environments.prod.approvals.required = 2;
  });
  const again = await until(id, 'awaiting-approval');
  expect(again.approvals).toEqual([]);
  expect(again.plan?.approvals.required).toBe(2);
  expect(thread().join('\n')).toContain('release.yaml has changed since this was planned');
  expect(cluster.writes).toEqual([]);
});

test('what runs changes between the yes and the start: back to approval, saying both, and the old button is stale', async () => {
  const { says, presses, until, passes, cluster, thread, chat } = house();
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(id, 'awaiting-approval');
  const oldCard = chat.messages.at(-1)!.views.at(-1)!;
  if (oldCard.kind !== 'release') throw new Error('a card');
  const oldButton = oldCard.buttons[0]!.ref;
  await says('bob', `approve ${id}`);
  cluster.disturb.setImage(prod, 'app', 'registry.example.com/payments:2.4.2', 'kubectl-set');
  const again = await until(id, 'awaiting-approval');
  expect(again.approvals).toEqual([]);
  expect(thread().join('\n')).toContain('ran 2.4.0 when this was planned; it runs 2.4.2 now');
  const stale = await says('cyd', '', { text: undefined, button: { ref: oldButton } });
  expect(stale).toMatchObject({ ok: false, code: 'stale-button', private: true });
  expect(stale.view.title).toContain('2.4.2');
  await passes(30_000);
  expect(await presses('cyd', 'Approve')).toMatchObject({ ok: true });
  const release = await until(id, 'succeeded');
  expect(release.plan?.from).toBe('2.4.2');
});

test('approving twice under one delivery id is one approval, and both are answered alike', async () => {
  const { says, until, release } = house((raw) => {
    raw.environments.prod.approvals.required = 2;
  });
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
  await until(id, 'awaiting-approval');
  const first = await says('bob', `approve ${id}`, { key: 'delivery-1' });
  const second = await says('bob', `approve ${id}`, { key: 'delivery-1' });
  expect(second).toMatchObject({ ok: true, release: id, view: { title: first.view.title } });
  expect((await release(id)).approvals).toHaveLength(1);
  expect(await says('bob', `abort ${id}`, { key: 'delivery-1' })).toMatchObject({ ok: false, code: 'key-reused' });
});

test('no approval is asked for where none is required', async () => {
  const { says, until } = house(noApproval);
  const release = await until(ok(await says('dan', 'deploy payments 2.4.1 to prod')), 'succeeded');
  expect(release.approvals).toEqual([]);
});
