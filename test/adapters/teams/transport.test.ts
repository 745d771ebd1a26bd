import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { teamsStatus } from '../../../adapters/teams/failures.ts';
import { TerminalError, TransientError } from '../../../src/errors.ts';
import type { Fault } from '../../servers/teams/faults.ts';
import type { TeamsOptions } from '../../servers/teams/teams.ts';
import { at, general, saying, teamsWith, transportOf } from './real.ts';

const start = async (options: TeamsOptions = {}) => {
  const teams = await teamsWith(options);
  return { teams, transport: transportOf(teams), here: at(teams) };
};

const failing = async (work: Promise<unknown>): Promise<TransientError | TerminalError> => {
  const error: unknown = await work.catch((why: unknown) => why);
  if (error instanceof TransientError || error instanceof TerminalError) return error;
  throw new Error(`neither transient nor terminal: ${error}`);
};

describe('what we send to Teams', () => {
  it('starts a thread in a channel, is changed in place, and goes on in the thread', async () => {
    const { teams, transport, here } = await start();
    const card = await transport.startThread(here, saying('payments · DEPLOYING'));
    const thread = { ...here, id: `${general};messageid=${card}` };
    await transport.update(thread, card, saying('payments · SUCCEEDED'));
    const line = await transport.post(thread, saying('3 of 3 pods'));
    const seen = teams.as('ann').sees(general);
    expect(seen.map((it) => [it.id, it.thread, teams.wording(it), it.summary])).toEqual([
      [card, undefined, 'payments · SUCCEEDED', 'payments · SUCCEEDED'],
      [line, card, '3 of 3 pods', '3 of 3 pods'],
    ]);
    expect([teams.warnings, teams.refusals()]).toEqual([[], []]);
  });

  it('reaches one person of a channel, and nobody else sees it', async () => {
    const { teams, transport, here } = await start();
    const { id } = teams.as('bob').user;
    await transport.whisper(here, id, saying('you may not'));
    expect(teams.as('bob').reads()).toMatchObject([{ how: 'targeted', words: 'you may not' }]);
    expect([teams.messages(general), teams.as('ann').reads()]).toEqual([[], []]);
  });

  it.each(['id', 'aadObjectId'] as const)('reaches one person in their own chat, by their %s', async (key) => {
    const { teams, transport, here } = await start();
    const bob = teams.as('bob');
    const chat = await transport.direct(here, bob.user[key]);
    expect(chat).toEqual({ ...here, id: bob.directMessage() });
    await transport.post(chat, saying('hello'));
    expect(teams.messages(bob.directMessage()).map(teams.wording)).toEqual(['hello']);
  });

  it('needs one token for many messages that are sent at once', async () => {
    const { teams, transport, here } = await start();
    await Promise.all(Array.from({ length: 5 }, (_, nth) => transport.startThread(here, saying(`${nth}`))));
    expect([teams.count('createConversation'), teams.count('token')]).toEqual([5, 1]);
  });

  it.each([
    ['an app of many tenants', 'MultiTenant', 'botframework.com'],
    ['an app of one tenant', 'SingleTenant', '5c1f0a3e-0000-4000-8000-0000000ac3e0'],
  ] as const)('bears a token of the right tenant for %s', async (_app, type, tenant) => {
    const { teams, transport, here } = await start({ app: { type } });
    await transport.startThread(here, saying('hello'));
    expect(teams.calls.find((it) => it.call === 'token')?.path).toContain(`/${tenant}/`);
  });

  it('goes without a token in development', async () => {
    const { teams, transport, here } = await start({ app: { id: '' } });
    await transport.startThread(here, saying('hello'));
    expect([teams.messages(general).length, teams.count('token')]).toEqual([1, 0]);
  });
});

