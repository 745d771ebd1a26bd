import type { Log } from '../src/ports.ts';
import type { BullDoorbell } from './queue.ts';
import type { Workers } from './worker.ts';

/** A look takes at most 10 s and is harmless when it is cut off; most end well before this, ms. */
const graceMs = 8_000;
/** Whatever still hangs then is left behind, ms: a supervisor kills after 10 s. */
const limitMs = 9_500;

export interface Running {
  sweeper?: { stop: () => Promise<void> };
  workers?: Workers;
  doorbell?: BullDoorbell;
}

/** Stops claiming, lets the looks under way end, closes. Done within `grace` and a second. */
export async function stopJobs({ sweeper, workers, doorbell }: Running, log: Log, grace = graceMs): Promise<void> {
  const swept = sweeper?.stop();
  const inTime = await workers?.stop(grace);
  if (inTime === false) log.warn({ graceMs: grace }, 'some looks were left behind; another worker will take them up');
  await Promise.race([swept, new Promise((done) => setTimeout(done, 500).unref())]);
  await doorbell?.close();
}

/** On SIGTERM or SIGINT: stops, then ends the process, after 9.5 s in any case. A second signal ends it at once. */
export function stopOnSignal(stop: () => Promise<void>, log: Log, exit: (code: number) => void = process.exit): void {
  let stopping = false;
  const onSignal = (signal: string): void => {
    if (stopping) exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => exit(1), limitMs).unref();
    stop()
      .catch((err: unknown) => log.error({ err }, 'stopping failed'))
      .finally(() => exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
}
