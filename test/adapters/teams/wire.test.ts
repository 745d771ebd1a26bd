import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/release/view.ts';
import type { TokenKind } from '../../servers/teams/delivery.ts';
import { no, yes } from '../replies.ts';
import { overHttp, postCard } from './over-http.ts';
import { gate, prod } from './setup.ts';

/** The same as in RAM, with Teams' own shapes, signatures and times; here it is proven that they fit together. */

const open = (title: string) => yes(title, { private: false });

describe('Teams over HTTP', () => {
  it('answers a mention in its thread, for everybody', async () => {
    const { teams, asked, stop } = await overHttp({ script: () => open('Serving 2.4.0') });
    const { message, outcome } = await teams.as('ann').mention(prod, 'status&nbsp;payments');
    await stop();
    expect([outcome, asked[0]!.text]).toEqual(['acknowledged', 'status payments']);
    expect(asked[0]!.from).toMatchObject({ channel: prod, thread: message.id });
    const seen = teams.as('bob').sees(prod).at(-1)!;
    expect([seen.thread, teams.wording(seen)]).toEqual([message.id, '✅ Serving 2.4.0']);
    expect([teams.refusals(), teams.warnings]).toEqual([[], []]);
  });

  it('whispers in the thread what is for one person', async () => {
    const { teams, stop } = await overHttp({ script: () => no('not-entitled', 'You may not') });
    const root = teams.as('bob').say(prod, 'shall we?');
    await teams.as('ann').mention(prod, 'deploy payments 2 to prod', { thread: root.id });
    await stop();
    expect(teams.as('ann').reads()).toMatchObject([{ how: 'targeted', words: '❌ You may not' }]);
    expect(teams.as('ann').sees(prod).at(-1)).toMatchObject({ thread: root.id });
    expect(teams.as('bob').sees(prod).map(teams.wording).join()).not.toContain('You may not');
    expect([teams.refusals(), teams.warnings]).toEqual([[], []]);
  });

  it('answers in a chat with us alone, and in a group chat', async () => {
    const { teams, asked, stop } = await overHttp({ script: () => open('Serving 2.4.0') });
    await teams.as('ann').dm('status');
    await teams.as('bob').mention('on call', 'status');
    await stop();
    expect(asked.map((it) => [it.via, it.direct])).toEqual([
      ['message', true],
      ['mention', undefined],
    ]);
    for (const [who, where] of [
      ['ann', teams.as('ann').directMessage()],
      ['ann', 'on call'],
    ] as const)
      expect(teams.wording(teams.as(who).sees(where).at(-1)!)).toBe('✅ Serving 2.4.0');
  });

  it('writes to the person directly where Teams does not whisper', async () => {
    const { teams, stop } = await overHttp({ script: () => no('not-entitled', 'You may not') });
    teams.inject('sendToConversation', { kind: 'status', status: 403 });
    await teams.as('ann').mention(prod, 'deploy payments 2 to prod');
    await stop();
    const alone = teams.as('ann').sees(teams.as('ann').directMessage());
    expect(alone.map(teams.wording)).toEqual(['❌ You may not']);
  });

  it('answers once what Teams tells twice', async () => {
    const { teams, stop } = await overHttp({ script: () => open('Accepted') });
    await teams.as('ann').mention(prod, 'deploy payments 2 to prod');
    await teams.redeliver(teams.deliveries[0]!);
    await stop();
    expect(teams.messages(prod).filter((it) => it.fromApp)).toHaveLength(1);
  });

  it('does nothing when somebody mends what they wrote', async () => {
    const { teams, asked, stop } = await overHttp();
    const { message } = await teams.as('ann').mention(prod, 'status');
    expect(await teams.as('ann').edit(message, 'deploy payments 2 to prod')).toMatchObject({ outcome: 'acknowledged' });
    await stop();
    expect(asked).toHaveLength(1);
  });

  it('says hello once where it is added', async () => {
    const { teams, stop } = await overHttp();
    const told = [...(await teams.install(prod, 'ann')), ...(await teams.install(prod, 'ann'))];
    await stop();
    expect(told.map((it) => it.outcome)).toEqual(Array(4).fill('acknowledged'));
    expect(teams.messages(prod).map(teams.wording)).toEqual([expect.stringContaining('deploy <service>')]);
    expect([teams.refusals(), teams.warnings]).toEqual([[], []]);
  });
});

