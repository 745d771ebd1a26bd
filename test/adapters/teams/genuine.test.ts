import { UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { activity } from '../../../adapters/teams/activity.ts';
import { TransientError } from '../../../src/errors.ts';
import { startBot } from '../../servers/teams/bot.ts';
import type { TokenKind } from '../../servers/teams/delivery.ts';
import type { Json } from '../../servers/teams/json.ts';
import type { TeamsOptions } from '../../servers/teams/teams.ts';
import type { Tampered } from '../../servers/teams/world.ts';
import { transportOf } from './real.ts';

/** What the Connector (or somebody else) sends, and what the transport thinks of it. */
const start = async (options: TeamsOptions = {}) => {
  const { teams, told } = await startBot(options);
  const transport = transportOf(teams);
  const send = async (how: Tampered = {}, more: Json = {}) => {
    await teams.deliver({ type: 'message', id: '1', text: 'hi', conversation: { id: 'c' }, ...more }, how);
    return told.at(-1)!;
  };
  const judge = async (how: Tampered = {}, more: Json = {}) => {
    const { activity: it, authorization = '' } = await send(how, more);
    return transport.whyNotGenuine(activity.parse(it), authorization);
  };
  return { teams, transport, send, judge };
};

describe('a request to the endpoint of Teams', () => {
  it('is genuine with a token of the Bot Connector', async () => {
    const { judge } = await start();
    expect(await judge()).toBeUndefined();
  });

  it.each<[TokenKind, RegExp]>([
    ['none', /no token/],
    ['garbage', /no key of the Bot Connector/],
    ['unsigned', /no token/],
    ['algorithm-none', /"alg"/],
    ['public-key-as-secret', /"alg"/],
    ['expired', /"exp"/],
    ['no-expiry', /"exp"/],
    ['not-yet', /"nbf"/],
    ['wrong-audience', /"aud"/],
    ['wrong-issuer', /"iss"/],
    ['wrong-key', /signature/],
    ['unknown-key', /no key of the Bot Connector/],
    ['unendorsed-key', /endorsement/],
    ['wrong-service-url', /serviceUrl/],
  ])('is not genuine with a token that is: %s', async (token, why) => {
    const { judge } = await start();
    expect(await judge({ token })).toMatch(why);
  });

  it.each<[string, Json, RegExp]>([
    ['another channel, whose tokens have other rules', { channelId: 'AseChannel' }, /not Teams/],
    ['no serviceUrl, so that nothing could be compared with the token', { serviceUrl: undefined }, /serviceUrl/],
  ])('is not genuine from %s', async (_where, more, why) => {
    const { send, transport } = await start();
    const { activity: it, authorization = '' } = await send();
    expect(await transport.whyNotGenuine(activity.parse({ ...it, ...more }), authorization)).toMatch(why);
  });

  it('is not genuine with a token that we ourselves send to whoever we call', async () => {
    const { teams, send, transport } = await start();
    const { activity: it } = await send();
    const { id, tenant } = teams.organization.app;
    const ours = {
      iss: `https://sts.windows.net/${tenant}/`,
      appid: id,
      ver: '1.0',
      aud: 'https://api.botframework.com',
    };
    const token = `${new UnsecuredJWT(ours).setExpirationTime('1h').encode()}c2ln`;
    expect(await transport.whyNotGenuine(activity.parse(it), `Bearer ${token}`)).toMatch(/no key of the Bot Connector/);
  });

  it('cannot be told while the keys are out of reach, is then to be sent again, and passes when they are back', async () => {
    const { teams, judge } = await start();
    teams.inject('keys', { kind: 'status', status: 503 }, 1);
    await expect(judge()).rejects.toThrow(TransientError);
    teams.inject('openid', { kind: 'reset' }, 1);
    await expect(judge()).rejects.toThrow("the Bot Connector's keys cannot be had");
    expect(await judge()).toBeUndefined();
    expect(teams.count('keys')).toBe(2);
    expect(await judge()).toBeUndefined();
    expect(teams.count('keys')).toBe(2);
  });

  it('waits for keys that do not come no longer than Teams waits for us', async () => {
    const { teams, judge } = await start();
    teams.inject('keys', { kind: 'hang' }, 1);
    const began = performance.now();
    await expect(judge()).rejects.toThrow(TransientError);
    expect(performance.now() - began).toBeLessThan(4_900);
  });

  it('is believed without any token in development, and no token is sent', async () => {
    const { judge } = await start({ app: { id: '' } });
    expect(await judge({ token: 'none' })).toBeUndefined();
  });
});

describe('whatever a stranger sends as a token', () => {
  const parts = [
    '',
    'a',
    '.',
    '..',
    '...',
    'a.b',
    'a.b.c',
    'e30.e30.e30',
    'bnVsbA.bnVsbA.bnVsbA',
    'W10.W10.',
    '💥.💥.💥',
  ];
  it.each(parts.flatMap((part) => [part, `Bearer ${part}`, `Bearer  ${part}`, `bearer ${part}`, `Basic ${part}`]))(
    'is refused: %o',
    async (authorization) => {
      const { transport, send } = await start();
      const { activity: it } = await send();
      expect(await transport.whyNotGenuine(activity.parse(it), authorization)).toMatch(/./);
    },
  );
});
