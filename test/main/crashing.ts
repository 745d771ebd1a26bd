/**
 * The world of main.ts as workers have it, for one installation or many, in a process that kills itself (SIGKILL) just
 * before or after its n-th step that anybody else could notice, or the n-th of one name. Leases are short, so that a test need not wait for them.
 *   node test/main/crashing.ts '{"at":3,"when":"before","installations":[{"config":"release.yaml","redis":"redis://…"}]}'
 */
import { writeSync } from 'node:fs';
import { metrics } from '../../adapters/api/metrics.ts';
import { readCatalog } from '../../adapters/files/catalog-file.ts';
import { pinoLog } from '../../adapters/log/pino.ts';
import { connectRedis } from '../../adapters/redis/connection.ts';
import { answerIn } from '../../jobs/answer.ts';
import { startSweeper } from '../../jobs/sweep.ts';
import { startWorkers } from '../../jobs/worker.ts';
import { parseSettings } from '../../src/config/settings.ts';
import { openWorld } from '../../src/main/world.ts';
import type { Ledger } from '../../src/ports.ts';
import type { World } from '../../src/world.ts';

/** Where to die: at the `at`-th step, or at the `at`-th of the name `of`; 0: never. */
export interface Order {
  at: number;
  of?: string;
  when: 'before' | 'after';
  installations: { config: string; redis: string }[];
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const log = pinoLog('warn', []);

/** Everything that leaves a trace outside of this process. */
const noticed =
  /^(?:ledger\.(?:commit|settleCard)|cluster\.(?:apply|unstick|evidence)|registry\.resolve|chat\.(?:post|update|reply))$/;
let steps = 0;

function die(name: string): never {
  writeSync(2, `${JSON.stringify({ died: `${order.when} ${name}, step ${order.at}` })}\n`);
  process.kill(process.pid, 'SIGKILL');
  throw new Error('a process outlived SIGKILL');
}

function wired<T extends object>(port: T, of: string): T {
  return new Proxy(port, {
    get(target, method) {
      const value = Reflect.get(target, method) as unknown;
      const name = `${of}.${String(method)}`;
      if (typeof value !== 'function' || !noticed.test(name)) return value;
      return async (...args: unknown[]) => {
        if (order.of === undefined || order.of === name) steps += 1;
        const mine = steps === order.at && (order.of ?? name) === name;
        if (mine && order.when === 'before') die(name);
        const result = (await Reflect.apply(value, target, args)) as unknown;
        return mine ? die(name) : result;
      };
    },
  });
}

const shortly = (ledger: Ledger): Ledger => ({
  ...ledger,
  look: (id, leaseMs) => ledger.look(id, Math.min(leaseMs, 2_000)),
  claimDue: (limit, leaseMs) => ledger.claimDue(limit, Math.min(leaseMs, 2_000)),
  claimCard: (id, leaseMs) => ledger.claimCard(id, Math.min(leaseMs, 4_000)),
});

function crashing(world: World): World {
  const { slack } = world.chats;
  return {
    ...world,
    ledger: wired(shortly(world.ledger), 'ledger'),
    registry: wired(world.registry, 'registry'),
    chats: slack ? { slack: wired(slack, 'chat') } : {},
    clusters: {
      get: (name) => {
        const cluster = world.clusters.get(name);
        return cluster && wired(cluster, 'cluster');
      },
    },
  };
}

async function install({ config, redis: url }: Order['installations'][number], n: number): Promise<void> {
  const read = parseSettings({ ...process.env, ROLE: 'worker', RELEASE_CONFIG: config, REDIS_URL: url });
  const parsed = await readCatalog(config);
  if (!read.ok || !parsed.ok) throw new Error(`${config} or the settings cannot be used`);
  const redis = await connectRedis(url, log);
  const base = { settings: read.settings, first: parsed.catalog, redis, log, metrics: metrics() };
  const world = crashing((await openWorld({ ...base, known: new Set() })).world);
  startWorkers({ url }, log, answerIn(world));
  startSweeper(world, { worker: `crashing-${process.pid}-${n}`, everyMs: 200, leaseMs: 2_000 });
}

await Promise.all(order.installations.map(install));
process.stdout.write(`${JSON.stringify({ level: 30, msg: 'ready', url: 'none' })}\n`);
