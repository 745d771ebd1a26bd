import { describe, expect, it } from 'vitest';
import { graph } from '../../../adapters/teams/graph.ts';
import { teamsIdentity } from '../../../adapters/teams/identity.ts';
import { TerminalError, TransientError } from '../../../src/errors.ts';
import type { Actor } from '../../../src/release/event.ts';
import type { TeamsOptions } from '../../servers/teams/teams.ts';
import { teamsWith, transportOf } from './real.ts';

const acme = '5c1f0a3e-0000-4000-8000-0000000ac3e0';
const other = '00000000-0000-4000-8000-0000000000ee';
const managers = 'AAAAAAAA-0000-4000-8000-000000000001';

const users: NonNullable<TeamsOptions['users']> = [
  {
    name: 'Ann',
    email: 'Ann@Example.com',
    userPrincipalName: 'a.lee@acme.example',
    proxyAddresses: ['SMTP:Ann@Example.com', 'smtp:A.Archer@example.com', 'X500:/o=acme/cn=ann', 'SIP:ann@sip.example'],
    otherMails: ['Ann@Home.example', 'a.archer@example.com'],
    groups: [managers],
  },
  { name: 'bob' },
  { name: 'gus', userType: 'Guest' },
  { name: 'eva', userPrincipalName: 'eva_example.org#EXT#@acme.example' },
  { name: 'gone', accountEnabled: false },
  { name: 'mute', email: '', userPrincipalName: '' },
  { name: 'upn', email: '', userPrincipalName: 'U.Pn@acme.example' },
  { name: 'oli', tenant: other, email: 'Ann@Example.com', userPrincipalName: 'oli@other.example' },
];

const start = async (options: TeamsOptions = {}, tenants = [acme], home: string | undefined = acme) => {
  const teams = await teamsWith({ users, ...options });
  let time = 1_000;
  const warned: string[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (_: object, say: string) => void warned.push(say) };
  const identity = teamsIdentity({
    graph: graph(teams.graphUrl, transportOf(teams).token),
    tenants,
    home,
    log,
    now: () => time,
  });
  const actor = (name: string, more: Partial<Actor> = {}): Actor => {
    const { aadObjectId, tenant } = teams.as(name).user;
    return { surface: 'teams', tenant, id: aadObjectId, name, ...more };
  };
  const pass = (ms: number) => {
    time += ms;
  };
  return { teams, identity, actor, warned, pass };
};