describe('a card in Teams over HTTP', () => {
  it('is pressed, and only whoever pressed reads the answer', async () => {
    const it = await overHttp({ script: () => yes('Approved payments-7f3') });
    const card = await postCard(it);
    const { teams, asked } = it;
    const outcome = await teams.as('ann').click(card, 'Approve');
    expect(outcome).toMatchObject({ outcome: 'answered', says: '✅ Approved payments-7f3', deliveries: 1 });
    expect(asked[0]).toMatchObject({ button: { ref: 'sealed-approve' }, from: { channel: prod, thread: card.id } });
    expect([teams.as('bob').reads(), teams.messages(prod).length]).toEqual([[], 1]);
    expect([teams.refusals(), teams.warnings]).toEqual([[], []]);
  });

  it('asks first before what cannot be undone, and why where a reason is due', async () => {
    const it = await overHttp();
    const card = await postCard(it);
    const ann = it.teams.as('ann');
    expect(await ann.click(card, 'Roll back to 2.4.0')).toMatchObject({ outcome: 'asks' });
    await ann.click(card, 'Roll back to 2.4.0', { confirm: true });
    expect(await ann.click(card, 'Reject', { confirm: true })).toMatchObject({ outcome: 'incomplete' });
    const [input] = it.teams.buttons(card).find((one) => one.behind === 'Reject')!.inputs;
    await ann.click(card, 'Reject', { inputs: { [input!.id]: 'not today' } });
    expect(it.asked.map((one) => one.button)).toEqual([
      { ref: 'sealed-rollback' },
      { ref: 'sealed-reject', reason: 'not today' },
    ]);
  });

  it('works in a client that knows Action.Submit only', async () => {
    const it = await overHttp({ script: () => yes('Approved payments-7f3') });
    await it.teams.as('ann').submit(await postCard(it), 'Approve');
    await it.stop();
    expect(it.teams.as('ann').reads()).toMatchObject([{ how: 'targeted', words: '✅ Approved payments-7f3' }]);
  });

  it('is answered in time by a slow ledger, and once more when it has spoken', async () => {
    const ledger = gate<Reply>();
    const it = await overHttp({ script: () => ledger.opened, patienceMs: 60 });
    const { teams } = it;
    const outcome = await teams.as('ann').click(await postCard(it), 'Approve');
    expect(outcome).toMatchObject({
      outcome: 'answered',
      deliveries: 1,
      says: expect.stringContaining('Not accepted yet'),
    });
    ledger.open(yes('Approved payments-7f3'));
    await it.stop();
    expect(teams.as('ann').reads().at(-1)).toMatchObject({ how: 'targeted', words: '✅ Approved payments-7f3' });
  });

  it('that we answer too late is pressed again by Teams, under one key, and told once', async () => {
    const ledger = gate<Reply>();
    const it = await overHttp({ script: () => ledger.opened, patienceMs: 200 }, { answerPressWithin: 120 });
    const outcome = await it.teams.as('ann').click(await postCard(it), 'Approve');
    expect(outcome).toMatchObject({ outcome: 'unable-to-reach', deliveries: 3 });
    ledger.open(yes('Approved payments-7f3'));
    await it.stop();
    expect(new Set(it.asked.map((one) => one.key)).size).toBe(1);
    expect(it.teams.as('ann').reads()).toMatchObject([{ words: '✅ Approved payments-7f3' }]);
  });
});

describe('the form in Teams over HTTP', () => {
  const withForm = (reply: Reply) => overHttp({ script: (it) => (it.text === '' ? yes('', { form: true }) : reply) });
  const filled = { service: 'payments', version: '2.4.1', environment: 'prod', reason: 'CVE' };

  it('is filled in, and its answer stands in its place for everybody', async () => {
    const it = await withForm(yes('Accepted as payments-7f3'));
    const { teams, asked } = it;
    await teams.as('ann').mention(prod, '');
    await it.stop();
    const form = teams.messages(prod).at(-1)!;
    expect(await teams.as('ann').click(form, 'Deploy', { inputs: { version: '2.4.1' } })).toMatchObject({
      outcome: 'incomplete',
      errors: { service: expect.any(String), environment: expect.any(String) },
    });
    const outcome = await teams.as('bob').click(form, 'Deploy', { inputs: filled });
    await it.stop();
    expect(asked.at(-1)).toMatchObject({
      via: 'form',
      command: { version: '2.4.1', reason: 'CVE' },
      actor: { name: 'bob' },
    });
    expect(outcome).toMatchObject({ outcome: 'answered', says: expect.stringContaining('Accepted as payments-7f3') });
    const [there] = teams.messages(prod).filter((one) => one.id === form.id);
    expect(teams.wording(there!)).toMatch(/Accepted as payments-7f3\n.*bob/);
    expect(teams.buttons(there!)).toEqual([]);
    expect([teams.refusals(), teams.warnings]).toEqual([[], []]);
  });

  it('stays for everybody when it is refused, and says why to whoever pressed', async () => {
    const it = await withForm(no('unknown-version', 'There is no payments 2.4.9'));
    const { teams } = it;
    await teams.as('ann').mention(prod, '');
    await it.stop();
    const form = teams.messages(prod).at(-1)!;
    const outcome = await teams.as('ann').click(form, 'Deploy', { inputs: filled });
    await it.stop();
    expect(outcome).toMatchObject({ outcome: 'answered', says: expect.stringContaining('There is no payments 2.4.9') });
    expect(teams.messages(prod).at(-1)).toMatchObject({ id: form.id, edited: false });
  });
});

describe('the door over HTTP', () => {
  it.each<TokenKind>([
    'none',
    'garbage',
    'unsigned',
    'expired',
    'wrong-audience',
    'wrong-issuer',
    'wrong-key',
    'wrong-service-url',
  ])('stays shut for a token that is %s', async (token) => {
    const { teams, asked } = await overHttp();
    expect(await teams.as('ann').dm('status', { token })).toMatchObject({ outcome: 'refused', status: 401 });
    expect(asked).toEqual([]);
  });

  it('stays shut for genuine messages of other tenants and of Connectors that we do not know', async () => {
    const { teams, asked } = await overHttp();
    const foreign = [{ tenant: '66666666-0000-4000-8000-000000000666' }, { serviceUrl: 'https://evil.example/' }];
    for (const how of foreign)
      expect(await teams.as('ann').dm('status', how)).toMatchObject({ outcome: 'refused', status: 403 });
    expect(asked).toEqual([]);
  });
});
