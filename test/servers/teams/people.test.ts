import { describe, expect, it } from 'vitest';
import { type Bot, card, carrying, execute, general, said, startBot, words } from './bot.ts';
import type { Json } from './json.ts';
import type { TeamsMessage } from './messages.ts';

/** People, what they do, and what each of them sees. */

const chat = { id: '19:war-room@thread.v2', name: 'War room' };
const start = (activity: Json) => ({ isGroup: true, channelData: { channel: { id: general } }, activity });
const posted = async (bot: Bot, activity: Json): Promise<TeamsMessage> => {
  await bot.call('POST', 'conversations', start(activity));
  return bot.teams.messages(general).at(-1)!;
};
const told = (bot: Bot) => bot.told.map((it) => it.activity);
const tells = (value: string): Json => ({
  statusCode: 200,
  type: 'application/vnd.microsoft.activity.message',
  value,
});

describe('writing', () => {
  it('reaches the app from a channel with a mention, its thread, and who and where', async () => {
    const bot = await startBot();
    const ann = bot.teams.as('ann');
    const { message, outcome } = await ann.mention('General', 'status payments');
    expect(outcome).toBe('acknowledged');
    expect(told(bot)).toMatchObject([
      {
        type: 'message',
        id: message.id,
        channelId: 'msteams',
        serviceUrl: bot.teams.url,
        text: '<at>Release Engineer</at> status payments',
        from: { id: ann.user.id, name: 'ann', aadObjectId: ann.user.aadObjectId },
        recipient: bot.teams.organization.bot,
        conversation: { id: `${general};messageid=${message.id}`, conversationType: 'channel', isGroup: true },
        channelData: { channel: { id: general }, tenant: { id: bot.teams.organization.app.tenant } },
        entities: [{ type: 'mention', text: '<at>Release Engineer</at>' }, { type: 'clientInfo' }],
      },
    ]);
    await ann.mention('General', 'and now?', { thread: message.id });
    expect(told(bot)[1]).toMatchObject({ conversation: { id: `${general};messageid=${message.id}` } });
    expect(bot.teams.messages(general)[1]).toMatchObject({ thread: message.id });
  });

  it('does not reach it without a mention, or where it is not installed', async () => {
    const bot = await startBot({ channels: [{ id: general }, { id: '19:quiet@thread.tacv2', hasApp: false }] });
    bot.teams.as('ann').say(general, 'deploy payments');
    expect(await bot.teams.as('ann').mention('19:quiet@thread.tacv2', 'help')).toMatchObject({ outcome: 'not-told' });
    expect(bot.told).toEqual([]);
    expect(bot.teams.messages(general)).toHaveLength(1);
  });

  it('reaches it from a group chat and from a 1:1 chat, which have no threads', async () => {
    const bot = await startBot({ chats: [chat] });
    await bot.teams.as('bob').mention('War room', 'help');
    await bot.teams.as('bob').dm('help');
    const conversations = told(bot).map((it) => it.conversation);
    expect(conversations).toMatchObject([
      { id: chat.id, conversationType: 'groupChat', isGroup: true },
      { id: bot.teams.as('bob').directMessage(), conversationType: 'personal' },
    ]);
    expect(told(bot)[1]).toMatchObject({ text: 'help' });
  });

  it('tells of changes and deletions of what it was told, and of nothing else', async () => {
    const bot = await startBot();
    const ann = bot.teams.as('ann');
    const { message } = await ann.mention(general, 'deploy payments');
    await ann.edit(message, 'status payments');
    await ann.unsay(message);
    await ann.edit(ann.say(general, 'hm'), 'hmm');
    expect(told(bot).map((it) => [it.type, (it.channelData as Json).eventType])).toEqual([
      ['message', undefined],
      ['messageUpdate', 'editMessage'],
      ['messageDelete', 'softDeleteMessage'],
    ]);
    expect(told(bot)[1]).toMatchObject({ id: message.id, text: '<at>Release Engineer</at> status payments' });
  });

  it('is not possible for somebody who is not there', async () => {
    const bot = await startBot({ chats: [{ ...chat, members: ['ann'] }] });
    expect(() => bot.teams.as('bob').sees('War room')).toThrow('bob is no member of War room');
    expect(() => bot.teams.as('eve')).toThrow('There are: ann, bob.');
  });

  it('carries another tenant or another serviceUrl when a test says so', async () => {
    const bot = await startBot();
    await bot.teams.as('ann').dm('help', { tenant: 'evil', serviceUrl: 'https://smba.example.com/' });
    expect(told(bot)[0]).toMatchObject({
      serviceUrl: 'https://smba.example.com/',
      channelData: { tenant: { id: 'evil' } },
      conversation: { tenantId: 'evil' },
    });
  });

  it('is a timeout after its time, and a refusal with its status', async () => {
    const bot = await startBot({ acknowledgeWithin: 60 });
    bot.answers = { status: 200, late: 200 };
    expect(await bot.teams.as('ann').dm('help')).toMatchObject({ outcome: 'timeout' });
    bot.answers = { status: 503, body: { error: 'later' } };
    expect(await bot.teams.as('ann').dm('help')).toMatchObject({ outcome: 'refused', status: 503 });
    bot.teams.deliverTo('http://127.0.0.1:1/');
    expect(await bot.teams.as('ann').dm('help')).toMatchObject({ outcome: 'unreachable' });
  });
});

