import { App } from '@slack/bolt';
import type { Log } from '../../src/ports.ts';
import { type Deliver, delivery } from './deliver.ts';
import type { SlackDesk } from './desk.ts';
import { type ReceiveHttp, receiveHttp } from './http-way.ts';
import { listen } from './listen.ts';
import { sdkLogger } from './sdk-logger.ts';
import { socketWay } from './socket-way.ts';
import type { Web } from './web.ts';

export interface SlackOptions extends Omit<SlackDesk, 'patienceMs' | 'stopping'> {
  botToken: string;
  /** HTTP mode. */
  signingSecret?: string;
  /** Socket Mode; it wins over HTTP. */
  appToken?: string;
  /** Slack's own unless given. */
  apiUrl?: string;
  /** Milliseconds, as Slack's clock has it. */
  now: () => number;
  patienceMs?: number;
}

export interface SlackApp {
  /** What to mount under `POST /slack/events`; it answers 404 in Socket Mode. */
  receive: ReceiveHttp;
  /** Socket Mode: resolves when Slack may speak to us, however long that takes; nothing else should wait for it. */
  start(): Promise<void>;
  /** Waits until what was taken is answered, and hears nothing more (Socket Mode). */
  stop(): Promise<void>;
}

/** The people's side of Slack: the real Bolt app behind our own two ways in. */
export const slackApp = ({ patienceMs = 2_500, ...options }: SlackOptions): SlackApp => {
  const { web, log, signingSecret, appToken, apiUrl } = options;
  const app = boltApp(options.botToken, web, log);
  const stopping = new AbortController();
  listen(app, { ...options, patienceMs, stopping: stopping.signal });
  const { deliver, settled } = counting(delivery(app, web, log));
  const socket = appToken ? socketWay({ appToken, apiUrl, deliver, log }) : undefined;
  const listensHere = signingSecret && !socket;
  return {
    receive: listensHere ? receiveHttp({ ...options, signingSecret, deliver }) : async () => ({ status: 404 }),
    start: async () => socket?.start(),
    stop: async () => {
      stopping.abort();
      // What is under way needs its connection for the answer; what comes in between is told to somebody else.
      await settled();
      await socket?.stop();
      await settled();
    },
  };
};

const boltApp = (botToken: string, web: Web, log: Log): App => {
  const app = new App({
    // Both ways in are ours (http-way.ts, socket-way.ts), and so is the client (web.ts).
    receiver: { init: () => undefined, start: async () => undefined, stop: async () => undefined },
    authorize: async () => {
      const { bot, botUser } = await web.installation();
      return { botToken, botId: bot, botUserId: botUser };
    },
    convoStore: false,
    logger: sdkLogger(log),
  });
  app.error(async (error) => log.error({ error }, 'a listener for Slack failed'));
  return app;
};

/** Knows what is still being worked on. */
const counting = (take: Deliver): { deliver: Deliver; settled: () => Promise<void> } => {
  const open = new Set<Promise<unknown>>();
  return {
    deliver: (event) => {
      const work = take(event).finally(() => open.delete(work));
      open.add(work);
      return work;
    },
    settled: async () => void (await Promise.allSettled(open)),
  };
};
