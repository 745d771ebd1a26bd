import { describe, expect, it } from 'vitest';
import { type Bot, card, carrying, general, said, startBot, words } from './bot.ts';
import type { Json } from './json.ts';

/** The Connector as a bot meets it. */

const chat = '19:war-room@thread.v2';
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
    ['of a message without words', thread({ type: 'message' }), 400, 'BadArgument'],
    ['for another bot', { ...thread(said('x')), bot: { id: '28:other' } }, 400, 'BadArgument'],
  ])('refuses a new thread: %s', async (_what, body, status, error) => {
    const bot = await startBot();
    const answer = await bot.call('POST', 'conversations', body);
    expect([answer.status, code(answer)]).toEqual([status, error]);
    expect(bot.teams.messages(general)).toEqual([]);
    expect(bot.teams.refusals()).toHaveLength(1);
  });
});

describe('a thread', () => {
  it('is not there without its root, nor in a chat', async () => {
    const bot = await startBot({ chats: [{ id: chat }] });
    const root = await started(bot);
    expect(code(await bot.call('POST', at(`${general};messageid=1`), said('x')))).toBe('ConversationNotFound');
    expect(code(await bot.call('POST', at(`${chat};messageid=${root.id}`), said('x')))).toBe('BadArgument');
    await bot.call('DELETE', at(general, root.id));
    expect(code(await bot.call('POST', at(root.conversation), said('x')))).toBe('ConversationNotFound');
    expect(bot.teams.messages(general)).toEqual([]);
  });

  it('takes no reply to a message of another thread', async () => {
    const bot = await startBot();
    const [one, other] = [await started(bot), await started(bot)];
    const answer = await bot.call('POST', at(one.conversation, other.id), said('x'));
    expect(code(answer)).toBe('ActivityNotFoundInConversation');
  });
});

describe('a message', () => {
  it('is changed and deleted by who wrote it', async () => {
    const bot = await startBot();
    const { message } = await bot.teams.as('ann').mention(general, 'help');
    expect(code(await bot.call('PUT', at(general, message.id), said('x')))).toBe('NotEnoughPermissions');
    expect(code(await bot.call('DELETE', at(general, message.id)))).toBe('NotEnoughPermissions');
    expect(message).toMatchObject({ edited: false, deleted: false });
  });

  it('is gone once it was deleted', async () => {
    const bot = await startBot();
    const { id } = await started(bot);
    expect((await bot.call('DELETE', at(general, id))).status).toBe(200);
    for (const method of ['PUT', 'DELETE', 'POST'])
      expect(code(await bot.call(method, at(general, id), said('x')))).toBe('ActivityNotFoundInConversation');
    expect(code(await bot.call('PUT', at(general, '17'), said('x')))).toBe('ActivityNotFoundInConversation');
  });

  it('of text and card becomes two, and nobody hears their ids', async () => {
    const bot = await startBot();
    const sent = await bot.call('POST', at(general), carrying(card([words('card')]), { text: 'text' }));
    expect([sent.status, sent.body.id]).toEqual([201, undefined]);
    expect(bot.teams.messages(general).map(bot.teams.wording)).toEqual(['text', 'card']);
    expect(bot.teams.warnings.join()).toContain('Teams makes two');
  });

  it('mentions whom its text names', async () => {
    const bot = await startBot();
    const { id } = bot.teams.as('ann').user;
    const entities = [{ type: 'mention', text: '<at>ann</at>', mentioned: { id, name: 'ann' } }];
    await bot.call('POST', at(general), { ...said('over to <at>ann</at>'), entities });
    const [message] = bot.teams.messages(general);
    expect([bot.teams.wording(message!), bot.teams.mentions(message!)]).toEqual([
      'over to ann',
      [{ id, name: 'ann', text: '<at>ann</at>' }],
    ]);
    expect(code(await bot.call('POST', at(general), { ...said('over to ann'), entities }))).toBe('BadArgument');
  });
});

