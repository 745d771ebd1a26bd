import { describe, expect, it } from 'vitest';
import { TransientError } from '../../../src/errors.ts';
import { wording } from '../../servers/slack/messages.ts';
import { postCard } from './seen.ts';
import { overHttp } from './setup.ts';

describe('who may speak to us', () => {
  it.each(['forged', 'unsigned', 'altered', 'stale', 'future'] as const)('refuses a %s request', async (tamper) => {
    const { slack, asked } = await overHttp();
    const outcomes = [
      await slack.as('alice').slash('C0PROD', '/release', 'status', { tamper }),
      (await slack.as('alice').mention('C0PROD', 'status', { tamper })).first,
      await slack.as('alice').click(await postCard(slack), 'Approve', { tamper }),
    ];
    expect(outcomes.map((it) => 'status' in it && it.status)).toEqual([401, 401, 401]);
    expect(asked).toEqual([]);
  });

  it('refuses a replay of a request that was good once', async () => {
    const { slack, asked } = await overHttp();
    const second = await slack
      .as('alice')
      .slash('C0PROD', '/release', 'deploy payments 2 to prod', { tamper: 'replayed' });
    expect(second).toMatchObject({ outcome: 'failed', status: 401 });
    expect(asked).toHaveLength(1);
  });

  it('keeps a replay harmless by its key when the ledger cannot tell', async () => {
    const down = () => Promise.reject(new TransientError('down'));
    const { slack, asked } = await overHttp({ once: down });
    await slack.as('alice').slash('C0PROD', '/release', 'status', { tamper: 'replayed' });
    expect(new Set(asked.map((it) => it.key)).size).toBe(1);
  });

  it.each([
    ['workspace', { team_id: 'T0EVIL', context_team_id: 'T0EVIL', team: { id: 'T0EVIL' }, authorizations: [] }],
    ['app', { api_app_id: 'A0EVIL' }],
    ['app that is not named', { api_app_id: undefined }],
  ])('refuses payloads of another %s on every surface', async (_what, foreign) => {
    const { slack, asked } = await overHttp();
    const card = await postCard(slack);
    await slack.as('alice').slash('C0PROD', '/release', 'status');
    await slack.as('alice').click(card, 'Approve');
    await slack.as('alice').mention('C0PROD', 'status');
    const [before, genuine] = [asked.length, [...slack.deliveries]];
    const answers = await Promise.all(
      genuine.map(({ type, payload }) => slack.redeliver({ type, payload: { ...payload, ...foreign } })),
    );
    expect(answers.map((it) => 'status' in it && it.status)).toEqual([403, 403, 403]);
    expect(asked).toHaveLength(before);
  });

  it('answers the certificate check without looking at it, signed or not', async () => {
    const { app, asked } = await overHttp();
    const body = Buffer.from('ssl_check=1&token=x&command=%2Frelease&text=deploy+payments+2+to+prod');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await app.receive(body, headers)).status).toBe(200);
    expect(asked).toEqual([]);
  });

  it('answers the check of the address only when it is signed', async () => {
    const { slack, app } = await overHttp();
    const check = { type: 'url_verification', challenge: 'c-1' };
    expect(await slack.redeliver({ type: 'events_api', payload: check })).toMatchObject({ body: { text: 'c-1' } });
    const unsigned = await app.receive(Buffer.from(JSON.stringify(check)), { 'content-type': 'application/json' });
    expect(unsigned.status).toBe(401);
  });

  it('refuses more than 64 KB before it reads them', async () => {
    const { app } = await overHttp();
    expect((await app.receive(Buffer.alloc(64 * 1024 + 1, 'a'), {})).status).toBe(413);
  });

  it('refuses a signed body that is no payload', async () => {
    const { slack } = await overHttp();
    const answer = await slack.redeliver({ type: 'events_api', payload: [] as never });
    expect(answer).toMatchObject({ outcome: 'refused', status: 400 });
  });

  it('lets Slack tell it again while it does not know who it is', async () => {
    const { slack, asked } = await overHttp({ workspace: { redeliverAfter: [1_100] } });
    slack.inject('auth.test', { kind: 'status', status: 503 });
    const { first, settled } = await slack.as('alice').mention('C0PROD', 'status');
    expect(first).toMatchObject({ outcome: 'refused', status: 503 });
    expect(await settled).toEqual({ acknowledged: true, deliveries: 2 });
    expect(asked).toHaveLength(1);
  });

  it('ignores bots', async () => {
    const { slack, asked } = await overHttp();
    await slack.as('alice').mention('C0PROD', 'status');
    const { payload } = slack.deliveries[0]!;
    const event = { ...(payload.event as object), bot_id: 'B0OTHER' };
    const taken = await slack.redeliver({ type: 'events_api', payload: { ...payload, event_id: 'Ev2', event } });
    expect([taken.outcome, asked.length]).toEqual(['acknowledged', 1]);
  });

  it.each(['guest', 'single', 'outsider'])('refuses a %s privately, on every surface', async (who) => {
    const { slack } = await overHttp();
    const card = await postCard(slack);
    await slack.as(who).slash('C0PROD', '/release', 'status');
    await slack.as(who).mention('C0PROD', 'status');
    await slack.as(who).click(card, 'Approve');
    await slack.as(who).click(card, 'Reject');
    const whispers = () =>
      slack
        .as(who)
        .sees('C0PROD')
        .filter((it) => it.onlyFor);
    await slack.until(() => whispers().length === 4);
    expect(whispers().map(wording)).toEqual(Array(4).fill(expect.stringMatching(/do not release/)));
    expect(slack.as(who).modal()).toBeUndefined();
    expect(slack.messages('C0PROD').filter((it) => it.fromApp)).toEqual([card]);
  });
});
