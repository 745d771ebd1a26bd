import { type App, SocketModeReceiver } from '@slack/bolt';
import type { Log } from '../../src/ports.ts';
import type { Deliver } from './deliver.ts';
import { type Connection, keepConnected } from './keep-connected.ts';
import { sdkLogger } from './sdk-logger.ts';

/** Slack over Socket Mode: no port of ours is open; the app token is the secret. */

export interface SocketWay {
  appToken: string;
  apiUrl?: string;
  deliver: Deliver;
  log: Log;
}

/** Slack moves a connection every hour or so; while one is away the other hears. */
const connections = 2;

export const socketWay = (way: SocketWay): Connection => {
  const all = Array.from({ length: connections }, () => keepConnected(receiver(way), way.log));
  return {
    start: async () => void (await Promise.all(all.map((it) => it.start()))),
    stop: async () => void (await Promise.all(all.map((it) => it.stop()))),
  };
};

const receiver = ({ appToken, apiUrl, deliver, log }: SocketWay): SocketModeReceiver => {
  const it = new SocketModeReceiver({
    appToken,
    logger: sdkLogger(log),
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: { retryConfig: { retries: 0 }, ...(apiUrl ? { slackApiUrl: apiUrl } : {}) } },
    // Not acknowledged: Slack tells it again, over another connection.
    processEventErrorHandler: async () => false,
  });
  // The receiver knows an App only by this one method.
  it.init({
    processEvent: async (event) => {
      if ((await deliver(event)) === 'foreign') await event.ack();
    },
  } satisfies Pick<App, 'processEvent'> as App);
  return it;
};