describe('who somebody of Teams is', () => {
  it('is the address that Entra has for them, with every other one and the groups they are in', async () => {
    const { identity, actor, teams } = await start();
    const { aadObjectId: id } = teams.as('Ann').user;
    expect(await identity.resolve(actor('Ann', { name: 'somebody else' }))).toEqual({
      principal: 'ann@example.com',
      name: 'Ann',
      actor: { surface: 'teams', tenant: acme, id, name: 'Ann' },
      emails: ['ann@example.com', 'a.lee@acme.example'],
      aliases: ['a.archer@example.com', 'ann@home.example'],
      groups: [`teams:${managers.toLowerCase()}`, `user:teams:${id}`],
      roles: [],
      token: false,
    });
    expect(teams.refusals()).toEqual([]);
  });

  it('is what they sign in with when they have no mailbox, and one address when both are the same', async () => {
    const { identity, actor } = await start();
    expect(await identity.resolve(actor('upn'))).toMatchObject({
      principal: 'u.pn@acme.example',
      emails: ['u.pn@acme.example'],
    });
    expect(await identity.resolve(actor('bob'))).toMatchObject({ emails: ['bob@example.com'] });
  });

  it.each([
    ['a guest', 'gus', /Guests/],
    ['a guest who counts as a member', 'eva', /Guests/],
    ['somebody whose account is disabled', 'gone', /disabled/],
    ['somebody without any address', 'mute', /e-mail/],
    ['somebody of another organisation', 'oli', /other organisations/],
  ])('is refused for %s', async (_who, name, say) => {
    const { identity, actor } = await start();
    expect(await identity.resolve(actor(name))).toMatchObject({
      code: 'not-known',
      say: expect.stringMatching(say),
      hint: expect.stringMatching(/./),
    });
  });

  it('is refused for somebody whom Entra does not know, or knows in another organisation', async () => {
    const { identity, actor } = await start();
    const say = expect.stringMatching(/does not know who you are/);
    expect(await identity.resolve(actor('bob', { id: '00000000-0000-4000-8000-00000000dead' }))).toMatchObject({ say });
    expect(await identity.resolve(actor('oli', { tenant: acme }))).toMatchObject({ say });
  });

  it.each(['../groups', 'a@example.com', '', `${'a'.repeat(36)}`, '29:1abc', "x' or '1'='1"])(
    'is never asked of Graph for what is no id of Entra: %o',
    async (id) => {
      const { identity, actor, teams } = await start();
      expect(await identity.resolve(actor('bob', { id }))).toMatchObject({ code: 'not-known' });
      expect([teams.count('getUser'), teams.count('token')]).toEqual([0, 0]);
    },
  );

  it('is asked in the tenant that they act in, when several are served', async () => {
    const { identity, actor } = await start({ app: { type: 'MultiTenant' } }, [acme, other.toUpperCase()]);
    expect(await identity.resolve(actor('oli'))).toMatchObject({ principal: 'oli@other.example' });
    expect(await identity.resolve(actor('bob'))).toMatchObject({ principal: 'bob@example.com' });
  });

  it.each([
    ['of another organisation, whose administrators could write any address there', 'oli', acme],
    ['of any, when nobody said which is the home of the app', 'Ann', ''],
  ])('is only what they sign in with for somebody %s', async (_who, name, home) => {
    const { identity, actor, teams } = await start({ app: { type: 'MultiTenant' } }, [acme, other], home);
    const { email, userPrincipalName } = teams.as(name).user;
    expect(await identity.resolve(actor(name))).toMatchObject({
      principal: userPrincipalName,
      emails: [userPrincipalName],
      aliases: expect.arrayContaining([email.toLowerCase()]),
    });
  });

  it('is refused for somebody of another organisation who has a mailbox and no name to sign in with', async () => {
    const { identity, actor, teams } = await start({ app: { type: 'MultiTenant' } }, [acme, other]);
    teams.as('oli').user.userPrincipalName = '';
    expect(await identity.resolve(actor('oli'))).toMatchObject({ say: expect.stringMatching(/e-mail/) });
  });

  it('has at most fifty further addresses', async () => {
    const { identity, actor, teams } = await start();
    teams.as('bob').user.proxyAddresses = Array.from({ length: 300 }, (_, nth) => `smtp:bob${nth}@example.com`);
    const bob = await identity.resolve(actor('bob'));
    expect(bob).toMatchObject({ emails: ['bob@example.com'], aliases: expect.arrayContaining(['bob49@example.com']) });
    expect('aliases' in bob && bob.aliases).toHaveLength(50);
  });

  it('is asked for with their groups at once, as somebody waits for it', async () => {
    const { identity, actor, teams } = await start();
    teams.inject('getUser', { kind: 'hang' }, 1);
    void identity.resolve(actor('Ann')).catch(() => undefined);
    await expect.poll(() => teams.count('getMemberGroups')).toBe(1);
  });

  it('is remembered for a minute, and forgotten then: a right that was taken away goes within a minute', async () => {
    const { teams, identity, actor, pass } = await start();
    await Promise.all([identity.resolve(actor('Ann')), identity.resolve(actor('Ann'))]);
    expect([teams.count('getUser'), teams.count('getMemberGroups'), teams.count('token')]).toEqual([1, 1, 1]);
    teams.as('Ann').user.groups = [];
    pass(59_999);
    expect(await identity.resolve(actor('Ann'))).toMatchObject({
      groups: [expect.stringMatching(/^teams:/), expect.anything()],
    });
    pass(1);
    expect(await identity.resolve(actor('Ann'))).toMatchObject({ groups: [expect.stringMatching(/^user:teams:/)] });
    teams.as('Ann').user.accountEnabled = false;
    pass(60_000);
    expect(await identity.resolve(actor('Ann'))).toMatchObject({ say: expect.stringMatching(/disabled/) });
  });
});

