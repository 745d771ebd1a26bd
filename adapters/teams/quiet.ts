import { AsyncLocalStorage } from 'node:async_hooks';

const muted = new AsyncLocalStorage<true>();
const ours = new WeakSet<typeof console.error>();

/**
 * Does something without what it prints to the console: the SDK prints whatever a wrong token holds, so that any stranger
 * could fill our log. Everybody else's console stays as it is.
 */
export const mute = <T>(work: () => Promise<T>): Promise<T> => {
  if (!ours.has(console.error)) console.error = exceptMuted(console.error);
  return muted.run(true, work);
};

const exceptMuted = (print: typeof console.error): typeof console.error => {
  const error = (...said: unknown[]) => (muted.getStore() ? undefined : print(...said));
  ours.add(error);
  return error;
};
