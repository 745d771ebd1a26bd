import { describe, expect, it } from 'vitest';
import { card, deafApp, httpApp, modal, plain, refusal, section, slackWith } from './slack/bolt.ts';
import { buttons, wording } from './slack/messages.ts';

/** Bolt's own client and receivers against the stand-in: what Bolt takes for Slack, our app may take for Slack. */

describe('what people do, over signed HTTP', () => {
  it('brings a slash command to the app and its answers to the right eyes', async () => {
    const { slack } = await httpApp({}, (app) => {
      app.command('/release', async ({ ack, command, respond }) => {
        await ack(`on it: ${command.text} for ${command.user_id} of ${command.team_id} in ${command.enterprise_id}`);
        await respond('only you');
        await respond({ response_type: 'in_channel', text: 'everyone' });
      });
    });
    const outcome = await slack.as('alice').slash('C0PROD', '/release', 'deploy payments 2.4.1 to prod');
    expect(outcome).toMatchObject({
      outcome: 'acknowledged',
      says: 'on it: deploy payments 2.4.1 to prod for U0ALICE of T0ACME in E0ACME',
    });
    await slack.until(() => slack.messages('C0PROD').length === 1, { what: 'the answer for everyone' });
    expect(
      slack
        .as('alice')
        .sees('C0PROD')
        .map((it) => it.text),
    ).toEqual([expect.stringContaining('on it'), 'only you', 'everyone']);
    expect(
      slack
        .as('bob')
        .sees('C0PROD')
        .map((it) => it.text),
    ).toEqual(['everyone']);
    expect(slack.refusals()).toEqual([]);
  });

  it('shows operation_timeout, http errors and dispatch_failed to the asker alone', async () => {
    const slack = await slackWith({ acknowledgeWithin: 60 });
    await deafApp(slack);
    expect(await slack.as('alice').slash('C0PROD', '/release')).toMatchObject({
      outcome: 'failed',
      error: 'operation_timeout',
    });
    slack.deliverTo('http://127.0.0.1:1/nobody');
    expect(await slack.as('alice').slash('C0PROD', '/release')).toMatchObject({ error: 'dispatch_failed' });
    expect(
      slack
        .as('alice')
        .sees('C0PROD')
        .map((it) => it.text),
    ).toEqual([
      '/release failed with the error "operation_timeout"',
      '/release failed with the error "dispatch_failed"',
    ]);
    expect(slack.as('bob').sees('C0PROD')).toEqual([]);
  });

  it('asks before a button with a confirmation, and gives the press with message, channel and container', async () => {
    const pressed: unknown[] = [];
    const { slack, app } = await httpApp({}, (it) => {
      it.action('roll-back', async ({ ack, body, respond }) => {
        await ack();
        pressed.push(body);
        await respond({ replace_original: true, text: 'rolling back', blocks: [section('rolling back')] });
      });
    });
    await app.client.chat.postMessage({ channel: 'C0PROD', text: 'card', blocks: card('deploying') });
    const [message] = slack.messages('C0PROD');
    const bob = slack.as('bob');
    expect(await bob.click(message!, 'Roll back')).toEqual({
      outcome: 'asks',
      dialog: { title: 'Roll back?', text: '2.4.1 to 2.4.0', confirm: 'Roll back', deny: 'Keep' },
    });
    expect(slack.deliveries).toHaveLength(0);
    expect(await bob.click(message!, 'roll-back', { confirm: true })).toMatchObject({ outcome: 'acknowledged' });
    expect(pressed).toEqual([
      expect.objectContaining({
        user: expect.objectContaining({ id: 'U0BOB', team_id: 'T0ACME' }),
        channel: { id: 'C0PROD', name: 'prod' },
        container: expect.objectContaining({ type: 'message', message_ts: message!.ts, is_ephemeral: false }),
        message: expect.objectContaining({ ts: message!.ts }),
        state: { values: {} },
        actions: [expect.objectContaining({ action_id: 'roll-back', block_id: 'acts', value: 'ref-1' })],
      }),
    ]);
    await slack.until(() => wording(message!) === 'rolling back');
    expect(message!.versions.map((it) => it.by)).toEqual(['post', 'respond']);
    // What bob still had on his screen: the button is gone from the message, the press is not.
    const old = { ...message!, blocks: message!.versions[0]!.blocks };
    expect(await bob.click(old, 'roll-back', { confirm: true })).toMatchObject({ outcome: 'acknowledged' });
    await app.client.chat.delete({ channel: 'C0PROD', ts: message!.ts });
    await expect(bob.click(old, 'roll-back', { confirm: true })).rejects.toThrow('bob cannot see it: it is gone.');
    await expect(bob.click(message!, 'roll-back')).rejects.toThrow(
      'There is no button roll-back. There are: no buttons.',
    );
  });

  it('opens, refuses, updates and closes a modal', async () => {
    const closed: string[] = [];
    const { slack } = await httpApp({}, (app) => {
      app.command('/release', async ({ ack, body, client }) => {
        await ack();
        await client.views.open({ trigger_id: body.trigger_id, view: modal });
      });
      app.view('reject', async ({ ack, view }) => {
        const reason = view.state.values.reason?.text?.value ?? '';
        if (reason === 'update') return ack({ response_action: 'update', view: { ...modal, title: plain('Again') } });
        if (reason.length < 10) return ack({ response_action: 'errors', errors: { reason: 'Say more.' } });
        closed.push(`${view.private_metadata}: ${reason} ${view.state.values.where?.env?.selected_option?.value}`);
        return ack();
      });
      app.view({ callback_id: 'reject', type: 'view_closed' }, async ({ ack }) => {
        closed.push('dismissed');
        await ack();
      });
    });
    const alice = slack.as('alice');
    await alice.slash('C0PROD', '/release');
    const view = await slack.until(() => alice.modal());
    expect(await alice.submit(view, {})).toEqual({
      outcome: 'incomplete',
      errors: { reason: 'Please complete this required field.' },
    });
    expect(await alice.submit(view, { reason: 'no' })).toEqual({
      outcome: 'incomplete',
      errors: { reason: 'Must be at least 3 characters.' },
    });
    expect(await alice.submit(view, { reason: 'short' })).toEqual({
      outcome: 'errors',
      errors: { reason: 'Say more.' },
    });
    expect(await alice.submit(view, { reason: 'update' })).toMatchObject({
      outcome: 'updated',
      view: { title: 'Again', renderings: 2 },
    });
    await expect(alice.submit(view, { nowhere: 'x' })).rejects.toThrow(
      'The form has no field nowhere. It has: reason, text, where, env.',
    );
    await expect(slack.as('bob').submit(view, { reason: 'not mine' })).rejects.toThrow('bob cannot see it');
    expect(await alice.submit(view, { reason: 'too many risks', where: 'prod' })).toEqual({ outcome: 'closed' });
    expect(alice.modal()).toBeUndefined();
    await alice.slash('C0PROD', '/release');
    await alice.dismiss(await slack.until(() => alice.modal()));
    expect(closed).toEqual(['payments-7f3: too many risks prod', 'dismissed']);
  });

  it('takes a choice from a menu, and pushes a modal on a modal', async () => {
    const env = {
      type: 'static_select' as const,
      action_id: 'env',
      options: [{ text: plain('Production'), value: 'prod' }],
    };
    const form = { ...modal, blocks: [{ ...section('Where?'), accessory: env }, ...modal.blocks] };
    const { slack } = await httpApp({}, (app) => {
      app.command('/release', async ({ ack, body, client }) => {
        await ack();
        await client.views.open({ trigger_id: body.trigger_id, view: form });
      });
      app.action('env', async ({ ack, action, body, client }) => {
        await ack();
        const chosen = action.type === 'static_select' ? action.selected_option.value : '';
        const view = { ...modal, title: plain(chosen) };
        if ('trigger_id' in body) await client.views.push({ trigger_id: String(body.trigger_id), view });
      });
      app.view('reject', async ({ ack }) => ack({ response_action: 'clear' }));
    });
    const alice = slack.as('alice');
    await alice.slash('C0PROD', '/release');
    const first = await slack.until(() => alice.modal());
    await alice.choose(first, 'env', 'Production');
    const second = await slack.until(() => alice.modal()?.previous === first.id && alice.modal());
    expect(second.title).toBe('prod');
    expect(await alice.submit(second, { reason: 'because' })).toEqual({ outcome: 'cleared' });
    expect(alice.modal()).toBeUndefined();
  });

  it('gives each trigger_id to one view, for three seconds', async () => {
    let now = Date.now();
    const triggers: string[] = [];
    const { slack, app } = await httpApp({ now: () => now }, (it) => {
      it.command('/release', async ({ ack, body }) => {
        await ack();
        triggers.push(body.trigger_id);
      });
    });
    await slack.as('alice').slash('C0PROD', '/release');
    await slack.as('alice').slash('C0PROD', '/release');
    const open = (trigger_id: string) => refusal(app.client.views.open({ trigger_id, view: modal }));
    expect(await open(triggers[0]!)).toBe('accepted');
    expect(await open(triggers[0]!)).toBe('exchanged_trigger_id');
    now += 3001;
    expect(await open(triggers[1]!)).toBe('expired_trigger_id');
    expect(await open('made-up')).toBe('invalid_trigger_id');
  });

  it('takes five answers on a response_url within thirty minutes', async () => {
    let now = Date.now();
    const urls: string[] = [];
    const { slack } = await httpApp({ now: () => now }, (app) => {
      app.command('/release', async ({ ack, body }) => {
        await ack();
        urls.push(body.response_url);
      });
    });
    await slack.as('alice').slash('C0PROD', '/release');
    await slack.as('alice').slash('C0PROD', '/release');
    const answer = async (url: string, body: object) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return `${response.status} ${((await response.json()) as { error?: string }).error ?? 'ok'}`;
    };
    expect(await answer(urls[0]!, { blocks: [{ type: 'nope' }] })).toBe('400 invalid_blocks');
    expect(await answer(urls[0]!, { replace_original: true, text: 'x' })).toBe('400 message_not_found');
    for (let use = 3; use <= 5; use += 1) expect(await answer(urls[0]!, { text: `use ${use}` })).toBe('200 ok');
    expect(await answer(urls[0]!, { text: 'a sixth' })).toBe('404 used_url');
    now += 30 * 60_000 + 1;
    expect(await answer(urls[1]!, { text: 'late' })).toBe('404 expired_url');
    expect(
      slack
        .as('alice')
        .sees('C0PROD')
        .map((it) => it.text),
    ).toEqual(['use 3', 'use 4', 'use 5']);
  });

  it('lets only rightly signed requests be taken for Slack', async () => {
    const heard: string[] = [];
    const { slack } = await httpApp({}, (app) => {
      app.command('/release', async ({ ack, command }) => {
        heard.push(command.text);
        await ack();
      });
    });
    const alice = slack.as('alice');
    for (const tamper of ['forged', 'unsigned', 'altered', 'stale'] as const) {
      expect(await alice.slash('C0PROD', '/release', tamper, { tamper })).toEqual({
        outcome: 'failed',
        error: 'http_client_error',
        status: 401,
      });
    }
    // Bolt looks only for old timestamps: refusing replays and the future is the app's own work.
    await alice.slash('C0PROD', '/release', 'future', { tamper: 'future' });
    await alice.slash('C0PROD', '/release', 'replayed', { tamper: 'replayed' });
    expect(heard).toEqual(['future', 'replayed', 'replayed']);
  });
});