describe('installing', () => {
  it('tells the app, and opens the place to it', async () => {
    const bot = await startBot({ chats: [{ ...chat, hasApp: false }] });
    const path = `conversations/${encodeURIComponent(chat.id)}/activities`;
    expect((await bot.call('POST', path, said('hello'))).body.error?.code).toBe('BotNotInConversationRoster');
    await bot.teams.install('War room', 'ann');
    expect(told(bot)).toMatchObject([
      { type: 'installationUpdate', action: 'add', conversation: { id: chat.id } },
      { type: 'conversationUpdate', membersAdded: [{ id: bot.teams.organization.bot.id }] },
    ]);
    expect((await bot.call('POST', path, said('hello'))).status).toBe(201);
    await bot.teams.install('War room', 'ann', 'remove');
    expect((await bot.call('POST', path, said('bye'))).status).toBe(403);
  });
});

describe('pressing', () => {
  const reason = { type: 'Input.Text', id: 'reason', label: 'Why?', isRequired: true, errorMessage: 'Say why.' };
  const rejecting = {
    type: 'Action.ShowCard',
    title: 'Reject',
    card: { type: 'AdaptiveCard', body: [words('Reject 2.4.1?'), reason], actions: [execute('Reject now')] },
  };
  const asking = carrying(card([words('APPROVE?')], [execute('Approve'), rejecting]));

  it('invokes the app with the verb and data of the button, and shows the answer to whoever pressed', async () => {
    const bot = await startBot();
    bot.answers = { status: 200, body: tells('Approved.') };
    const message = await posted(bot, asking);
    const outcome = await bot.teams.as('ann').click(message, 'Approve');
    expect(outcome).toMatchObject({ outcome: 'answered', says: 'Approved.', deliveries: 1 });
    expect(told(bot)).toMatchObject([
      {
        type: 'invoke',
        name: 'adaptiveCard/action',
        replyToId: message.id,
        conversation: { id: `${general};messageid=${message.id}` },
        value: { action: { type: 'Action.Execute', verb: 'approve', data: { ref: 'sealed' } }, trigger: 'manual' },
      },
    ]);
    expect(bot.teams.as('ann').reads()).toMatchObject([{ how: 'answer', words: 'Approved.' }]);
    expect(bot.teams.as('bob').reads()).toEqual([]);
    expect(bot.teams.messages(general)[0]?.edited).toBe(false);
  });

  it('asks first where the button opens a card, and sends what is filled in there', async () => {
    const bot = await startBot();
    bot.answers = { status: 200, body: tells('Rejected.') };
    const message = await posted(bot, asking);
    const ann = bot.teams.as('ann');
    expect(bot.teams.buttons(message).map((it) => it.label)).toEqual(['Approve', 'Reject', 'Reject now']);
    expect(await ann.click(message, 'Reject')).toMatchObject({
      outcome: 'asks',
      dialog: { text: 'Reject 2.4.1?\nWhy?', buttons: ['Reject now'] },
    });
    expect(await ann.click(message, 'Reject', { confirm: true })).toEqual({
      outcome: 'incomplete',
      errors: { reason: 'Say why.' },
    });
    expect(bot.told).toEqual([]);
    await ann.click(message, 'Reject', { inputs: { 'Why?': 'smoke tests fail' } });
    expect(told(bot)[0]).toMatchObject({ value: { action: { data: { ref: 'sealed', reason: 'smoke tests fail' } } } });
    await expect(ann.click(message, 'Deploy')).rejects.toThrow('There is no button Deploy.');
  });

  it('sends a press that got no answer again, twice, with the same id', async () => {
    const bot = await startBot({ answerPressWithin: 50 });
    bot.answers = { status: 200, body: tells('Late.'), late: 150 };
    const message = await posted(bot, asking);
    const outcome = await bot.teams.as('ann').click(message, 'Approve');
    expect(outcome).toMatchObject({ outcome: 'unable-to-reach', why: 'no answer in time', deliveries: 3 });
    expect(new Set(told(bot).map((it) => it.id)).size).toBe(1);
    expect(bot.teams.as('ann').reads()).toEqual([]);
  });

  it('is content with the first good answer', async () => {
    const bot = await startBot();
    const message = await posted(bot, asking);
    bot.answers = { status: 500 };
    const press = bot.teams.as('ann').click(message, 'Approve');
    await bot.teams.until(() => bot.told.length > 0);
    bot.answers = { status: 200, body: tells('Approved.') };
    expect(await press).toMatchObject({ outcome: 'answered', deliveries: 2 });
  });

  it.each<[string, { status: number; body?: Json }]>([
    ['an empty body', { status: 200 }],
    ['another status', { status: 202, body: tells('Approved.') }],
    ['no statusCode', { status: 200, body: { ok: true } }],
    ['an unknown type', { status: 200, body: { ...tells('x'), type: 'text/plain' } }],
    ['no words', { status: 200, body: tells('') }],
    [
      'a card that Teams cannot show',
      {
        status: 200,
        body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: card([{ type: 'Table' }]) },
      },
    ],
  ])('cannot reach an app that answers with %s', async (_what, answers) => {
    const bot = await startBot();
    const message = await posted(bot, asking);
    bot.answers = answers;
    expect(await bot.teams.as('ann').click(message, 'Approve')).toMatchObject({
      outcome: 'unable-to-reach',
      deliveries: 3,
    });
  });

  it('shows a card that is the answer to whoever pressed alone', async () => {
    const bot = await startBot();
    const message = await posted(bot, asking);
    const value = card([words('Recording…')]);
    bot.answers = {
      status: 200,
      body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value },
    };
    expect(await bot.teams.as('ann').click(message, 'Approve')).toMatchObject({ says: 'Recording…' });
    expect(bot.teams.wording(bot.teams.messages(general)[0]!)).toBe('APPROVE?');
    expect(bot.teams.as('ann').reads()).toMatchObject([{ words: 'Recording…', card: value }]);
  });

  it('is a message with a value in a client that does not know Action.Execute', async () => {
    const bot = await startBot();
    const fallback = { type: 'Action.Submit', title: 'Go', data: { ref: 'sealed' } };
    const message = await posted(bot, carrying(card([], [execute('Go', { fallback }), execute('Stop')])));
    expect(await bot.teams.as('ann').submit(message, 'Go')).toMatchObject({ outcome: 'acknowledged' });
    expect(told(bot)).toMatchObject([{ type: 'message', replyToId: message.id, value: { ref: 'sealed' } }]);
    expect(told(bot)[0]).not.toHaveProperty('text');
    await expect(bot.teams.as('ann').submit(message, 'Stop')).rejects.toThrow('Stop has no Action.Submit.');
  });

  it('still works on the card that somebody had before their eyes', async () => {
    const bot = await startBot();
    bot.answers = { status: 200, body: tells('It has changed.') };
    const message = await posted(bot, asking);
    const path = `conversations/${encodeURIComponent(general)}/activities/${message.id}`;
    await bot.call('PUT', path, carrying(card([words('DEPLOYING')])));
    await expect(bot.teams.as('ann').click(message, 'Approve')).rejects.toThrow('no button Approve');
    const [before] = message.versions;
    expect(await bot.teams.as('ann').click(message, 'Approve', { version: before })).toMatchObject({
      outcome: 'answered',
    });
    await bot.call('DELETE', path);
    await expect(bot.teams.as('ann').click(message, 'Approve', { version: before })).rejects.toThrow('it is gone');
  });
});

describe('reading', () => {
  it('sees words as Teams shows them: Markdown in text blocks, none in text runs', async () => {
    const bot = await startBot();
    const bold = '**bold** [safe](http://evil.example) \\*not\\* 2\\.4\\.1';
    const inlines = [{ type: 'TextRun', text: '**raw** ' }, 'text'];
    const mention = { type: 'mention', text: '<at>Ann</at>', mentioned: { id: '29:x', name: 'Ann' } };
    const body = [words(bold), { type: 'RichTextBlock', inlines }, words('for <at>Ann</at>')];
    const message = await posted(bot, carrying(card(body, [execute('Go')], { msteams: { entities: [mention] } })));
    expect(bot.teams.wording(message).split('\n')).toEqual(['bold safe *not* 2.4.1', '**raw** text', 'for Ann']);
  });
});
