import { describe, expect, it } from 'vitest';
import { type Bot, card, carrying, general, said, startBot, words } from './bot.ts';
import type { Json } from './json.ts';

/** The Connector as a bot meets it. */

const thread = (activity: Json, channel = general): Json => ({
  isGroup: true,
  channelData: { channel: { id: channel } },
  activity,
});
const started = async (bot: Bot, activity: Json = said('root')) => {
  const { body } = await bot.call('POST', 'conversations', thread(activity));
  return { id: String(body.activityId), conversation: String(body.id) };
};
const at = (conversation: string, activity = '') =>
  `conversations/${encodeURIComponent(conversation)}/activities${activity && `/${activity}`}`;
const code = (answer: { body: Json & { error?: { code: string } } }) => answer.body.error?.code;

describe('a channel', () => {
  it('gets a new thread, replies in it, and changes of both', async () => {
    const bot = await startBot();
    const root = await started(bot, carrying(card([words('DEPLOYING')])));
    expect(root.conversation).toBe(`${general};messageid=${root.id}`);
    const reply = await bot.call('POST', at(root.conversation), said('step 1'));
    expect(reply.status).toBe(201);
    await bot.call('PUT', at(root.conversation, root.id), carrying(card([words('SUCCEEDED')])));
    const [first, second] = bot.teams.messages('General');
    expect(first).toMatchObject({ id: root.id, thread: undefined, edited: true, summary: 'payments prod' });
    expect(second).toMatchObject({ id: reply.body.id, thread: root.id, text: 'step 1' });
    expect(bot.teams.wording(first!)).toBe('SUCCEEDED');
    expect(first!.versions.map((it) => it.by)).toEqual(['post', 'update']);
    expect(bot.teams.refusals()).toEqual([]);
  });

  it('takes a message to the channel itself as a new thread', async () => {
    const bot = await startBot();
    await bot.call('POST', at(general), said('loud'));
    expect(bot.teams.messages(general)).toMatchObject([{ text: 'loud', thread: undefined }]);
  });

  it('takes a reply to a message as one in its thread', async () => {
    const bot = await startBot();
    const root = await started(bot);
    await bot.call('POST', at(general, root.id), said('reply'));
    expect(bot.teams.messages(general).at(-1)).toMatchObject({ text: 'reply', thread: root.id });
  });

  it.each([
    ['an unknown channel', thread(said('x'), '19:nowhere@thread.tacv2'), 404, 'ConversationNotFound'],
    ['without isGroup', { ...thread(said('x')), isGroup: false }, 400, 'BadArgument'],
    ['without a message', thread({}), 400, 'BadArgument'],
    ['for another bot', { ...thread(said('x')), bot: { id: '28:other' } }, 400, 'BadArgument'],
  ])('refuses a new thread: %s', async (_what, body, status, error) => {
    const bot = await startBot();
    const answer = await bot.call('POST', 'conversations', body);
    expect([answer.status, code(answer)]).toEqual([status, error]);
    expect(bot.teams.messages(general)).toEqual([]);
    expect(bot.teams.refusals()).toHaveLength(1);
  });
});