describe('events', () => {
  it('carries mentions and direct messages with team, author and thread', async () => {
    const heard: unknown[] = [];
    const { slack } = await httpApp({}, (app) => {
      app.event('app_mention', async ({ event, body, say }) => {
        heard.push([event.text, event.thread_ts, event.user_team, body.team_id, body.api_app_id]);
        await say({ text: 'hello', thread_ts: event.thread_ts ?? event.ts });
      });
      app.message(async ({ message, say }) => {
        heard.push(['text' in message && message.text, message.channel_type]);
        await say('here');
      });
    });
    const root = (await slack.as('alice').mention('C0PROD', 'status')).message;
    await slack.as('alice').mention('C0PROD', 'why', { thread: root.ts });
    await slack.as('bob').dm('roll back payments in prod');
    await slack.until(() => slack.messages(slack.as('bob').directMessage()).length === 2);
    expect(heard).toEqual([
      ['<@U0BOT> status', undefined, 'T0ACME', 'T0ACME', 'A0RELEASE'],
      ['<@U0BOT> why', root.ts, 'T0ACME', 'T0ACME', 'A0RELEASE'],
      ['roll back payments in prod', 'im'],
    ]);
    await slack.until(() => slack.messages('C0PROD').filter((it) => it.thread === root.ts).length === 3);
    expect(() => slack.as('alice').sees(slack.as('bob').directMessage())).toThrow('alice is no member');
  });

  it('tells an event again until it is acknowledged, with the retry headers', async () => {
    const heard: unknown[] = [];
    const { slack } = await httpApp({ redeliverAfter: [1, 5, 10] }, (app) => {
      app.event(
        'app_mention',
        async ({ body, context }) => void heard.push([body.event_id, context.retryNum, context.retryReason]),
      );
    });
    const lossy = await slack.as('alice').mention('C0PROD', 'status', { loseAcknowledgements: 2 });
    expect(await lossy.settled).toEqual({ acknowledged: true, deliveries: 3 });
    const id = slack.deliveries[0]!.payload.event_id;
    expect(heard).toEqual([
      [id, undefined, undefined],
      [id, 1, 'http_timeout'],
      [id, 2, 'http_timeout'],
    ]);
    await slack.redeliver(slack.deliveries[0]!);
    expect(heard.at(-1)).toEqual([id, undefined, undefined]);
    slack.deliverTo('http://127.0.0.1:1/nobody');
    const lost = await slack.as('alice').mention('C0PROD', 'status');
    expect(await lost.settled).toEqual({ acknowledged: false, deliveries: 4 });
    expect(slack.deliveries.at(-1)).toMatchObject({
      outcome: 'unreachable',
      retry: { num: 3, reason: 'connection_failed' },
    });
  });
});

