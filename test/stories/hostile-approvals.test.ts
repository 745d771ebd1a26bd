import { describe, expect, test } from 'vitest';
import { house, ok } from './house.ts';

describe('who approves', () => {
  test('a token asks on behalf of somebody: that somebody cannot approve it', async () => {
    const { says, until, identity, card } = house();
    const ci = { principal: 'ci@example.com', name: 'CI', emails: [], groups: [], roles: ['developers'], token: true };
    const actor = { surface: 'api' as const, tenant: '', id: 'tok', name: 'CI' };
    const resolve = identity.resolve.bind(identity);
    identity.resolve = async (who) => (who.surface === 'api' ? { ...ci, actor } : resolve(who));
    const id = ok(
      await says('ci', 'deploy payments 2.4.1 to prod', {
        actor,
        principal: { ...ci, actor },
        via: 'rest',
        onBehalfOf: 'Bob@Example.com',
      }),
    );
    await until(id, 'awaiting-approval');
    expect(card().facts.find(({ label }) => label === 'Asked by')?.text).toContain('Bob@Example.com');
    const no = await says('bob', `approve ${id}`);
    expect(no).toMatchObject({ ok: false, private: true, code: 'self-approval' });
    expect(no.view.title).toBe(`${id} was asked for on your behalf, so somebody else must approve it.`);
    ok(await says('ann', `approve ${id}`));
    await until(id, 'succeeded');
  });

  test('the address of a token in capitals is still the same person', async () => {
    const { says, until, identity } = house();
    const ci = { principal: 'Bob@Example.com', name: 'CI', emails: [], groups: [], roles: ['developers'], token: true };
    const actor = { surface: 'api' as const, tenant: '', id: 'tok', name: 'CI' };
    const resolve = identity.resolve.bind(identity);
    identity.resolve = async (who) => (who.surface === 'api' ? { ...ci, actor } : resolve(who));
    const id = ok(await says('ci', 'deploy payments 2.4.1 to prod', { actor, principal: { ...ci, actor } }));
    await until(id, 'awaiting-approval');
    expect(await says('bob', `approve ${id}`)).toMatchObject({ ok: false, code: 'self-approval' });
  });

  test('an author as git writes one cannot approve either', async () => {
    const { says, until } = house();
    const change = { authors: ['Bob Builder <bob@example.com>'] };
    const id = ok(await says('ann', 'deploy payments 2.4.1 to prod', { change }));
    await until(id, 'awaiting-approval');
    expect(await says('bob', `approve ${id}`)).toMatchObject({ ok: false, code: 'self-approval' });
  });

  test('an author, and who has said yes already, may still say no', async () => {
    const { says, until } = house((raw) => {
      raw.environments.prod.approvals.required = 2;
    });
    const id = ok(await says('ann', 'deploy payments 2.4.1 to prod', { change: { authors: ['cyd@example.com'] } }));
    await until(id, 'awaiting-approval');
    ok(await says('bob', `approve ${id}`));
    ok(await says('bob', `reject ${id} because I looked again`));
    await until(id, 'rejected');
    const other = ok(await says('ann', 'deploy payments 2.4.2 to prod', { change: { authors: ['cyd@example.com'] } }));
    await until(other, 'awaiting-approval');
    ok(await says('cyd', `reject ${other} because I forgot a file`));
  });

  test('who may not reject, and a token, hear of rejecting', async () => {
    const { says, until, identity } = house();
    const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
    await until(id, 'awaiting-approval');
    expect((await says('dan', `reject ${id} because no`)).view.title).toBe('Dan may not reject payments in prod.');
    const bob = await identity.resolve({ surface: 'console', tenant: 'story', id: 'bob', name: 'Bob' });
    if ('code' in bob) throw new Error('Bob is known');
    const principal = { ...bob, token: true, roles: ['release-managers'] };
    const no = await says('bob', `reject ${id} because no`, { principal });
    expect(no).toMatchObject({ ok: false, code: 'token-cannot' });
    expect(no.view.title).toContain('reject');
  });

  test('two press Approve at the very same time: both count, and none twice', async () => {
    const { says, until, release } = house((raw) => {
      raw.environments.prod.approvals.required = 2;
    });
    const id = ok(await says('dan', 'deploy payments 2.4.1 to prod'));
    await until(id, 'awaiting-approval');
    const replies = await Promise.all(['ann', 'bob', 'ann', 'bob', 'ann'].map((who) => says(who, `approve ${id}`)));
    expect(replies.filter((reply) => reply.ok)).toHaveLength(2);
    expect((await release(id)).approvals.map(({ by }) => by.name).toSorted()).toEqual(['Ann', 'Bob']);
    await until(id, 'succeeded');
  });

  test('Approve and Reject at the same time: one of them holds, and the other is told', async () => {
    const { says, until } = house();
    const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
    await until(id, 'awaiting-approval');
    const [yes, no] = await Promise.all([says('bob', `approve ${id}`), says('cyd', `reject ${id} because of me`)]);
    expect([yes.ok, no.ok].toSorted()).toEqual([false, true]);
    expect((yes.ok ? no : yes).code).toBe('already-decided');
  });

  test('the same human under two ids of a platform counts once', async () => {
    const { says, until, identity, release } = house((raw) => {
      raw.environments.prod.approvals.required = 2;
    });
    identity.people.set('bobby', { name: 'Bobby', email: 'bob@example.com' });
    const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
    await until(id, 'awaiting-approval');
    ok(await says('bob', `approve ${id}`));
    expect(await says('bobby', `approve ${id}`)).toMatchObject({ code: 'already-decided' });
    expect((await release(id)).approvals).toHaveLength(1);
  });

  test('an approval in the very millisecond in which it expires: one of both, never both', async () => {
    const { says, until, clock, release } = house();
    const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
    clock.now = (await until(id, 'awaiting-approval')).expiresAt ?? 0;
    const reply = await says('bob', `approve ${id}`);
    const after = await until(id, 'succeeded', 'expired');
    expect(after.phase).toBe(reply.ok ? 'succeeded' : 'expired');
    expect((await release(id)).approvals).toHaveLength(reply.ok ? 1 : 0);
  });
});
