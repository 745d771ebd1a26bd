import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits until `look` finds something, asking the ledger or the screen again and again.
 *
 * @param limitMs after which it gives up
 * @throws Error saying what it waited for, and what `saw` says of it
 */
export async function until<T>(
  what: string,
  limitMs: number,
  look: () => Promise<T | undefined> | T | undefined,
  saw: () => Promise<string> | string = () => '',
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) break;
    await pause(25);
  }
  throw new Error(`${what}: not within ${Math.round(limitMs / 1_000)} s. ${await saw()}`.trim());
}
