import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../../src/ports.ts';

/** Our log in the shape that the SDK wants. Its debug lines hold whole payloads and answers, so they are dropped. */
export const sdkLogger = (log: Log): Logger => {
  const to =
    (level: 'info' | 'warn' | 'error') =>
    (...message: unknown[]) =>
      log[level]({ from: 'slack-sdk' }, message.map(text).join(' '));
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: to('warn'),
    error: to('error'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
};

const text = (part: unknown): string => (part instanceof Error ? part.message : String(part));
