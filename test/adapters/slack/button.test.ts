import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/release/view.ts';
import { no, yes } from '../replies.ts';
import { hears, postCard, said } from './seen.ts';
import { gate, overHttp, webOf } from './setup.ts';

describe('buttons', () => {
  it('send the sealed reference and nothing else, and answer the one who pressed', async () => {
    const { slack, asked } = await overHttp({ script: () => yes('Approved payments-7f3') });
    const card = await postCard(slack);
    expect(await slack.as('alice').click(card, 'Approve')).toMatchObject({ outcome: 'acknowledged' });
    expect(asked).toEqual([
      {
        button: { ref: 'sealed-approve' },
        actor: { surface: 'slack', tenant: 'T0ACME', id: 'U0ALICE', name: 'alice' },
        from: { surface: 'slack', tenant: 'T0ACME', channel: 'C0PROD', thread: undefined },
        via: 'button',
        key: expect.stringMatching(/^slack:.+/),
      },
    ]);
    await hears(slack, 'alice', /^✅ \*Approved payments-7f3\*$/);
    expect(said(slack, 'bob')).toHaveLength(1);
  });

  it('tell someone who is not entitled why and who is, and nobody else', async () => {
    const { slack } = await overHttp({
      script: () => no('not-entitled', 'You may not approve for prod', 'Ask release-managers.'),
    });
    await slack.as('bob').click(await postCard(slack), 'Approve');
    await hears(slack, 'bob', /^❌ \*You may not approve for prod\*\nAsk release-managers\.$/);
    expect(said(slack, 'alice')).toHaveLength(1);
  });

  it('ask before they do what cannot be undone', async () => {
    const { slack, asked } = await overHttp();
    const card = await postCard(slack);
    const outcome = await slack.as('alice').click(card, 'Roll back to 2.4.0');
    expect(outcome).toMatchObject({ outcome: 'asks', dialog: { text: '2.4.1 → 2.4.0', confirm: 'Roll back' } });
    await slack.as('alice').click(card, 'Roll back to 2.4.0', { confirm: true });
    expect(asked.map((it) => it.button)).toEqual([{ ref: 'sealed-rollback' }]);
  });

  it('answer both presses of a double click, each under its own key', async () => {
    const decided: string[] = [];
    const { slack, asked } = await overHttp({
      script: (it) => (decided.push(it.key!) > 1 ? no('already-decided', 'You already approved it') : yes('Approved')),
    });
    const card = await postCard(slack);
    await Promise.all([slack.as('alice').click(card, 'Approve'), slack.as('alice').click(card, 'Approve')]);
    expect(new Set(asked.map((it) => it.key)).size).toBe(2);
    await slack.until(() => said(slack, 'alice').length === 3);
    expect(said(slack, 'alice').slice(1).sort()).toEqual(['✅ *Approved*', '❌ *You already approved it*']);
  });

  it('of an older version of us are answered too', async () => {
    const { slack, asked } = await overHttp();
    const element = { type: 'button', text: { type: 'plain_text', text: 'Go' }, action_id: 'go', value: 'x' };
    const blocks = [{ type: 'actions', elements: [element] }];
    await webOf(slack).call('chat.postMessage', { channel: 'C0PROD', text: 'old', blocks });
    await slack.as('alice').click(slack.messages('C0PROD')[0]!, 'Go');
    await hears(slack, 'alice', /older version.*\n.*status/);
    expect(asked).toEqual([]);
  });

  it('are acknowledged in time by a slow ledger, and answered when it has spoken', async () => {
    const ledger = gate<Reply>();
    const { slack } = await overHttp({ script: () => ledger.opened, patienceMs: 60 });
    const outcome = await slack.as('alice').click(await postCard(slack), 'Approve');
    expect(outcome).toMatchObject({ outcome: 'acknowledged' });
    ledger.open(yes('Approved'));
    await slack.until(() => said(slack, 'alice').at(-1)?.includes('Approved'));
  });

  it('answer another way when Slack does not take the answer', async () => {
    const { slack } = await overHttp({ script: () => yes('Approved') });
    const card = await postCard(slack);
    slack.inject('response_url', { kind: 'status', status: 404 });
    await slack.as('alice').click(card, 'Approve');
    await slack.until(() => said(slack, 'alice').at(-1) === '✅ *Approved*');
    expect(slack.as('alice').sees('C0PROD').at(-1)).toMatchObject({ onlyFor: 'U0ALICE' });
  });

  it('in a thread are answered in the thread', async () => {
    const { slack, asked } = await overHttp();
    const root = slack.as('bob').say('C0PROD', 'shall we?');
    await slack.as('alice').click(await postCard(slack, root.ts), 'Approve');
    expect(asked[0]!.from).toMatchObject({ thread: root.ts });
    await slack.until(() => slack.as('alice').sees('C0PROD').at(-1)?.onlyFor);
    expect(slack.as('alice').sees('C0PROD').at(-1)).toMatchObject({ thread: root.ts, onlyFor: 'U0ALICE' });
  });
});
