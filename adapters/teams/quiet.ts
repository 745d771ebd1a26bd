import { AsyncLocalStorage } from 'node:async_hooks';

const muted = new AsyncLocalStorage<true>();
const print = console.error;

/**
 * Does something without what it prints to the console: the SDK prints whatever a wrong token holds, so that any stranger
 * could fill our log. Everybody else's console stays as it is.
 */
export const mute = <T>(work: () => Promise<T>): Promise<T> => {
  console.error = (...said: unknown[]) => (muted.getStore() ? undefined : print(...said));
  return muted.run(true, work);
};