describe('a targeted message', () => {
  const targeted = '?isTargetedActivity=true';
  const whisper = (bot: Bot, conversation: string, to?: string) => {
    const recipient = to ? { recipient: { id: to } } : {};
    return bot.call('POST', `${at(conversation)}${targeted}`, { ...said('for you alone'), ...recipient });
  };

  it.each(['channel', 'chat'])('is seen by one person of a %s, and by nobody else', async (kind) => {
    const bot = await startBot({ chats: [{ id: chat }] });
    const where = kind === 'chat' ? chat : general;
    const [ann, bob] = [bot.teams.as('ann'), bot.teams.as('bob')];
    expect((await whisper(bot, where, ann.user.aadObjectId)).status).toBe(201);
    expect((await whisper(bot, where, ann.user.id)).status).toBe(201);
    expect(ann.sees(where)).toHaveLength(2);
    expect(ann.reads()).toMatchObject([{ how: 'targeted', words: 'for you alone' }, { how: 'targeted' }]);
    expect([bob.sees(where), bob.reads(), bot.teams.messages(where)]).toEqual([[], [], []]);
  });

  it('is not for a 1:1 chat, for nobody, or for somebody who is not there', async () => {
    const bot = await startBot({ chats: [{ id: chat, members: ['ann'] }] });
    const [ann, bob] = [bot.teams.as('ann'), bot.teams.as('bob')];
    expect((await whisper(bot, ann.directMessage(), ann.user.id)).body.error?.message).toContain('group chats');
    expect((await whisper(bot, chat)).body.error?.message).toContain('recipient is missing');
    expect((await whisper(bot, chat, bob.user.id)).body.error?.message).toContain('not a member');
  });

  it('is changed as such, without saying again for whom, until its day is over', async () => {
    let now = Date.now();
    const bot = await startBot({ now: () => now, tokenLife: 1e6 });
    const ann = bot.teams.as('ann');
    const { body } = await whisper(bot, general, ann.user.id);
    const path = at(general, String(body.id));
    expect((await bot.call('PUT', path + targeted, said('changed'))).status).toBe(200);
    expect(ann.reads()).toMatchObject([{ words: 'changed' }]);
    expect(code(await bot.call('PUT', path, said('x')))).toBe('ActivityNotFoundInConversation');
    const again = { ...said('x'), recipient: { id: ann.user.id } };
    expect(code(await bot.call('PUT', path + targeted, again))).toBe('BadArgument');
    expect(code(await bot.call('POST', path, said('x')))).toBe('BadArgument');
    now += 25 * 3_600_000;
    expect(code(await bot.call('PUT', path + targeted, said('x')))).toBe('ActivityNotFoundInConversation');
    expect([ann.sees(general), ann.reads()]).toEqual([[], []]);
  });
});

describe('a 1:1 chat', () => {
  const open = (bot: Bot, member: string, rest: Json = { tenantId: bot.teams.organization.app.tenant }) =>
    bot.call('POST', 'conversations', { isGroup: false, members: [{ id: member }], ...rest });

  it('is opened by either id of the person, and is always the same', async () => {
    const bot = await startBot();
    const { user, sees, directMessage } = bot.teams.as('ann');
    const opened = [await open(bot, user.id), await open(bot, user.aadObjectId)];
    expect(opened.map((it) => it.body.id)).toEqual([directMessage(), directMessage()]);
    await bot.call('POST', at(directMessage()), said('hello'));
    expect(sees(directMessage())).toMatchObject([{ text: 'hello' }]);
  });

  it('is not opened without a tenant, by e-mail, for two, across tenants, or without the app', async () => {
    const users = [{ name: 'ann' }, { name: 'bob', hasApp: false }, { name: 'mallory', tenant: 'elsewhere' }];
    const bot = await startBot({ users });
    const id = (name: string) => bot.teams.as(name).user.id;
    const tenantId = bot.teams.organization.app.tenant;
    expect(code(await open(bot, id('ann'), {}))).toBe('BadArgument');
    expect(code(await open(bot, id('ann'), { tenantId, members: [{ id: id('ann') }, { id: id('bob') }] }))).toBe(
      'BadArgument',
    );
    for (const member of ['ann@example.com', id('bob'), id('mallory')])
      expect(code(await open(bot, member))).toBe('ForbiddenOperationException');
  });
});

describe('members', () => {
  it('are those of the place, with both ids', async () => {
    const bot = await startBot({ chats: [{ id: chat, members: ['ann'] }] });
    const { user } = bot.teams.as('ann');
    const path = (rest: string) => `conversations/${encodeURIComponent(chat)}/${rest}`;
    const { body } = await bot.call('GET', path('pagedmembers'));
    expect(body.members).toMatchObject([{ id: user.id, aadObjectId: user.aadObjectId, email: 'ann@example.com' }]);
    expect((await bot.call('GET', path(`members/${user.aadObjectId}`))).body.id).toBe(user.id);
    expect((await bot.call('GET', path(`members/${bot.teams.as('bob').user.id}`))).status).toBe(404);
  });
});