describe('when Teams does not do what it is asked', () => {
  const passing: [string, Fault, number][] = [
    ['limits us, and says for how long', { kind: 'rate-limited', retryAfter: 7 }, 7_000],
    ['meets another write', { kind: 'status', status: 412 }, 2_000],
    ['has an error', { kind: 'status', status: 500 }, 2_000],
    ['is away', { kind: 'status', status: 503 }, 2_000],
    ['hangs up', { kind: 'reset' }, 2_000],
  ];
  it.each(passing)('it may be tried again when it %s, and we leave that to the caller', async (_what, fault, wait) => {
    const { teams, transport, here } = await start();
    teams.inject('createConversation', fault, 1);
    const failure = await failing(transport.startThread(here, saying('hello')));
    expect(failure).toMatchObject({ name: 'TransientError', retryAfterMs: wait });
    expect(teams.count('createConversation')).toBe(1);
    await transport.startThread(here, saying('hello'));
    expect(teams.messages(general)).toHaveLength(1);
  });

  it('is waited for 10 s and no longer', async () => {
    const { teams, transport, here } = await start();
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const shortened = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 100));
    onTestFinished(() => shortened.mockRestore());
    teams.inject('createConversation', { kind: 'hang' }, 1);
    expect(await failing(transport.startThread(here, saying('hello')))).toBeInstanceOf(TransientError);
    expect(shortened.mock.calls).toContainEqual([10_000]);
  });

  it('names the fix when the app is not installed there', async () => {
    const { teams, transport, here } = await start();
    teams.organization.conversations.get(general)!.hasApp = false;
    const failure = await failing(transport.startThread(here, saying('hello')));
    expect(failure).toMatchObject({
      code: 'forbidden',
      message: 'Teams refused createConversation: 403 BotNotInConversationRoster',
      hint: expect.stringContaining('Install the app in that team'),
    });
    expect(teamsStatus(failure)).toBe(403);
  });

  it('tells that a card is gone by its status', async () => {
    const { transport, here } = await start();
    expect(teamsStatus(await failing(transport.update(here, '17', saying('hello'))))).toBe(404);
    expect(teamsStatus(await failing(transport.post({ ...here, id: '19:no@thread.tacv2' }, saying('hello'))))).toBe(
      404,
    );
  });

  it('names the limit when a card is too large', async () => {
    const { transport, here } = await start();
    const failure = await failing(transport.post(here, saying('x'.repeat(60_000))));
    expect(failure).toMatchObject({ name: 'TerminalError', hint: expect.stringContaining('100 KB') });
  });

  it('gets a new token when ours is refused, once', async () => {
    const { teams, transport, here } = await start();
    await transport.startThread(here, saying('before'));
    teams.revokeTokens();
    expect(await failing(transport.startThread(here, saying('after')))).toBeInstanceOf(TransientError);
    await transport.startThread(here, saying('after'));
    expect([teams.messages(general).length, teams.count('token')]).toEqual([2, 2]);
    teams.revokeTokens();
    expect(await failing(transport.startThread(here, saying('again')))).toMatchObject({
      name: 'TerminalError',
      hint: expect.stringContaining('MICROSOFT_APP_TYPE'),
    });
  });

  it('is not followed to another place: our token stays with whom it was for', async () => {
    const { teams, transport, here } = await start();
    teams.inject('createConversation', { kind: 'status', status: 307 }, 1);
    expect(await failing(transport.startThread(here, saying('hello')))).toBeInstanceOf(TerminalError);
  });
});

describe('when Entra gives no token', () => {
  const wrong: [string, Parameters<typeof transportOf>[1], RegExp, RegExp][] = [
    ['the secret is wrong', { password: 'planted-secret' }, /AADSTS7000215/, /value .* MICROSOFT_APP_PASSWORD/],
    ['the app is another', { id: '00000000-0000-4000-8000-00000000dead' }, /AADSTS700016/, /MICROSOFT_APP_ID/],
  ];
  it.each(wrong)('a person is told what to mend when %s', async (_what, app, say, hint) => {
    const teams = await teamsWith();
    const failure = await failing(transportOf(teams, app).startThread(at(teams), saying('hello')));
    expect(failure).toMatchObject({ message: expect.stringMatching(say), hint: expect.stringMatching(hint) });
    expect(`${failure.stack} ${JSON.stringify(failure)}`).not.toContain('planted');
  });

  it.each<Fault>([{ kind: 'status', status: 503 }, { kind: 'reset' }])(
    'it is asked again when it is away: %o',
    async (fault) => {
      const { teams, transport, here } = await start();
      teams.inject('token', fault, 1);
      expect(await failing(transport.startThread(here, saying('hello')))).toBeInstanceOf(TransientError);
      await transport.startThread(here, saying('hello'));
      expect(teams.messages(general)).toHaveLength(1);
    },
  );

  it('is not asked again before the time that it named', async () => {
    const { teams, transport, here } = await start();
    teams.inject('token', { kind: 'rate-limited', retryAfter: 30 }, 1);
    expect(await failing(transport.startThread(here, saying('hello')))).toBeInstanceOf(TransientError);
    expect(await failing(transport.startThread(here, saying('hello')))).toBeInstanceOf(TransientError);
    expect(teams.count('token')).toBe(1);
  });

  it('is not trusted at an address whose certificate nobody vouches for', async () => {
    const { teams, here } = await start();
    const failure = await failing(
      transportOf(teams, { loginUrl: teams.loginUrl.replace('127.0.0.1', '127.0.0.2') }).post(here, saying('hello')),
    );
    expect(failure).toBeInstanceOf(TransientError);
  });
});
