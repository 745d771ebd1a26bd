import { TransientError } from './errors.ts';
import { forgetOld, keptFor } from './kept-for.ts';
import type { Log } from './ports.ts';
import { rarely } from './rarely.ts';

/** How long somebody may keep a right that was taken from them in a platform's directory, ms. */
export const trustMs = 60_000;

/** How long what was last told may be used while the directory does not answer, ms. */
const outageMs = 600_000;

export interface Directory {
  name: string;
  log: Log;
  /** Milliseconds, only differences count. */
  now: () => number;
}

/** A question to a directory, by a key, whose answer is remembered. */
export type Remember = <T>(ask: (key: string) => Promise<T>) => (key: string) => Promise<T>;

/**
 * Remembers what a directory told of people: for a minute, and for ten when it does not answer (TransientError), so that
 * its outage keeps nobody from stopping a release. What it costs: a right that is taken away while the directory is down
 * lives for up to 11 minutes. Every answer replaces the one before, so a no that was heard is a no from then on; and who
 * was not seen in those ten minutes is not known.
 */
export const remembering = ({ name, log, now }: Directory): Remember => {
  const tell = rarely(trustMs, now, (error: unknown) =>
    log.warn({ error }, `${name} does not answer: people are who they were a few minutes ago`),
  );
  return (ask) => keptFor(trustMs, now, lastKnown(ask, now, tell));
};

const lastKnown = <T>(ask: (key: string) => Promise<T>, now: () => number, tell: (error: unknown) => void) => {
  const told = new Map<string, { at: number; answer: T }>();
  return async (key: string): Promise<T> => {
    const at = now();
    forgetOld(told, at - outageMs);
    try {
      const answer = await ask(key);
      told.set(key, { at, answer });
      return answer;
    } catch (error) {
      const last = told.get(key);
      if (!(error instanceof TransientError) || !last) throw error;
      tell(error);
      return last.answer;
    }
  };
};
