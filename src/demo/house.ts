import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type ConsoleChat, consoleChat, type Screen } from '../../adapters/console/chat.ts';
import type { Desk } from '../../adapters/console/conversation.ts';
import { readCatalog } from '../../adapters/files/catalog-file.ts';
import { pinoLog } from '../../adapters/log/pino.ts';
import type { MemoryCluster } from '../../adapters/memory/cluster.ts';
import { memoryHttp } from '../../adapters/memory/http.ts';
import { memoryIdentity } from '../../adapters/memory/identity.ts';
import { memoryRegistry } from '../../adapters/memory/registry.ts';
import type { Catalog } from '../config/catalog.ts';
import { problemText } from '../config/problem.ts';
import { handle } from '../handle.ts';
import { diagnose } from '../main/diagnose.ts';
import type { Log } from '../ports.ts';
import type { World } from '../world.ts';
import { demoCluster, imagesOf } from './cluster.ts';
import { openLedger } from './ledger.ts';
import { channel, people } from './people.ts';

/** A whole Release Engineer with simulated clusters and a terminal for a chat. */
export interface DemoHouse {
  world: World;
  catalog: Catalog;
  desk: Desk & { chat: ConsoleChat };
  /** Where it writes things down, in words. */
  keeping: string;
  /** Stops everything and leaves nothing behind. */
  close(): Promise<void>;
}

const catalogFile = fileURLToPath(new URL('release.yaml', import.meta.url));

/** @throws Error when the ledger that REDIS_URL names does not answer */
export async function openHouse(screen: Screen, env: NodeJS.ProcessEnv): Promise<DemoHouse> {
  const log = env.LOG_LEVEL ? pinoLog(env.LOG_LEVEL, [], process.stderr) : silent;
  const catalog = await catalogOfDemo();
  const clusters = new Map(Object.keys(catalog.clusters).map((name) => [name, demoCluster(catalog, name)]));
  const keeping = await openLedger(env, log);
  const chat = consoleChat(screen);
  const world: World = {
    ledger: keeping.ledger,
    doorbell: keeping.doorbell,
    catalog: () => catalog,
    clusters: { get: (name) => clusters.get(name) },
    registry: memoryRegistry(imagesOf(catalog)),
    identity: memoryIdentity(people),
    http: memoryHttp(),
    chats: { console: chat },
    log,
    random: (bytes) => randomBytes(bytes),
  };
  const stop = keeping.work(world);
  await diagnose(world).catch((err: unknown) => log.warn({ err }, 'x'));
  return {
    world,
    catalog,
    desk: { handle: (asked) => handle(world, asked), chat, screen, from: channel, log },
    keeping: keeping.say,
    close: async () => {
      await stop();
      for (const cluster of clusters.values() as Iterable<MemoryCluster>) cluster.close();
      await keeping.close();
    },
  };
}

async function catalogOfDemo(): Promise<Catalog> {
  const parsed = await readCatalog(catalogFile);
  if (parsed.ok) return parsed.catalog;
  throw new Error([`${catalogFile} cannot be used:`, ...parsed.problems.map(problemText)].join('\n'));
}

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
