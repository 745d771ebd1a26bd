import { describe, expect, it } from 'vitest';
import { TransientError } from '../../../src/errors.ts';
import type { Reply } from '../../../src/release/view.ts';
import { no, yes } from '../replies.ts';
import { said } from './seen.ts';
import { gate, overHttp } from './setup.ts';

describe('text in channels and direct messages', () => {
  it('answers a mention in its thread', async () => {
    const { slack, asked } = await overHttp({ script: () => yes('Serving 2.4.0', { private: false }) });
    const { message } = await slack.as('alice').mention('C0PROD', 'status payments &lt;prod&gt;');
    expect(asked[0]).toMatchObject({
      text: 'status payments <prod>',
      via: 'mention',
      key: expect.stringMatching(/^slack:Ev/),
    });
    expect(asked[0]!.from).toEqual({ surface: 'slack', tenant: 'T0ACME', channel: 'C0PROD', thread: undefined });
    expect(slack.messages('C0PROD').at(-1)).toMatchObject({ thread: message.ts, broadcast: false });
  });

  it('stays in the thread where it was mentioned, and whispers there what is for one person', async () => {
    const { slack, asked } = await overHttp({ script: () => no('not-entitled', 'You may not') });
    const root = slack.as('bob').say('C0PROD', 'shall we?');
    await slack.as('alice').mention('C0PROD', 'deploy payments 2 to prod', { thread: root.ts });
    expect(asked[0]!.from).toMatchObject({ thread: root.ts });
    expect(slack.as('alice').sees('C0PROD').at(-1)).toMatchObject({ thread: root.ts, onlyFor: 'U0ALICE' });
    expect(said(slack, 'bob').join()).not.toContain('You may not');
  });

  it('answers a direct message where it was written', async () => {
    const { slack, asked } = await overHttp({ script: () => yes('Serving 2.4.0') });
    await slack.as('alice').dm('status');
    expect(asked[0]).toMatchObject({ text: 'status', via: 'message', direct: true });
    expect(said(slack, 'alice', slack.as('alice').directMessage())).toEqual(['status', '✅ *Serving 2.4.0*']);
  });

  it('says what to write where Slack opens no form', async () => {
    const { slack } = await overHttp({ script: () => yes('Release', { form: true }) });
    await slack.as('alice').mention('C0PROD', '');
    expect(said(slack, 'alice').at(-1)).toMatch(/What shall I do\?.*\n.*deploy &lt;service&gt;/);
  });

  it('does nothing for a message that was edited, or that is about another one', async () => {
    const { slack, asked } = await overHttp();
    await slack.as('alice').dm('status');
    const { payload } = slack.deliveries[0]!;
    for (const change of [
      { edited: { user: 'U0ALICE', ts: '1' } },
      { subtype: 'message_changed' },
      { channel_type: 'channel' },
    ])
      await slack.redeliver({
        type: 'events_api',
        payload: { ...payload, event: { ...(payload.event as object), ...change } },
      });
    expect(asked).toHaveLength(1);
  });

  it('asks twice under one key and answers once when Slack tells an event twice', async () => {
    const { slack, asked } = await overHttp({
      workspace: { redeliverAfter: [1_100] },
      script: () => yes('Accepted: payments-7f3', { private: false }),
    });
    const { settled } = await slack
      .as('alice')
      .mention('C0PROD', 'deploy payments 2 to prod', { loseAcknowledgements: 1 });
    expect(await settled).toEqual({ acknowledged: true, deliveries: 2 });
    expect(asked.map((it) => it.key)).toEqual([asked[0]!.key, asked[0]!.key]);
    expect(said(slack, 'bob').filter((it) => it.includes('Accepted'))).toHaveLength(1);
  });

  it('acknowledges an event only when it is done with it', async () => {
    const ledger = gate<Reply>();
    const { slack, asked } = await overHttp({ script: () => ledger.opened });
    const told = slack.as('alice').mention('C0PROD', 'deploy payments 2 to prod');
    await slack.until(() => asked.length);
    expect(slack.deliveries).toEqual([]);
    ledger.open(yes('Accepted'));
    expect((await told).first.outcome).toBe('acknowledged');
  });

  it('answers also when Slack does not take it at once', async () => {
    const { slack } = await overHttp({
      script: ({ text }) => yes('Accepted', { private: text === 'abort payments-7f3' }),
    });
    slack.inject('chat.postEphemeral', { kind: 'rate-limited', retryAfter: 1 }, 2);
    await slack.as('alice').mention('C0PROD', 'abort payments-7f3');
    expect(said(slack, 'alice').at(-1)).toContain('Accepted');
    slack.inject('chat.postMessage', { kind: 'status', status: 502 }, 1);
    await slack.as('alice').mention('C0PROD', 'status');
    expect(said(slack, 'bob').at(-1)).toContain('Accepted');
  });

  it('says where the card is when it is on the other platform alone', async () => {
    const inTeams = { surface: 'teams' as const, tenant: 'acme', channel: '19:prod@thread.tacv2' };
    const inSlack = { surface: 'slack' as const, tenant: 'T0ACME', channel: 'C0PROD' };
    let announced = [inTeams, inSlack];
    const { slack } = await overHttp({ script: () => yes('Accepted', { private: false, announced }) });
    await slack.as('alice').mention('C0PROD', 'deploy payments 2 to prod');
    expect(said(slack, 'bob').at(-1)).not.toContain('Microsoft Teams');
    announced = [inTeams];
    await slack.as('alice').mention('C0PROD', 'deploy payments 2 to prod');
    expect(said(slack, 'bob').at(-1)).toContain('The card is in Microsoft Teams.');
  });

  it('says in the thread that nothing will happen when the ledger is down, and takes the event', async () => {
    const { slack } = await overHttp({
      script: () => Promise.reject(new TransientError('the ledger does not answer')),
    });
    const { first } = await slack.as('alice').mention('C0PROD', 'deploy payments 2 to prod');
    expect(first.outcome).toBe('acknowledged');
    expect(said(slack, 'alice').at(-1)).toContain('Not accepted, nothing will happen');
  });
});
