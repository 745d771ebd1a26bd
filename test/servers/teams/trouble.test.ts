import { describe, expect, it } from 'vitest';
import { type Bot, general, said, startBot } from './bot.ts';
import { teamsRates } from './rates.ts';

/** Rate limits, and trouble on request. */

const activities = (conversation: string) => `conversations/${encodeURIComponent(conversation)}/activities`;
const members = `conversations/${encodeURIComponent(general)}/members`;
const send = (bot: Bot, conversation = general) => bot.call('POST', activities(conversation), said('x'));

/** @returns how many of `times` calls in one moment are let through. */
const passing = async (times: number, call: () => Promise<{ status: number }>) => {
  let count = 0;
  for (let index = 0; index < times; index += 1) if ((await call()).status < 300) count += 1;
  return count;
};

describe('rates', () => {
  it('are none unless a test asks for them', async () => {
    const bot = await startBot();
    expect(await passing(20, () => send(bot))).toBe(20);
  });

  it('let a conversation pass 7 in 1 s, 8 in 2 s and 60 in 30 s, and say when to come again', async () => {
    let now = Date.now();
    const bot = await startBot({ rates: teamsRates, now: () => now });
    expect(await passing(9, () => send(bot))).toBe(7);
    const tooMany = await send(bot);
    expect([tooMany.status, tooMany.body.error?.code, tooMany.headers.get('retry-after')]).toEqual([
      429,
      'Throttled',
      '1',
    ]);
    now += 1_001;
    expect(await passing(3, () => send(bot))).toBe(1);
    expect(bot.teams.refusals()).toEqual([]);
    let sent = 8;
    for (let second = 0; second < 26; second += 1) {
      now += 1_001;
      sent += await passing(4, () => send(bot));
    }
    expect(sent).toBe(60);
  });

  it('count a channel with all its threads as one, and other conversations apart', async () => {
    const chat = '19:chat@thread.v2';
    const bot = await startBot({ rates: teamsRates, chats: [{ id: chat }], now: () => 1e12 });
    const { body } = await send(bot);
    const thread = `${general};messageid=${String(body.id)}`;
    const start = { isGroup: true, channelData: { channel: { id: general } }, activity: said('x') };
    expect(await passing(5, () => send(bot, thread))).toBe(5);
    expect(await passing(9, () => bot.call('POST', 'conversations', start))).toBe(1);
    expect((await send(bot, chat)).status).toBe(201);
    expect(await passing(20, () => bot.call('GET', members))).toBe(14);
  });

  it('count all conversations of a tenant together: 50 in 1 s', async () => {
    const chats = Array.from({ length: 10 }, (_, index) => ({ id: `19:${index}@thread.v2` }));
    const bot = await startBot({ rates: teamsRates, chats, now: () => 1e12 });
    let next = 0;
    expect(await passing(60, () => send(bot, chats[next++ % 10]!.id))).toBe(50);
  });
});

describe('trouble', () => {
  it('hits so many calls of one kind, and is no refusal', async () => {
    const bot = await startBot();
    bot.teams.inject('sendToConversation', { kind: 'status', status: 502 }, 2);
    const statuses = [await send(bot), await bot.call('GET', members), await send(bot), await send(bot)];
    expect(statuses.map((it) => it.status)).toEqual([502, 200, 502, 201]);
    expect(bot.teams.messages(general)).toHaveLength(1);
    expect(bot.teams.refusals()).toEqual([]);
    expect(bot.teams.calls.map((it) => it.answer)).toContain('status');
  });

  it('ends when it is healed', async () => {
    const bot = await startBot();
    bot.teams.inject('sendToConversation', { kind: 'rate-limited', retryAfter: 3 }, Infinity);
    const limited = await send(bot);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
    bot.teams.heal();
    expect((await send(bot)).status).toBe(201);
  });

  it('breaks the connection before or after the work', async () => {
    const bot = await startBot();
    bot.teams.inject('sendToConversation', { kind: 'reset' });
    await expect(send(bot)).rejects.toThrow();
    expect(bot.teams.messages(general)).toEqual([]);
    bot.teams.inject('sendToConversation', { kind: 'lost-reply' });
    await expect(send(bot)).rejects.toThrow();
    expect(bot.teams.messages(general)).toHaveLength(1);
  });

  it('never answers, or answers late', async () => {
    const bot = await startBot();
    bot.teams.inject('sendToConversation', { kind: 'hang' });
    const hanging = send(bot).catch(() => 'ended');
    await bot.teams.until(() => bot.teams.calls.at(-1)?.answer === 'hang');
    expect(bot.teams.messages(general)).toEqual([]);
    bot.teams.inject('sendToConversation', { kind: 'slow', ms: 50 });
    const started = performance.now();
    expect((await send(bot)).status).toBe(201);
    expect(performance.now() - started).toBeGreaterThanOrEqual(49);
    await bot.teams.close();
    expect(await hanging).toBe('ended');
  });
});
