import { setTimeout as wait } from 'node:timers/promises';
import { type SocketModeReceiver, webApi } from '@slack/bolt';
import { TerminalError } from '../../src/errors.ts';
import type { Log } from '../../src/ports.ts';

/**
 * One connection of Socket Mode, opened again at once when Slack moves it or it breaks. The SDK would wait five seconds
 * first, and would end the process when Slack refuses the token meanwhile.
 */
export interface Connection {
  /** Resolves when connected; tries on while Slack does not answer. Throws TerminalError when it refuses the token. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const longestWait = 15_000;

/** @param receiver with `autoReconnectEnabled: false`. */
export const keepConnected = (receiver: SocketModeReceiver, log: Log): Connection => {
  const stopping = new AbortController();
  const connect = async (isUseless: (error: unknown) => boolean): Promise<void> => {
    for (let delay = 250; !stopping.signal.aborted; delay = Math.min(2 * delay, longestWait)) {
      try {
        await receiver.start();
        receiver.client.once('disconnected', () => void connect(() => false));
        return;
      } catch (error) {
        if (isUseless(error)) throw badToken(error);
        log.warn({ error, delay }, 'no connection to Slack; trying again');
        await wait(delay, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };
  return {
    start: () => connect(isRefused),
    stop: async () => {
      stopping.abort();
      await receiver.stop();
    },
  };
};

const isRefused = (error: unknown): boolean => error instanceof webApi.WebAPIPlatformError;

const badToken = (error: unknown): TerminalError =>
  new TerminalError(
    'misconfigured',
    `Slack refused SLACK_APP_TOKEN: ${error instanceof webApi.WebAPIPlatformError ? error.data.error : 'unknown'}`,
    'Put an app-level token (xapp-…) of this app with the scope connections:write into SLACK_APP_TOKEN.',
    error,
  );
