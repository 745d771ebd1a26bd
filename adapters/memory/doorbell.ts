import type { Doorbell, Lane } from '../../src/ports.ts';

/** What a ring leads to. */
export interface Work {
  /** Answers one ring. It tells its own failures; here they are over. */
  answer: (lane: Lane, id: string) => Promise<void>;
  /** Rings for what is due and what is not shown. */
  sweep?: () => Promise<void>;
}

export interface MemoryDoorbell extends Doorbell {
  /**
   * Answers what was rung, in order, and what that rings in turn, until all is quiet.
   * @throws Error when it does not become quiet: something rings itself for ever
   */
  drain(work: Work): Promise<void>;
  /** Answers each ring as it comes and sweeps every `everyMs`, until the returned function is called. */
  start(work: Work, everyMs: number): () => Promise<void>;
}

interface Ring {
  lane: Lane;
  id: string;
}

/** A doorbell without Redis. Rings for one thing that have not been answered yet are one. */
export function memoryDoorbell(): MemoryDoorbell {
  const rung = new Map<string, Ring>();
  let heard: () => void = () => undefined;
  const next = (): Ring | undefined => {
    const [first] = rung;
    if (first) rung.delete(first[0]);
    return first?.[1];
  };
  return {
    ring: async (lane, id, _rev, afterMs = 0) => {
      const now = () => {
        rung.set(`${lane} ${id}`, { lane, id });
        heard();
      };
      if (afterMs === 0) now();
      else setTimeout(now, afterMs).unref();
    },
    drain: (work) => drain(next, work),
    start: (work, everyMs) => {
      const timed = startTimed(next, work, everyMs);
      heard = timed.heard;
      return () => {
        heard = () => undefined;
        return timed.stop();
      };
    },
  };
}

const patience = 10_000;

async function drain(next: () => Ring | undefined, { answer, sweep }: Work): Promise<void> {
  for (let answered = 0; answered < patience; answered += 1) {
    let ring = next();
    if (!ring) {
      await sweep?.();
      ring = next();
    }
    if (!ring) return;
    await answer(ring.lane, ring.id);
  }
  throw new Error(`after ${patience} rings it is still not quiet: something rings itself for ever`);
}

/** Different things are answered side by side, one thing never twice at a time. */
function startTimed(next: () => Ring | undefined, { answer, sweep }: Work, everyMs: number) {
  const busy = new Map<string, Promise<void>>();
  const heard = (): void => {
    for (let ring = next(); ring; ring = next()) {
      const { lane, id } = ring;
      const key = `${lane} ${id}`;
      const turn = (busy.get(key) ?? Promise.resolve()).then(() => answer(lane, id)).catch(() => undefined);
      busy.set(key, turn);
      void turn.then(() => busy.get(key) === turn && busy.delete(key));
    }
  };
  let sweeping = Promise.resolve();
  const timer = setInterval(() => {
    sweeping = sweeping.then(() => sweep?.()).catch(() => undefined);
  }, everyMs);
  heard();
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    await sweeping;
    await Promise.all(busy.values());
  };
  return { heard, stop };
}
