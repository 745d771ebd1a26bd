import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../servers/kubernetes/chance.ts';
import { type Process, type Spawn, startProcess } from './process.ts';

/** The workers and gateways of a run: each has a seat, and whoever dies is replaced at once. */
export interface Crew {
  seats: Seat[];
  counts: { starts: number; kills: number; freezes: number; longFreezes: number; ends: number; startMs: number[] };
  /** From now on nobody is hurt; frozen ones go on. */
  spare(): void;
  stop(): Promise<void>;
}

export interface Seat {
  name: string;
  role: string;
  current: Process;
  /** Ready, as far as a load balancer can tell: a frozen process still takes connections. */
  url: () => string | undefined;
}

export interface CrewOptions {
  folder: string;
  chance: Chance;
  calm: boolean;
  /** One entry a seat. */
  spawns: (Omit<Spawn, 'log' | 'name'> & { role: string })[];
}

/** Longer than the ledger's lease of a claim (10 s), so that a thawed worker finds its release in other hands. */
const longFreeze = { least: 10_500, spread: 3_000 };
const shortFreeze = { least: 500, spread: 3_500 };
/** Nobody lives shorter than this after being ready, ms: a process that never works proves nothing. */
const leastLife = 500;

export function startCrew({ folder, chance, calm, spawns }: CrewOptions): Crew {
  const counts: Crew['counts'] = { starts: 0, kills: 0, freezes: 0, longFreezes: 0, ends: 0, startMs: [] };
  const state = { stopping: false, sparing: calm };
  const spared = Promise.withResolvers<void>();
  if (calm) spared.resolve();
  const seats = spawns.map((spawn, n): Seat => {
    const name = `${spawn.role}-${n}`;
    const start = () => {
      counts.starts += 1;
      return startProcess({ ...spawn, name, log: join(folder, `${name}.log`) });
    };
    const seat: Seat = { name, role: spawn.role, current: start(), url: () => seat.current.url() };
    void keep(seat, start);
    return seat;
  });

  async function keep(seat: Seat, start: () => Process): Promise<void> {
    for (;;) {
      const took = await seat.current.ready;
      if (took === undefined && !state.stopping) counts.ends += 1;
      if (took !== undefined) counts.startMs.push(took);
      if (took !== undefined && !state.sparing) await hurt(seat);
      await seat.current.exited;
      if (state.stopping) return;
      await pause(100);
      if (state.stopping) return;
      seat.current = start();
    }
  }

  /** Lives about three times as long as it takes to start, then is killed, or frozen for a while first. */
  async function hurt({ name, current }: Seat): Promise<void> {
    const mean = 3 * average(counts.startMs);
    for (;;) {
      const life = leastLife + mean * -Math.log(1 - chance.draw(`life ${name}`));
      const ended = await Promise.race([current.exited.then(() => 'ended'), pause(life), spared.promise]);
      if (ended === 'ended') {
        counts.ends += 1;
        return;
      }
      if (state.sparing || state.stopping) return;
      if (chance.draw(`fate ${name}`) < 0.65) {
        counts.kills += 1;
        return current.kill();
      }
      await freeze(name, current);
    }
  }

  async function freeze(name: string, current: Process): Promise<void> {
    const long = chance.draw(`long ${name}`) < 0.5;
    const { least, spread } = long ? longFreeze : shortFreeze;
    counts.freezes += 1;
    if (long) counts.longFreezes += 1;
    current.freeze();
    await Promise.race([pause(least + spread * chance.draw(`frozen ${name}`)), spared.promise]);
    current.thaw();
  }

  return {
    seats,
    counts,
    spare: () => {
      state.sparing = true;
      spared.resolve();
    },
    stop: async () => {
      state.stopping = true;
      state.sparing = true;
      spared.resolve();
      for (const { current } of seats) current.kill();
      await Promise.all(seats.map(({ current }) => current.exited));
    },
  };
}

export const average = (all: number[]): number =>
  all.length === 0 ? 3_000 : all.reduce((sum, one) => sum + one, 0) / all.length;
