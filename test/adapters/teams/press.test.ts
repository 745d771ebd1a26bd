import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TransientError } from '../../../src/errors.ts';
import type { Reply } from '../../../src/release/view.ts';
import { answer, no, yes } from '../replies.ts';
import { press, submit } from './activities.ts';
import { acme, ann, bob, gate, prod, running } from './setup.ts';

const words = (value: unknown) => ({
  status: 200,
  body: { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value },
});
const pressed = { ref: 'sealed-approve' };
const old = /older version of me, nothing happened\n.*"status"/;

describe('buttons in Teams', () => {
  it('send the sealed reference and nothing else, and answer the one who pressed', async () => {
    const { tell, asked, teams } = running({ script: () => yes('Approved payments-7f3') });
    const activity = press(pressed, { card: '1711' });
    expect(await tell(activity)).toEqual(words('✅ Approved payments-7f3'));
    expect(asked).toEqual([
      {
        button: { ref: 'sealed-approve' },
        actor: { surface: 'teams', tenant: acme, id: ann.aadObjectId, name: 'Ann' },
        from: { surface: 'teams', tenant: acme, channel: prod, thread: '1711' },
        via: 'button',
        key: `teams:${prod};messageid=1711:${activity.id}`,
      },
    ]);
    expect(teams.seen).toEqual([]);
  });

  it.each(['reason', 'reason1', 'reason2'])('carry the reason that was typed into %s', async (id) => {
    const { tell, asked } = running();
    await tell(press({ ...pressed, [id]: ' not today \n', reasonable: 'x' }, { verb: 'reject' }));
    expect(asked[0]!.button).toEqual({ ref: 'sealed-approve', reason: 'not today' });
  });

  it('tell someone who is not entitled why and who is, and nobody else', async () => {
    const { tell, teams } = running({
      script: () => no('not-entitled', 'You may not approve', 'Ask release-managers.'),
    });
    expect(await tell(press(pressed, { from: bob }))).toEqual(words('❌ You may not approve\nAsk release-managers.'));
    expect(teams.seen).toEqual([]);
  });

  it.each([
    ['without data', undefined],
    ['with the data of another age', { action: 'go', id: 7 }],
    ['with an empty reference', { ref: '' }],
    ['with a reference that is none', { ref: { $gt: '' } }],
    ['with a list', ['ref']],
  ])('of an older version of us (%s) are answered too', async (_what, data) => {
    const { tell, asked } = running();
    expect(await tell(press(data as object))).toEqual(words(expect.stringMatching(old)));
    expect(asked).toEqual([]);
  });

  it('are pressed by nobody when a client refreshes the card by itself', async () => {
    const { tell, asked } = running();
    const activity = press(pressed);
    await tell({ ...activity, value: { ...activity.value, trigger: 'automatic' } });
    expect(asked).toEqual([]);
  });

  it('of somebody whom Teams does not name do nothing, and say so', async () => {
    const { tell, asked } = running();
    const said = await tell(press(pressed, { from: { id: '29:x', name: 'X' } }));
    expect(said).toEqual(words(expect.stringContaining('does not tell me who you are')));
    expect(asked).toEqual([]);
  });

  it('say that nothing will happen when the ledger is down', async () => {
    const down = () => Promise.reject(new TransientError('the ledger does not answer'));
    const { tell } = running({ script: down, once: down, remember: down });
    expect(await tell(press(pressed))).toEqual(
      words(expect.stringMatching(/Not accepted, nothing will happen\n.*does not answer.*\nTry again/)),
    );
  });

  it('are answered in time by a slow ledger, as not yet accepted, and after once, however often Teams presses', async () => {
    const ledger = gate<Reply>();
    const { tell, asked, app, teams } = running({ script: () => ledger.opened, patienceMs: 30 });
    const activity = press(pressed, { card: '1711' });
    const answers = await Promise.all([tell(activity), tell(activity), tell(activity)]);
    expect(answers).toEqual(Array(3).fill(words(expect.stringMatching(/Not accepted yet\n.*follows/))));
    expect(teams.seen).toEqual([]);
    ledger.open(yes('Approved payments-7f3'));
    await app.stop();
    expect(teams.seen).toMatchObject([
      { how: 'whispered', person: ann.id, where: `${prod};messageid=1711`, words: '✅ Approved payments-7f3' },
    ]);
    expect(new Set(asked.map((it) => it.key)).size).toBe(1);
  });

  it('are answered within five seconds when the ledger hangs for good', { timeout: 8_000 }, async () => {
    const ledger = gate<Reply>();
    const { tell } = running({ script: () => ledger.opened });
    const started = performance.now();
    expect(await tell(press(pressed))).toEqual(words(expect.stringContaining('Not accepted yet')));
    expect(performance.now() - started).toBeLessThan(4_500);
    ledger.open(yes('Approved'));
  });

  it('are waited for since they arrived, not since we knew that they are genuine', async () => {
    const ledger = gate<Reply>();
    const { tell, teams } = running({ script: () => ledger.opened, patienceMs: 900 });
    teams.answers.genuine = () => wait(700, undefined);
    const started = performance.now();
    expect(await tell(press(pressed))).toEqual(words(expect.stringContaining('Not accepted yet')));
    expect(performance.now() - started).toBeLessThan(1_500);
    ledger.open(yes('Approved'));
  });

  it('are answered within five seconds also when it hangs before anything is asked', { timeout: 8_000 }, async () => {
    const ledger = gate<void>();
    const { tell } = running({ remember: () => ledger.opened, patienceMs: 50 });
    expect(await tell(press(pressed))).toEqual(words(expect.stringContaining('Not accepted yet')));
    ledger.open();
  });

  it('whose answer is long show its beginning, and all of it to the one who pressed alone', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `${index}: container app exited with code 1`);
    const { tell, app, teams } = running({ script: () => yes('Why', { view: answer('Why payments-7f3', { lines }) }) });
    const { body } = await tell(press(pressed, { verb: 'details' }));
    expect(body!.value).toMatch(/^✅ Why payments-7f3\n.*follows/);
    await app.stop();
    expect(teams.seen).toMatchObject([{ how: 'whispered', words: expect.stringContaining('59: container') }]);
  });

  it('show hostile words as words, and never more than a thousand', async () => {
    const title = `\u202e<at>everyone</at>\u0000 ${'x'.repeat(2_000)}`;
    const { tell, app } = running({ script: () => no('not-now', title) });
    const value = (await tell(press(pressed))).body!.value as string;
    await app.stop();
    expect(value).toMatch(/^❌ <at>everyone<\/at> xxx/);
    expect(value.length).toBeLessThanOrEqual(1_000);
  });

  it.each([
    ['task/fetch', { task: { type: 'message', value: expect.stringContaining('nothing happened') } }],
    ['composeExtension/query', { composeExtension: { type: 'message', text: expect.stringContaining('nothing') } }],
    ['signin/verifyState', { statusCode: 200, type: expect.any(String), value: expect.stringContaining('nothing') }],
    [undefined, { statusCode: 200, type: expect.any(String), value: expect.stringContaining('nothing') }],
  ])('of another kind (%s) are answered, so that nobody waits', async (name, body) => {
    const { tell, asked } = running();
    expect(await tell({ ...press(pressed), name })).toEqual({ status: 200, body });
    expect(asked).toEqual([]);
  });
});

describe('buttons in clients that know Action.Submit only', () => {
  it('do the same, answered privately', async () => {
    const { hear, asked } = running({ script: () => yes('Approved payments-7f3') });
    const activity = submit({ ...pressed, reason: 'smoke ok' }, { card: '1711' });
    expect(await hear(activity)).toMatchObject([
      { how: 'whispered', person: ann.id, words: '✅ Approved payments-7f3' },
    ]);
    expect(asked).toMatchObject([
      { button: { ref: 'sealed-approve', reason: 'smoke ok' }, via: 'button', from: { channel: prod, thread: '1711' } },
    ]);
    expect(await hear(activity)).toEqual([]);
  });

  it.each([
    ['of an older version of us', { go: 1 }, ann, old],
    ['of somebody whom Teams does not name', pressed, { id: '29:x', name: 'X' }, /who you are/],
  ])('%s are answered too', async (_what, value, from, said) => {
    const { hear, asked } = running();
    expect(await hear(submit(value, { from }))).toMatchObject([{ words: expect.stringMatching(said) }]);
    expect(asked).toEqual([]);
  });
});
