import { describe, expect, test } from 'vitest';
import { house, noApproval, ok } from './house.ts';

const image = 'registry.example.com/payments';

describe('overrides', () => {
  test('who may override but not deploy, or deploy but not override, may not', async () => {
    const { says } = house((raw) => {
      Object.assign(raw.roles, { brave: { emails: ['eve@example.com'], may: ['read', 'override'] } });
    });
    const text = 'deploy payments 2.4.1 to prod overriding all because I want it';
    expect(await says('eve', text)).toMatchObject({ ok: false, code: 'not-entitled' });
    expect(await says('dan', text)).toMatchObject({ ok: false, code: 'not-entitled' });
  });

  test('who passes a missing way back is named before everybody', async () => {
    const home = house(noApproval);
    home.registry.lose(image, '2.4.0');
    const refused = await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'refused');
    expect(refused.refusal?.code).toBe('no-safe-return');
    const id = ok(await home.says('ann', 'deploy payments 2.4.1 to prod overriding return because prod is on fire'));
    const done = await home.until(id, 'succeeded');
    expect(done.plan?.overridden).toEqual(['return']);
    expect(home.thread().join('\n')).toContain('Ann overrides return');
    const row = (await home.ledger.audit(100)).find(({ action, subject }) => action === 'requested' && subject === id);
    expect(JSON.stringify(row?.detail)).toContain('prod is on fire');
  });
});

describe('what people type and press', () => {
  const evil = [
    '<!channel> hi',
    'a\nApproved by Ann',
    'a\u202Etxt.exe',
    `x${'y'.repeat(10_000)}`,
    '*bold* `code` <https://evil.example|good>',
  ];

  test.each(evil)('a reason from a form or a button (%#) is one clean line', async (reason) => {
    const { says, presses, until, thread, card, release } = house();
    const command = {
      verb: 'deploy' as const,
      target: { service: 'payments', environment: 'prod' },
      version: '2.4.1',
      reason,
    };
    const reply = await says('ann', '', { text: undefined, command });
    if (!reply.ok) return expect(reply).toMatchObject({ code: 'not-understood', private: true });
    const id = ok(reply);
    await until(id, 'awaiting-approval');
    const no = await presses('bob', 'Reject', reason);
    if (no.ok) await until(id, 'rejected');
    const { command: kept, stoppedBy } = await release(id);
    for (const text of [kept.reason, stoppedBy?.reason ?? '']) {
      expect(text).not.toMatch(/[\n\u202e]/);
      expect(text?.length).toBeLessThanOrEqual(500);
    }
    expect(JSON.stringify([thread(), card()])).not.toContain('\u202e');
  });

  test.each(['2.4.1\n*x*', '../../v2/other/manifests/1', '2.4.1?x=1', '２.４.１', 'а.б', 'latest stable', ''])(
    'a version from a form that is none (%j) is refused in words',
    async (version) => {
      const { says } = house();
      const command = { verb: 'deploy' as const, target: { service: 'payments', environment: 'prod' }, version };
      const no = await says('ann', '', { text: undefined, command });
      expect(no).toMatchObject({ ok: false, code: 'not-understood', private: true });
    },
  );

  test('names of the prototype are no service and no environment', async () => {
    const { says } = house();
    for (const word of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
      for (const target of [
        { service: word, environment: 'prod' },
        { service: 'payments', environment: word },
      ]) {
        const deploy = { verb: 'deploy' as const, target, version: '2.4.1' };
        expect(await says('ann', '', { text: undefined, command: deploy })).toMatchObject({ ok: false });
        expect(await says('ann', '', { text: undefined, command: { verb: 'rollback', target } })).toMatchObject({
          ok: false,
        });
        expect(
          await says('ann', '', { text: undefined, command: { verb: 'abort', on: { release: word } } }),
        ).toMatchObject({ ok: false });
      }
  });

  test('the idempotency key of one person is not that of another', async () => {
    const { says } = house();
    const first = ok(await says('ann', 'deploy payments 2.4.1 to prod', { key: 'k' }));
    const second = ok(await says('bob', 'deploy payments 2.4.2 to prod', { key: 'k' }));
    expect(second).not.toBe(first);
    expect(await says('ann', 'deploy payments 2.4.2 to prod', { key: 'k' })).toMatchObject({ code: 'key-reused' });
    expect(ok(await says('ann', 'deploy payments 2.4.1 to prod', { key: 'k' }))).toBe(first);
  });

  test('the button of one release does nothing to another', async () => {
    const { says, until, card, release } = house();
    const first = ok(await says('ann', 'deploy payments 2.4.1 to staging'));
    await until(first, 'succeeded');
    const second = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
    await until(second, 'awaiting-approval');
    const ref = card(0).buttons.at(-1)!.ref;
    ok(await says('bob', '', { text: undefined, button: { ref } }));
    expect((await release(second)).phase).toBe('awaiting-approval');
  });
});

describe('freezes and locks', () => {
  test('nobody shortens the freeze of somebody else without a word', async () => {
    const { says } = house(noApproval);
    await says('ann', 'freeze prod because of the audit');
    const no = await says('bob', 'freeze prod until 10:00 because lunch');
    expect(no).toMatchObject({ ok: false, code: 'frozen', private: true });
    expect(no.view.title).toContain('Ann');
    expect(no.view.hint).toContain('unfreeze prod');
    expect(await says('dan', 'deploy payments 2.4.1 to prod')).toMatchObject({ code: 'frozen' });
  });

  test('two lock at the same time: one of them holds it, and the other is told', async () => {
    const { says } = house(noApproval);
    const replies = await Promise.all(['ann', 'bob'].map((who) => says(who, 'lock payments prod because of me')));
    expect(replies.map((reply) => reply.ok).toSorted()).toEqual([false, true]);
  });

  test('a freeze that comes while a release is scheduled stops its start', async () => {
    const { says, until, cluster } = house(noApproval);
    const id = ok(await says('ann', 'deploy payments 2.4.1 to prod at 9:40'));
    await until(id, 'scheduled');
    await says('bob', 'freeze prod because of an incident');
    expect((await until(id, 'refused')).refusal?.code).toBe('frozen');
    expect(cluster.writes).toEqual([]);
  });
});
