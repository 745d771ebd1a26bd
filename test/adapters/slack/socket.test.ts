import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/release/view.ts';
import { yes } from '../replies.ts';
import { hears, postCard, said } from './seen.ts';
import { gate, overSocket } from './setup.ts';

describe('Socket Mode', () => {
  it('hears commands, presses, forms and text, and answers them', async () => {
    const { slack, asked } = await overSocket({
      script: (it) => (it.text === '' ? yes('', { form: true }) : yes(`heard by ${it.via}`)),
    });
    await slack.as('alice').slash('C0PROD', '/release', 'status');
    expect(said(slack, 'alice')).toEqual(['✅ *heard by slash*']);
    await slack.as('alice').click(await postCard(slack), 'Approve');
    await hears(slack, 'alice', 'heard by button');
    await slack.as('alice').mention('C0PROD', 'status');
    await hears(slack, 'alice', 'heard by mention');
    await slack.as('alice').slash('C0PROD', '/release');
    const filled = { service: 'payments', version: '2', environment: 'prod' };
    expect(await slack.as('alice').submit(slack.as('alice').modal()!, filled)).toEqual({ outcome: 'closed' });
    await hears(slack, 'alice', 'heard by form');
    expect(asked.map((it) => it.via)).toEqual(['slash', 'button', 'mention', 'slash', 'form']);
    expect([slack.refusals(), slack.warnings]).toEqual([[], []]);
  });

  it('takes nothing of another workspace or app, and does not hear of it again', async () => {
    const { slack, asked } = await overSocket();
    await slack.as('alice').slash('C0PROD', '/release', 'status');
    await slack.as('alice').mention('C0PROD', 'status');
    const genuine = [...slack.deliveries];
    for (const foreign of [
      { api_app_id: 'A0EVIL' },
      { team_id: 'T0EVIL', context_team_id: 'T0EVIL', authorizations: [] },
    ])
      for (const { type, payload } of genuine) {
        const taken = await slack.redeliver({ type, payload: { ...payload, ...foreign } });
        expect(taken).toMatchObject({ outcome: 'acknowledged', body: undefined });
      }
    expect(asked).toHaveLength(2);
  });

  it('refuses guests privately', async () => {
    const { slack } = await overSocket();
    await slack.as('guest').slash('C0PROD', '/release', 'status');
    expect(said(slack, 'guest')).toEqual([expect.stringMatching(/Guests of this workspace do not release/)]);
    expect(said(slack, 'bob')).toEqual([]);
  });

  it('acknowledges an event when it is done with it, and answers a redelivery once', async () => {
    const ledger = gate<Reply>();
    const { slack, asked } = await overSocket({
      workspace: { redeliverAfter: [0] },
      script: () => ledger.opened,
    });
    const told = slack.as('alice').mention('C0PROD', 'deploy payments 2 to prod', { loseAcknowledgements: 1 });
    await slack.until(() => asked.length);
    expect(slack.deliveries).toEqual([]);
    ledger.open(yes('Accepted', { private: false }));
    expect(await (await told).settled).toEqual({ acknowledged: true, deliveries: 2 });
    expect(asked.map((it) => it.key)).toEqual([asked[0]!.key, asked[0]!.key]);
    expect(said(slack, 'bob').filter((it) => it.includes('Accepted'))).toHaveLength(1);
  });

  it('answers a command in time when the ledger is slow', async () => {
    const ledger = gate<Reply>();
    const { slack } = await overSocket({ script: () => ledger.opened, patienceMs: 60 });
    await slack.as('alice').slash('C0PROD', '/release', 'status');
    expect(said(slack, 'alice')).toEqual([expect.stringMatching(/Not accepted yet/)]);
    ledger.open(yes('Serving 2.4.0'));
    await hears(slack, 'alice', 'Serving 2.4.0');
  });

  it('still hears while Slack moves one of its connections', async () => {
    const { slack } = await overSocket({ script: () => yes('Serving 2.4.0') });
    expect(slack.socket.connections()).toBe(2);
    slack.socket.disconnect('refresh_requested', 'oldest');
    await slack.until(() => slack.socket.connections() === 1);
    expect(await slack.as('alice').slash('C0PROD', '/release', 'status')).toMatchObject({ outcome: 'acknowledged' });
    expect(said(slack, 'alice')).toEqual(['✅ *Serving 2.4.0*']);
  });

  it.each([
    ['Slack moves', 'disconnect'],
    ['break', 'drop'],
  ] as const)('connects again at once when its connections %s, and misses no event', async (_what, how) => {
    const { slack, asked } = await overSocket({ workspace: { redeliverAfter: [600] } });
    slack.inject('apps.connections.open', { kind: 'status', status: 503 });
    if (how === 'drop') slack.socket.drop();
    else slack.socket.disconnect('refresh_requested');
    await slack.until(() => slack.socket.connections() === 0);
    const { settled } = await slack.as('alice').mention('C0PROD', 'status');
    await slack.until(() => slack.socket.connections() === 2, { within: 2_000 });
    expect(await settled).toMatchObject({ acknowledged: true });
    expect(asked).toHaveLength(1);
    expect(slack.socket.opened()).toBe(4);
  });

  it('takes no HTTP', async () => {
    const { app } = await overSocket();
    expect((await app.receive(Buffer.from('{}'), {})).status).toBe(404);
  });

  it('says what is wrong when the app token is refused', async () => {
    await expect(overSocket({ workspace: { app: { appToken: 'xapp-one' } }, appToken: 'xapp-other' })).rejects.toThrow(
      /SLACK_APP_TOKEN/,
    );
  });
});
