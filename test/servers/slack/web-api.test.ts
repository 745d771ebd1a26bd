import type { ConversationsHistoryResponse } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import {
  type ApiAnswer,
  actions,
  call,
  card,
  confirm,
  httpApp,
  markdown,
  modal,
  pauseButton,
  plain,
  refusal,
  rollBack,
  section,
  select,
  slackWith,
} from './bolt.ts';

describe('the Web API', () => {
  const refused: [string, unknown[], string][] = [
    [
      '51 blocks',
      Array.from({ length: 51 }, () => ({ type: 'divider' })),
      'no more than 50 items allowed [json-pointer:/blocks]',
    ],
    ['an unknown block', [{ type: 'nope' }], 'unsupported type [json-pointer:/blocks/0/type]'],
    [
      'an unknown field',
      [{ type: 'divider', colour: 'red' }],
      'invalid additional property: colour [json-pointer:/blocks/0]',
    ],
    ['an empty section', [{ type: 'section' }], 'missing required field: text [json-pointer:/blocks/0]'],
    [
      'section text',
      [section('x'.repeat(3001))],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    ['an empty text', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    [
      '11 fields',
      [{ type: 'section', fields: Array.from({ length: 11 }, () => markdown('x')) }],
      'no more than 10 items allowed',
    ],
    ['field text', [{ type: 'section', fields: [markdown('x'.repeat(2001))] }], 'must be less than 2001 characters'],
    ['header text', [{ type: 'header', text: plain('x'.repeat(151)) }], 'must be less than 151 characters'],
    ['markdown in a header', [{ type: 'header', text: markdown('x') }], '[json-pointer:/blocks/0/text/type]'],
    [
      '11 context elements',
      [{ type: 'context', elements: Array.from({ length: 11 }, () => markdown('x')) }],
      'no more than 10 items allowed',
    ],
    [
      '26 actions',
      [{ type: 'actions', elements: Array.from({ length: 26 }, (_, n) => ({ ...pauseButton, action_id: `a${n}` })) }],
      'no more than 25 items',
    ],
    ['button text', [actions({ ...pauseButton, text: plain('x'.repeat(76)) })], 'must be less than 76 characters'],
    ['button value', [actions({ ...pauseButton, value: 'x'.repeat(2001) })], 'must be less than 2001 characters'],
    ['action_id', [actions({ ...pauseButton, action_id: 'x'.repeat(256) })], 'must be less than 256 characters'],
    [
      'confirm title',
      [actions({ ...rollBack, confirm: { ...confirm, title: plain('x'.repeat(101)) } })],
      'must be less than 101 characters',
    ],
    [
      'confirm text',
      [actions({ ...rollBack, confirm: { ...confirm, text: plain('x'.repeat(301)) } })],
      'must be less than 301 characters',
    ],
    [
      'confirm yes',
      [actions({ ...rollBack, confirm: { ...confirm, confirm: plain('x'.repeat(31)) } })],
      'must be less than 31 characters',
    ],
    [
      'confirm no',
      [actions({ ...rollBack, confirm: { ...confirm, deny: plain('x'.repeat(31)) } })],
      'must be less than 31 characters',
    ],
    [
      '101 options',
      [actions(select(Array.from({ length: 101 }, (_, n) => `o${n}`)))],
      'no more than 100 items allowed',
    ],
    ['option text', [actions(select(['x'.repeat(76)]))], 'must be less than 76 characters'],
    [
      'a doubled block_id',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      'block_id "a" already exists',
    ],
    ['a doubled action_id', [actions(pauseButton, pauseButton)], '`action_id` "pause" already exists'],
  ];

  it.each(refused)('refuses %s in a message', async (_name, blocks, why) => {
    const slack = await slackWith();
    const answer = await call(slack, 'chat.postMessage', { channel: 'C0PROD', text: 'x', blocks });
    expect(answer.error).toBe('invalid_blocks');
    expect(answer.response_metadata?.messages.join()).toContain(why);
    expect(slack.messages('C0PROD')).toEqual([]);
    expect(slack.refusals()).toMatchObject([{ method: 'chat.postMessage', answer: 'invalid_blocks' }]);
  });

  it('accepts what is just within the limits', async () => {
    const slack = await slackWith();
    const button = { ...rollBack, text: plain('x'.repeat(75)), action_id: 'x'.repeat(255) };
    const blocks = [
      section('x'.repeat(3000)),
      { type: 'header', text: plain('x'.repeat(150)) },
      { type: 'section', fields: Array.from({ length: 10 }, () => markdown('x')), accessory: select(['a']) },
      { type: 'context', elements: Array.from({ length: 10 }, () => markdown('x')) },
      actions(
        { ...button, value: 'x'.repeat(2000) },
        ...Array.from({ length: 24 }, (_, n) => ({ ...pauseButton, action_id: `a${n}` })),
      ),
      ...Array.from({ length: 45 }, () => ({ type: 'divider' })),
    ];
    expect(await call(slack, 'chat.postMessage', { channel: 'C0PROD', text: 'x', blocks })).toMatchObject({ ok: true });
    expect(slack.messages('C0PROD')[0]!.blocks).toHaveLength(50);
  });

  it('holds modals to their own limits', async () => {
    const slack = await slackWith();
    const problem = async (changes: object) => {
      const answer = await call(slack, 'views.open', { trigger_id: 'any', view: { ...modal, ...changes } });
      return [answer.error, ...(answer.response_metadata?.messages ?? [])].join(' ');
    };
    expect(await problem({ title: plain('x'.repeat(25)) })).toContain(
      'invalid_arguments [ERROR] must be less than 25 characters [json-pointer:/view/title/text]',
    );
    expect(await problem({ submit: plain('x'.repeat(25)) })).toContain('must be less than 25 characters');
    expect(await problem({ close: plain('x'.repeat(25)) })).toContain('must be less than 25 characters');
    expect(await problem({ private_metadata: 'x'.repeat(3001) })).toContain('must be less than 3001 characters');
    expect(await problem({ callback_id: 'x'.repeat(256) })).toContain('must be less than 256 characters');
    expect(await problem({ submit: undefined })).toContain('missing required field: submit');
    expect(await problem({ blocks: Array.from({ length: 101 }, () => ({ type: 'divider' })) })).toContain(
      'no more than 100 items allowed',
    );
    expect(await problem({})).toBe('invalid_trigger_id');
  });

  it('counts text, and warns of blocks that say nothing aloud', async () => {
    const slack = await slackWith();
    const post = async (args: object) =>
      (await call(slack, 'chat.postMessage', { channel: 'C0PROD', ...args })).error ?? 'ok';
    expect(await post({ text: 'x'.repeat(40_000), client_msg_id: 'ignored' })).toBe('ok');
    expect(await post({ text: 'x'.repeat(40_001) })).toBe('msg_too_long');
    expect(await post({})).toBe('no_text');
    expect(await post({ text: 'x', blocks: Array.from({ length: 5 }, () => section('x'.repeat(2900))) })).toBe(
      'msg_blocks_too_long',
    );
    expect(slack.warnings).toEqual([]);
    expect(await post({ blocks: card('mute') })).toBe('ok');
    expect(slack.warnings).toEqual([
      'chat.postMessage: blocks without `text`: notifications and screen readers have nothing to say',
    ]);
    const { ts } = slack.messages('C0PROD')[1]!;
    expect((await call(slack, 'chat.update', { channel: 'C0PROD', ts, text: '&'.repeat(801) })).error).toBe(
      'msg_too_long',
    );
  });

  it('reads forms and JSON, and knows its tokens, scopes and methods', async () => {
    const slack = await slackWith({ app: { scopes: ['chat:write', 'users:read'] } });
    const { botToken, appToken } = slack.workspace.app;
    const ask = async (method: string, headers: Record<string, string>, body: string) =>
      (await (await fetch(`${slack.url}${method}`, { method: 'POST', headers, body })).json()) as ApiAnswer;
    const form = 'application/x-www-form-urlencoded';
    const blocks = encodeURIComponent(JSON.stringify(card('form')));
    const bearer = { authorization: `Bearer ${botToken}` };
    expect(
      await ask('chat.postMessage', { ...bearer, 'content-type': form }, `channel=C0PROD&text=x&blocks=${blocks}`),
    ).toMatchObject({ ok: true });
    expect(await ask('chat.postMessage', { ...bearer, 'content-type': form }, 'channel=C0PROD&blocks=%5B')).toEqual({
      ok: false,
      error: 'invalid_blocks_format',
    });
    expect(await ask('chat.postMessage', { ...bearer, 'content-type': 'application/json' }, '{')).toEqual({
      ok: false,
      error: 'invalid_json',
    });
    expect(await ask('chat.postMessage', { 'content-type': form }, `token=${botToken}&text=x`)).toMatchObject({
      error: 'invalid_arguments',
    });
    expect(await ask('auth.test', {}, '')).toEqual({ ok: false, error: 'not_authed' });
    expect(await ask('auth.test', { authorization: 'Bearer xoxb-wrong' }, '')).toEqual({
      ok: false,
      error: 'invalid_auth',
    });
    expect(await ask('auth.test', { authorization: `Bearer ${appToken}` }, '')).toEqual({
      ok: false,
      error: 'not_allowed_token_type',
    });
    expect(await ask('apps.connections.open', bearer, '')).toEqual({ ok: false, error: 'not_allowed_token_type' });
    expect(await ask('usergroups.list', bearer, '')).toEqual({
      ok: false,
      error: 'missing_scope',
      needed: 'usergroups:read',
      provided: 'chat:write,users:read',
    });
    expect(await ask('chat.shout', bearer, '')).toMatchObject({ error: 'unknown_method' });
    expect(slack.count('auth.test')).toBe(3);
  });

  it('pages through a channel, newest first', async () => {
    const { app } = await httpApp();
    for (const text of ['one', 'two', 'three']) await app.client.chat.postMessage({ channel: 'C0PROD', text });
    const pages: unknown[] = [];
    for await (const page of app.client.paginate('conversations.history', { channel: 'C0PROD', limit: 2 })) {
      const { messages } = page as ConversationsHistoryResponse;
      pages.push(messages?.map((it) => it.text));
    }
    expect(pages).toEqual([['three', 'two'], ['one']]);
  });

  it('tells who people are', async () => {
    const { app } = await httpApp();
    const { users, usergroups, auth, conversations, chat, reactions } = app.client;
    expect(await auth.test()).toMatchObject({
      team_id: 'T0ACME',
      user_id: 'U0BOT',
      bot_id: 'B0BOT',
      enterprise_id: 'E0ACME',
    });
    expect((await users.info({ user: 'U0GUEST' })).user).toMatchObject({
      is_restricted: true,
      is_email_confirmed: false,
      team_id: 'T0ACME',
    });
    expect((await users.info({ user: 'U0OUT' })).user).toMatchObject({ is_stranger: true, team_id: 'T0OTHER' });
    expect((await users.lookupByEmail({ email: 'bob@EXAMPLE.com' })).user?.id).toBe('U0BOB');
    expect(await refusal(users.lookupByEmail({ email: 'nobody@example.com' }))).toBe('users_not_found');
    expect((await usergroups.list({ include_users: true })).usergroups).toMatchObject([
      { id: 'S0RELMGR', handle: 'release-managers', users: ['U0BOB'] },
    ]);
    expect((await usergroups.users.list({ usergroup: 'S0RELMGR' })).users).toEqual(['U0BOB']);
    const channel = (await conversations.open({ users: 'U0BOB' })).channel!.id!;
    expect((await conversations.info({ channel })).channel).toMatchObject({ is_im: true, user: 'U0BOB' });
    const { ts } = await chat.postMessage({ channel: 'U0BOB', text: 'psst' });
    await reactions.add({ channel, timestamp: ts!, name: 'eyes' });
    expect(await refusal(reactions.add({ channel, timestamp: ts!, name: 'eyes' }))).toBe('already_reacted');
    expect((await chat.getPermalink({ channel, message_ts: ts! })).permalink).toBe(
      `https://acme.slack.com/archives/${channel}/p${ts!.replace('.', '')}`,
    );
  });

  it('updates views by hash and publishes a Home tab', async () => {
    const { slack, app } = await httpApp({}, (it) => {
      it.event('app_home_opened', async ({ event, client }) => {
        await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: card('home') } });
      });
      it.action('pause', async ({ ack, body, client }) => {
        await ack();
        if ('trigger_id' in body) await client.views.open({ trigger_id: String(body.trigger_id), view: modal });
      });
    });
    const alice = slack.as('alice');
    await alice.openHome();
    await alice.click(await slack.until(() => alice.home()), 'Pause steps');
    const view = await slack.until(() => alice.modal());
    const old = view.hash;
    await app.client.views.update({ view_id: view.id, hash: old, view: { ...modal, title: plain('New') } });
    expect([view.title, view.renderings]).toEqual(['New', 2]);
    expect(await refusal(app.client.views.update({ view_id: view.id, hash: old, view: modal }))).toBe('hash_conflict');
    expect(slack.as('bob').home()).toBeUndefined();
  });
});