describe('what people see', () => {
  it('keeps ephemerals and private channels private', async () => {
    const { slack, app } = await httpApp();
    const { chat, conversations } = app.client;
    await chat.postMessage({ channel: 'C0PROD', text: 'for all' });
    await chat.postEphemeral({ channel: 'C0PROD', user: 'U0ALICE', text: 'for alice' });
    expect(
      slack
        .as('alice')
        .sees('C0PROD')
        .map((it) => it.text),
    ).toEqual(['for all', 'for alice']);
    expect(
      slack
        .as('bob')
        .sees('C0PROD')
        .map((it) => it.text),
    ).toEqual(['for all']);
    expect((await conversations.history({ channel: 'C0PROD' })).messages?.map((it) => it.text)).toEqual(['for all']);
    await chat.postEphemeral({ channel: 'C0PROD', user: 'U0ALICE', text: 'card', blocks: card('for alice') });
    const whisper = slack.as('alice').sees('C0PROD')[2]!;
    await expect(slack.as('bob').click(whisper, 'pause')).rejects.toThrow('it is for U0ALICE alone');
    expect(await refusal(chat.update({ channel: 'C0PROD', ts: whisper.ts, text: 'x' }))).toBe('message_not_found');
    expect(() => slack.as('alice').sees('C0SECRET')).toThrow('alice is no member of secret');
    expect(await refusal(chat.postEphemeral({ channel: 'C0SECRET', user: 'U0ALICE', text: 'x' }))).toBe(
      'user_not_in_channel',
    );
    expect(await refusal(chat.postMessage({ channel: 'C0ELSE', text: 'x' }))).toBe('not_in_channel');
    expect(await refusal(chat.postMessage({ channel: 'C0NONE', text: 'x' }))).toBe('channel_not_found');
  });

  it('keeps every version, drops blocks on a text-only update, and shows broadcasts in the channel', async () => {
    const { slack, app } = await httpApp();
    const { chat, conversations } = app.client;
    const metadata = { event_type: 'card', event_payload: { release: 'payments-7f3' } };
    const { ts } = await chat.postMessage({ channel: 'C0PROD', text: 'one', blocks: card('one'), metadata });
    await chat.update({ channel: 'C0PROD', ts: ts!, text: 'two', blocks: card('two') });
    const message = slack.messages('C0PROD')[0]!;
    expect([message.edited, buttons(message).map((it) => it.label)]).toEqual([false, ['Pause steps', 'Roll back']]);
    await chat.update({ channel: 'C0PROD', ts: ts!, text: 'three' });
    expect([message.edited, message.blocks, message.metadata]).toEqual([true, [], metadata]);
    expect(message.versions.map((it) => it.text)).toEqual(['one', 'two', 'three']);
    const reply = await chat.postMessage({ channel: 'C0PROD', thread_ts: ts!, text: 'quiet' });
    await chat.postMessage({ channel: 'C0PROD', thread_ts: ts!, text: 'loud', reply_broadcast: true });
    const history = await conversations.history({ channel: 'C0PROD', include_all_metadata: true });
    expect(history.messages?.map((it) => it.text)).toEqual(['loud', 'three']);
    expect(history.messages?.at(-1)?.metadata).toEqual(metadata);
    const replies = await conversations.replies({ channel: 'C0PROD', ts: ts! });
    expect(replies.messages?.map((it) => it.text)).toEqual(['three', 'quiet', 'loud']);
    expect(replies.messages?.[0]?.metadata).toBeUndefined();
    await chat.delete({ channel: 'C0PROD', ts: reply.ts! });
    expect(slack.happenings.map((it) => it.what)).toEqual([
      'posted',
      'updated',
      'updated',
      'posted',
      'posted',
      'deleted',
    ]);
  });

  it('says what was seen last when a condition does not come', async () => {
    const { slack, app } = await httpApp();
    await app.client.chat.postMessage({ channel: 'C0PROD', text: 'deploying' });
    const awaited = slack.until(() => expect(slack.messages('C0PROD')).toHaveLength(2), {
      within: 60,
      what: 'the second line',
    });
    await expect(awaited).rejects.toThrow(
      /Waited 60 ms for the second line\. The last look failed: .*\n.*\n {2}posted C0PROD U0BOT "deploying"/s,
    );
  });
});