describe('when Graph does not tell', () => {
  it('names the permissions and the consent that are missing', async () => {
    const { identity, actor } = await start({ graphPermissions: [] });
    const refusal = await identity.resolve(actor('Ann'));
    expect(refusal).toMatchObject({ code: 'not-known', say: expect.stringMatching(/Microsoft Graph/) });
    for (const word of ['administrator', 'User.Read.All', 'GroupMember.Read.All', 'consent'])
      expect(refusal).toMatchObject({ hint: expect.stringContaining(word) });
  });

  it('knows people without their groups, and says so once a minute', async () => {
    const { identity, actor, warned, pass } = await start({ graphPermissions: ['User.Read.All'] });
    expect(await identity.resolve(actor('Ann'))).toMatchObject({
      principal: 'ann@example.com',
      groups: [expect.stringMatching(/^user:teams:/)],
    });
    await identity.resolve(actor('bob'));
    expect(warned).toEqual([expect.stringMatching(/without their groups.*GroupMember\.Read\.All/)]);
    pass(60_000);
    await identity.resolve(actor('Ann'));
    expect(warned).toHaveLength(2);
  });

  it.each(['getUser', 'getMemberGroups'])('asks again next time when %s had no answer', async (call) => {
    const { teams, identity, actor } = await start();
    teams.inject(call, { kind: 'status', status: 503 }, 1);
    await expect(identity.resolve(actor('Ann'))).rejects.toThrow(TransientError);
    expect(await identity.resolve(actor('Ann'))).toMatchObject({ principal: 'ann@example.com' });
  });

  it.each(['getUser', 'getMemberGroups'])(
    'people are who they were, for ten minutes since %s last had an answer',
    async (call) => {
      const { teams, identity, actor, warned, pass } = await start();
      const ann = await identity.resolve(actor('Ann'));
      teams.inject(call, { kind: 'status', status: 503 }, Number.POSITIVE_INFINITY);
      pass(540_000);
      expect(await identity.resolve(actor('Ann'))).toEqual(ann);
      await expect(identity.resolve(actor('bob'))).rejects.toThrow(TransientError);
      expect(warned).toEqual([expect.stringMatching(/Graph does not answer/)]);
      pass(60_001);
      await expect(identity.resolve(actor('Ann'))).rejects.toThrow(TransientError);
      teams.heal();
      expect(await identity.resolve(actor('Ann'))).toEqual(ann);
    },
  );

  it('says at most once a minute that people are who they were', async () => {
    const { teams, identity, actor, warned, pass } = await start();
    await Promise.all([identity.resolve(actor('Ann')), identity.resolve(actor('bob'))]);
    teams.inject('getUser', { kind: 'reset' }, Number.POSITIVE_INFINITY);
    pass(60_000);
    await Promise.all([identity.resolve(actor('Ann')), identity.resolve(actor('bob'))]);
    expect(warned).toHaveLength(1);
    pass(60_000);
    await identity.resolve(actor('Ann'));
    expect(warned).toHaveLength(2);
  });

  it.each([
    ['account was disabled', { accountEnabled: false }],
    ['account became a guest', { userType: 'Guest' as const }],
    ['account was deleted', { tenant: other }],
  ])('a no that was heard stays one: their %s', async (_what, change) => {
    const { teams, identity, actor, pass } = await start();
    const bob = actor('bob');
    await identity.resolve(bob);
    Object.assign(teams.as('bob').user, change);
    teams.inject('getMemberGroups', { kind: 'reset' }, Number.POSITIVE_INFINITY);
    pass(60_000);
    expect(await identity.resolve(bob)).toMatchObject({ code: 'not-known' });
    teams.inject('getUser', { kind: 'reset' }, Number.POSITIVE_INFINITY);
    pass(60_000);
    expect(await identity.resolve(bob)).toMatchObject({ code: 'not-known' });
  });

  it('is not asked at all while Entra refuses our secret', async () => {
    const { teams, actor } = await start();
    const token = transportOf(teams, { password: 'planted' }).token;
    const identity = teamsIdentity({
      graph: graph(teams.graphUrl, token),
      tenants: [acme],
      home: acme,
      log: { debug() {}, info() {}, warn() {}, error() {} },
      now: () => 0,
    });
    await expect(identity.resolve(actor('Ann'))).rejects.toThrow(TerminalError);
    expect(teams.count('getUser')).toBe(0);
  });
});