describe('trouble', () => {
  it('limits rates, and Bolt comes back after Retry-After', async () => {
    const { slack, app } = await httpApp({ rates: { postsPerSecondPerChannel: 1 } });
    const post = (channel: string) => app.client.chat.postMessage({ channel, text: 'x' });
    await Promise.all([post('C0PROD'), post('C0SECRET')]);
    expect(slack.count('chat.postMessage')).toBe(2);
    await post('C0PROD');
    expect(slack.calls.map((it) => it.answer)).toEqual(expect.arrayContaining(['ok', 'ratelimited']));
    expect(slack.messages('C0PROD')).toHaveLength(2);
    expect(slack.refusals()).toEqual([]);
  });

  it('holds chat.update to its tier, whatever the channel', async () => {
    let now = Date.now();
    const slack = await slackWith({ rates: { updatesPerMinute: 2 }, now: () => now });
    await call(slack, 'chat.postMessage', { channel: 'C0PROD', text: 'one' });
    const { ts } = slack.messages('C0PROD')[0]!;
    const update = async () => (await call(slack, 'chat.update', { channel: 'C0PROD', ts, text: 'x' })).status;
    expect([await update(), await update(), await update()]).toEqual([200, 200, 429]);
    now += 60_001;
    expect(await update()).toBe(200);
  });

  it('injects faults by method and count', async () => {
    const { slack, app } = await httpApp();
    const { chat } = app.client;
    slack.inject('chat.postMessage', { kind: 'rate-limited', retryAfter: 0 });
    slack.inject('chat.postMessage', { kind: 'slow', ms: 60 });
    const from = performance.now();
    const { ts } = await chat.postMessage({ channel: 'C0PROD', text: 'kept' });
    expect(performance.now() - from).toBeGreaterThanOrEqual(55);
    slack.inject('chat.update', { kind: 'error', error: 'fatal_error' });
    expect(await refusal(chat.update({ channel: 'C0PROD', ts: ts!, text: 'x' }))).toBe('fatal_error');
    slack.inject('chat.update', { kind: 'status', status: 503 }, Number.POSITIVE_INFINITY);
    expect((await call(slack, 'chat.update', {})).status).toBe(503);
    slack.heal('chat.update');
    expect((await call(slack, 'chat.update', {})).error).toBe('invalid_arguments');
    slack.inject('*', { kind: 'reset' });
    await expect(call(slack, 'auth.test', {})).rejects.toThrow();
    slack.inject('chat.postMessage', { kind: 'lost-reply' });
    await expect(call(slack, 'chat.postMessage', { channel: 'C0PROD', text: 'done, never said' })).rejects.toThrow();
    expect(slack.messages('C0PROD').map((it) => it.text)).toEqual(['kept', 'done, never said']);
    expect(slack.calls.slice(1).map((it) => it.answer)).toEqual([
      'rate-limited',
      'slow',
      'error',
      'status',
      'invalid_arguments',
      'reset',
      'lost-reply',
    ]);
    expect(slack.refusals().map((it) => it.answer)).toEqual(['invalid_arguments']);
  });
});
