import { setTimeout as pause } from 'node:timers/promises';
import { forgetOld } from '../src/forget.ts';
import type { World } from '../src/world.ts';

const hour = 3_600_000;

/** Of all workers one tidies, at most once an hour; one that dies over it leaves the rest to the next hour. */
export async function tidy(world: World): Promise<void> {
  if (await world.ledger.once('tidy', hour)) await forgetOld(world);
}

/** Tries every `everyMs` until `stopped`; never throws, and never keeps a sweep waiting. */
export async function keepTidy(world: World, stopped: AbortSignal, everyMs = 60_000): Promise<void> {
  while (!stopped.aborted) {
    await pause(everyMs, undefined, { signal: stopped, ref: false }).catch(() => undefined);
    if (stopped.aborted) return;
    await tidy(world).catch((err: unknown) => world.log.warn({ err }, 'old releases are forgotten another time'));
  }
}
