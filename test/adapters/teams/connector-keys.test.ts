import { describe, expect, it } from 'vitest';
import { activity } from '../../../adapters/teams/activity.ts';
import { connectorKeys } from '../../../adapters/teams/connector-keys.ts';
import { whyForged } from '../../../adapters/teams/genuine.ts';
import { TransientError } from '../../../src/errors.ts';
import { startBot } from '../../servers/teams/bot.ts';
import type { Fault } from '../../servers/teams/faults.ts';
import type { Tampered } from '../../servers/teams/world.ts';

const [minute, hour] = [60_000, 3_600_000];
const away: Fault = { kind: 'status', status: 503 };

/** What we think of a request, as the keys grow older. */
const start = async () => {
  const { teams, told } = await startBot();
  let time = 1_000;
  const keys = connectorKeys(teams.openIdUrl, () => time);
  const verifier = { issuer: 'https://api.botframework.com', appId: teams.organization.app.id, keys };
  const sent = async (how: Tampered = {}) => {
    await teams.deliver({ type: 'message', id: '1', text: 'hi', conversation: { id: 'c' } }, how);
    const { activity: it, authorization = '' } = told.at(-1)!;
    return () => whyForged(verifier, activity.parse(it), authorization);
  };
  const judge = async (how: Tampered = {}) => (await sent(how))();
  const pass = (ms: number) => {
    time += ms;
  };
  const asked = () => [teams.count('openid'), teams.count('keys')];
  return { teams, sent, judge, pass, asked };
};

describe('the keys of the Bot Connector', () => {
  it('are asked for once by however many requests come first', async () => {
    const { judge, asked } = await start();
    expect(await Promise.all([judge(), judge(), judge()])).toEqual([undefined, undefined, undefined]);
    expect(asked()).toEqual([1, 1]);
  });

  it('are renewed after 12 hours while work goes on', async () => {
    const { teams, judge, pass, asked } = await start();
    await judge();
    pass(12 * hour - 1);
    await judge();
    expect(asked()).toEqual([1, 1]);
    pass(1);
    teams.inject('openid', { kind: 'slow', ms: 300 }, 1);
    expect(await judge()).toBeUndefined();
    expect(teams.count('keys')).toBe(1);
    await expect.poll(asked).toEqual([2, 2]);
  });

  it('are renewed before a request is judged after 24 hours: a key that was taken back is believed no longer', async () => {
    const { teams, sent, pass, asked } = await start();
    const [first, second] = [await sent(), await sent()];
    expect(await first()).toBeUndefined();
    await teams.rotateKeys();
    pass(24 * hour);
    expect(await second()).toMatch(/no key/);
    expect(asked()).toEqual([2, 2]);
  });

  it('serve for 48 hours when their host is down, which is asked once a minute, and no longer', async () => {
    const { teams, judge, pass } = await start();
    await judge();
    teams.inject('openid', away, Number.POSITIVE_INFINITY);
    for (const [wait, total] of [
      [12 * hour, 2],
      [minute - 1, 2],
      [1, 3],
      [18 * hour, 4],
      [17 * hour, 5],
    ] as const) {
      pass(wait);
      expect(await judge()).toBeUndefined();
      await expect.poll(() => teams.count('openid')).toBe(total);
    }
    pass(hour);
    await expect(judge()).rejects.toThrow(TransientError);
    teams.heal();
    expect(await judge()).toBeUndefined();
  });

  it('are asked for at once when a new one is used, and at most once a minute', async () => {
    const { teams, judge, pass, asked } = await start();
    await judge();
    await teams.rotateKeys();
    expect(await judge()).toMatch(/no key/);
    pass(minute);
    expect(await Promise.all([judge(), judge()])).toEqual([undefined, undefined]);
    expect(asked()).toEqual([2, 2]);
    for (let nth = 0; nth < 3; nth += 1) expect(await judge({ token: 'unknown-key' })).toMatch(/no key/);
    expect(asked()).toEqual([2, 2]);
  });

  it('leave open who used a new one while their host is down, and the known ones go on', async () => {
    const { teams, judge, pass, asked } = await start();
    await judge();
    teams.inject('keys', away, Number.POSITIVE_INFINITY);
    pass(minute);
    await expect(judge({ token: 'unknown-key' })).rejects.toThrow(TransientError);
    await expect(judge({ token: 'unknown-key' })).rejects.toThrow(TransientError);
    expect(await judge()).toBeUndefined();
    expect(asked()).toEqual([2, 2]);
  });
});
