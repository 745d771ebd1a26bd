import { describe, expect, it } from 'vitest';
import { slackIdentity } from '../../../adapters/slack/identity.ts';
import { TransientError } from '../../../src/errors.ts';
import type { Actor } from '../../../src/release/event.ts';
import type { SlackOptions } from '../../servers/slack/slack.ts';
import { quiet, slackWith, webOf } from './setup.ts';

const actor = (id: string, tenant = 'T0ACME'): Actor => ({ surface: 'slack', tenant, id, name: id.toLowerCase() });

const start = async (options: SlackOptions = {}) => {
  const slack = await slackWith(options);
  let time = 1_000;
  const warned: string[] = [];
  const log = { ...quiet, warn: (_: object, say: string) => void warned.push(say) };
  const identity = slackIdentity(webOf(slack), () => time, log);
  const pass = (ms: number) => {
    time += ms;
  };
  return { slack, identity, warned, pass };
};

describe('who somebody of Slack is', () => {
  it('is their confirmed e-mail address, with the groups they are in', async () => {
    const { identity } = await start();
    expect(await identity.resolve(actor('U0ALICE'))).toEqual({
      principal: 'alice@example.com',
      name: 'alice',
      actor: { surface: 'slack', tenant: 'T0ACME', id: 'U0ALICE', name: 'alice' },
      emails: ['alice@example.com'],
      groups: ['slack:S0RELMGR', 'user:slack:U0ALICE'],
      roles: [],
      token: false,
    });
  });

  it.each([
    ['a guest', 'U0GUEST', /Guests/],
    ['a guest of one channel', 'U0SINGLE', /Guests/],
    ['somebody of another workspace', 'U0OUT', /other workspaces/],
    ['somebody without a confirmed address', 'U0MUTE', /e-mail/],
    ['somebody who left', 'U0GONE', /deactivated/],
    ['a bot', 'U0ROBOT', /Bots/],
    ['ourselves', 'U0BOT', /Bots/],
    ['nobody', 'U0NOBODY', /who u0nobody is/],
  ])('is refused for %s', async (_who, id, say) => {
    const { identity } = await start();
    const refusal = await identity.resolve(actor(id));
    expect(refusal).toMatchObject({
      code: 'not-known',
      say: expect.stringMatching(say),
      hint: expect.stringMatching(/./),
    });
  });

  it('is refused when the interaction came from another workspace, whatever the id', async () => {
    const { identity } = await start();
    expect(await identity.resolve(actor('U0ALICE', 'T0OTHER'))).toMatchObject({ code: 'not-known' });
  });

  it('is refused for everybody while the app may not read addresses, naming the scope', async () => {
    const { identity } = await start({ app: { scopes: ['users:read', 'usergroups:read'] } });
    const refusal = await identity.resolve(actor('U0ALICE'));
    expect(refusal).toMatchObject({ hint: expect.stringContaining('users:read.email') });
  });

  it('is remembered for a minute, and forgotten then: a right that was taken away goes within a minute', async () => {
    const { slack, identity, pass } = await start();
    await Promise.all([identity.resolve(actor('U0ALICE')), identity.resolve(actor('U0ALICE'))]);
    expect([slack.count('users.info'), slack.count('usergroups.list')]).toEqual([1, 1]);
    slack.workspace.usergroups.get('S0RELMGR')!.users = [];
    slack.workspace.users.get('U0BOB')!.isRestricted = true;
    pass(59_999);
    expect(await identity.resolve(actor('U0ALICE'))).toMatchObject({
      groups: ['slack:S0RELMGR', 'user:slack:U0ALICE'],
    });
    pass(1);
    expect(await identity.resolve(actor('U0ALICE'))).toMatchObject({ groups: ['user:slack:U0ALICE'] });
    expect(await identity.resolve(actor('U0BOB'))).toMatchObject({ code: 'not-known' });
  });

  it('cannot be told while Slack does not answer, and is asked again next time', async () => {
    const { slack, identity } = await start();
    slack.inject('users.info', { kind: 'reset' });
    await expect(identity.resolve(actor('U0ALICE'))).rejects.toBeInstanceOf(TransientError);
    expect(await identity.resolve(actor('U0ALICE'))).toMatchObject({ principal: 'alice@example.com' });
  });

  it('is what it was while Slack does not answer, for ten minutes since it last did', async () => {
    const { slack, identity, warned, pass } = await start();
    const alice = await identity.resolve(actor('U0ALICE'));
    pass(540_000);
    for (const call of ['users.info', 'usergroups.list'])
      slack.inject(call, { kind: 'reset' }, Number.POSITIVE_INFINITY);
    expect(await identity.resolve(actor('U0ALICE'))).toEqual(alice);
    await expect(identity.resolve(actor('U0BOB'))).rejects.toBeInstanceOf(TransientError);
    expect(warned).toEqual([expect.stringMatching(/Slack does not answer/)]);
    pass(60_001);
    await expect(identity.resolve(actor('U0ALICE'))).rejects.toBeInstanceOf(TransientError);
  });

  it('is a no that was heard, also when Slack does not answer after it', async () => {
    const { slack, identity, pass } = await start();
    await identity.resolve(actor('U0BOB'));
    slack.workspace.users.get('U0BOB')!.isRestricted = true;
    pass(60_000);
    expect(await identity.resolve(actor('U0BOB'))).toMatchObject({ code: 'not-known' });
    slack.inject('users.info', { kind: 'reset' }, Number.POSITIVE_INFINITY);
    pass(60_000);
    expect(await identity.resolve(actor('U0BOB'))).toMatchObject({ code: 'not-known' });
  });
});
