import { describe, expect, it } from 'vitest';
import { TransientError } from '../../../src/errors.ts';
import type { Reply } from '../../../src/release/view.ts';
import { answer, yes } from '../replies.ts';
import { said } from './seen.ts';
import { gate, overHttp } from './setup.ts';

describe('a slash command over HTTP', () => {
  it('is asked once it is signed, and answered to the asker alone', async () => {
    const announced = [{ surface: 'slack' as const, tenant: 'T0ACME', channel: 'C0PAY' }];
    const { slack, asked } = await overHttp({ script: () => yes('Accepted: payments-7f3', { announced }) });
    const outcome = await slack
      .as('alice')
      .slash('C0PROD', '/release', 'deploy payments 2.4.1 to prod because R&amp;D');
    expect(outcome).toMatchObject({ outcome: 'acknowledged' });
    expect(said(slack, 'alice')).toEqual(['✅ *Accepted: payments-7f3*\nThe card is in <#C0PAY>']);
    expect(said(slack, 'bob')).toEqual([]);
    expect(asked).toEqual([
      {
        text: 'deploy payments 2.4.1 to prod because R&D',
        actor: { surface: 'slack', tenant: 'T0ACME', id: 'U0ALICE', name: 'alice' },
        from: { surface: 'slack', tenant: 'T0ACME', channel: 'C0PROD' },
        via: 'slash',
        key: expect.stringMatching(/^slack:.+/),
      },
    ]);
    expect([slack.refusals(), slack.warnings]).toEqual([[], []]);
  });

  it.each([
    'status',
    'history payments prod',
    'diff payments prod',
    'plan payments 2 to prod',
    'why payments-7f3',
    'freeze prod because x',
    'lock payments prod because x',
    'help',
  ])('takes %j to the one door', async (text) => {
    const { slack, asked } = await overHttp({ script: (it) => yes(`heard ${it.text}`, { private: false }) });
    await slack.as('alice').slash('C0PROD', '/release', text);
    expect(asked.map((it) => it.text)).toEqual([text]);
    expect(said(slack, 'alice')).toEqual([`✅ *heard ${text}*`]);
    expect(said(slack, 'bob')).toEqual([]);
  });

  it('in a direct message is marked as one: its card belongs where everybody sees it', async () => {
    const { slack, asked } = await overHttp();
    await slack.as('alice').slash(slack.as('alice').directMessage(), '/release', 'deploy payments 2 to prod');
    expect(asked).toMatchObject([{ direct: true, via: 'slash' }]);
  });

  it('says that nothing will happen when the ledger is down', async () => {
    const down = () => Promise.reject(new TransientError('the ledger does not answer'));
    const { slack } = await overHttp({ script: down, once: down });
    expect(await slack.as('alice').slash('C0PROD', '/release', 'status')).toMatchObject({ outcome: 'acknowledged' });
    expect(said(slack, 'alice')[0]).toMatch(
      /^❌ \*Not accepted, nothing will happen\*\n.*the ledger does not answer.*\nTry again/,
    );
  });

  it('does not pretend to know when we break', async () => {
    const { slack } = await overHttp({ script: () => Promise.reject(new Error('a bug')) });
    await slack.as('alice').slash('C0PROD', '/release', 'status');
    expect(said(slack, 'alice')[0]).toMatch(/not certain.*\n.*status/);
  });

  it('is acknowledged within three seconds by a slow ledger, as not yet accepted, and answered later', async () => {
    const ledger = gate<Reply>();
    const { slack } = await overHttp({ script: () => ledger.opened, patienceMs: 60 });
    const outcome = await slack.as('alice').slash('C0PROD', '/release', 'deploy payments 2 to prod');
    expect(outcome).toMatchObject({ outcome: 'acknowledged' });
    expect(said(slack, 'alice')).toEqual([expect.stringMatching(/^✋ \*Not accepted yet\*/)]);
    ledger.open(yes('Accepted: payments-7f3'));
    await slack.until(() => said(slack, 'alice')[1]?.includes('Accepted: payments-7f3'));
    expect(said(slack, 'bob')).toEqual([]);
  });

  it('waits for the durable accept before it acknowledges', async () => {
    const ledger = gate<Reply>();
    const { slack, asked } = await overHttp({ script: () => ledger.opened });
    const outcome = slack.as('alice').slash('C0PROD', '/release', 'deploy payments 2 to prod');
    await slack.until(() => asked.length);
    expect(slack.deliveries).toEqual([]);
    ledger.open(yes('Accepted'));
    expect(await outcome).toMatchObject({ outcome: 'acknowledged' });
  });
});

describe('stopping', () => {
  it('waits until what was taken is answered', async () => {
    const ledger = gate<Reply>();
    const { slack, app, asked } = await overHttp({ script: () => ledger.opened, patienceMs: 30 });
    await slack.as('alice').slash('C0PROD', '/release', 'status');
    expect(asked).toHaveLength(1);
    const stopped = app.stop();
    ledger.open(yes('Serving 2.4.0', { view: answer('Serving 2.4.0') }));
    await stopped;
    expect(said(slack, 'alice').at(-1)).toContain('Serving 2.4.0');
  });
});
