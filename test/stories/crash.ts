import type { World } from '../../src/world.ts';

/** The process ended here: `kill -9`, a lost node. */
export class Crash extends Error {}

/** Where a process ends: just before, or just after, its n-th step that the world could notice. */
export interface Fuse {
  at: number;
  when: 'before' | 'after';
  calls: number;
  dead: boolean;
  /** Names of the steps that were taken, for the one who looks at a failed run. */
  trace: string[];
}

export const fuse = (at: number, when: Fuse['when']): Fuse => ({ at, when, calls: 0, dead: false, trace: [] });

/** Reads of the ledger leave no trace: a crash at one is a crash after the step before it. */
const silent = new Set(['load', 'events', 'read', 'target', 'active', 'dirtyCards', 'secret', 'warnings', 'take']);
const instant = new Set(['watch', 'unwatch', 'allowances']);

async function step(fuse: Fuse, name: string, call: () => unknown): Promise<unknown> {
  if (fuse.dead) throw new Crash(name);
  fuse.calls += 1;
  fuse.trace.push(name);
  if (fuse.calls === fuse.at && fuse.when === 'before') return end(fuse, name);
  const result = await call();
  return fuse.calls === fuse.at && fuse.when === 'after' ? end(fuse, name) : result;
}

function end(fuse: Fuse, name: string): never {
  fuse.dead = true;
  throw new Crash(name);
}

function wired<T extends object>(port: T, of: string, fuse: Fuse): T {
  return new Proxy(port, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      const call = (args: unknown[]) => Reflect.apply(value, target, args) as unknown;
      if (instant.has(String(name))) return (...args: unknown[]) => call(args);
      return async (...args: unknown[]) => {
        if (!silent.has(String(name))) return step(fuse, `${of}.${String(name)}`, () => call(args));
        if (fuse.dead) throw new Crash(of);
        return call(args);
      };
    },
  });
}

/** The same world for a process that will end. After its end nothing that it still does reaches anybody. */
export function crashing(world: World, fuse: Fuse): World {
  const { console: chat } = world.chats;
  return {
    ...world,
    ledger: wired(world.ledger, 'ledger', fuse),
    registry: wired(world.registry, 'registry', fuse),
    identity: wired(world.identity, 'identity', fuse),
    http: wired(world.http, 'http', fuse),
    doorbell: wired(world.doorbell, 'doorbell', fuse),
    chats: chat ? { console: wired(chat, 'chat', fuse) } : {},
    clusters: {
      get: (name) => {
        const cluster = world.clusters.get(name);
        return cluster && wired(cluster, 'cluster', fuse);
      },
    },
  };
}
