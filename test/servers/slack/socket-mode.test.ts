import { App } from '@slack/bolt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { card, clientOptions, silent, socketApp } from './bolt.ts';
import type { Slack } from './slack.ts';

describe('Socket Mode', () => {
  it('carries commands, presses and events, with answers in the acknowledgement', async () => {
    const heard: unknown[] = [];
    const { slack, app } = await socketApp({}, (it) => {
      it.command('/release', async ({ ack, command }) =>
        ack({ response_type: 'in_channel', text: `on it: ${command.text}` }),
      );
      it.action('pause', async ({ ack, body }) => {
        await ack();
        heard.push(body.user.id);
      });
      it.event('app_mention', async ({ event }) => void heard.push(event.text));
    });
    expect(slack.socket.connections()).toBe(1);
    expect(await slack.as('alice').slash('C0PROD', '/release', 'status')).toMatchObject({
      outcome: 'acknowledged',
      says: 'on it: status',
    });
    expect(slack.messages('C0PROD').map((it) => it.text)).toEqual(['on it: status']);
    await app.client.chat.postMessage({ channel: 'C0PROD', text: 'card', blocks: card('deploying') });
    await slack.as('bob').click(slack.messages('C0PROD')[1]!, 'Pause steps');
    await slack.as('bob').mention('C0PROD', 'hi');
    expect(heard).toEqual(['U0BOB', '<@U0BOT> hi']);
  });

  it('tells each thing to one connection, and again when it is not acknowledged', async () => {
    const heard: string[] = [];
    const listen = (name: string) => (app: App) =>
      app.event(
        'app_mention',
        async ({ context, body }) => void heard.push(`${name} ${body.event_id.slice(0, 2)} ${context.retryNum ?? 0}`),
      );
    const { slack } = await socketApp({ redeliverAfter: [1, 1] }, listen('first'));
    const { appToken, botToken: token } = slack.workspace.app;
    const second = new App({ token, appToken, socketMode: true, clientOptions: clientOptions(slack), logger: silent });
    listen('second')(second);
    await second.start();
    onTestFinished(async () => void (await second.stop()));
    await slack.as('alice').mention('C0PROD', 'one');
    await slack.as('alice').mention('C0PROD', 'two');
    expect(heard).toEqual(['first Ev 0', 'second Ev 0']);
    const lossy = await slack.as('alice').mention('C0PROD', 'three', { loseAcknowledgements: 1 });
    expect(await lossy.settled).toEqual({ acknowledged: true, deliveries: 2 });
    expect(heard.slice(2)).toEqual(['first Ev 0', 'second Ev 1']);
  });

  it.each([
    ['a refresh', (slack: Slack) => slack.socket.disconnect('refresh_requested')],
    ['a warning', (slack: Slack) => slack.socket.disconnect('warning')],
    ['a broken connection', (slack: Slack) => slack.socket.drop()],
  ])('survives %s: what came in between is told after reconnecting', async (_name, interrupt) => {
    const heard: string[] = [];
    const { slack } = await socketApp({ redeliverAfter: [20, 2000, 2000] }, (app) => {
      app.event('app_mention', async ({ event }) => void heard.push(event.text));
    });
    interrupt(slack);
    await slack.until(() => slack.socket.connections() === 0, { what: 'the connection to close' });
    expect(await slack.as('alice').slash('C0PROD', '/release')).toMatchObject({ error: 'dispatch_failed' });
    const sent = await slack.as('alice').mention('C0PROD', 'still there?');
    expect(sent.first.outcome).toBe('unreachable');
    await slack.until(() => slack.socket.connections() === 1, { what: 'the app to connect again' });
    expect(await sent.settled).toMatchObject({ acknowledged: true });
    expect([heard, slack.socket.opened()]).toEqual([['<@U0BOT> still there?'], 2]);
  });
});
