import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { meteredChat, meteredLedger } from '../../adapters/api/metered.ts';
import type { Metrics } from '../../adapters/api/metrics.ts';
import { watchCatalog } from '../../adapters/files/catalog-watch.ts';
import { secretReader } from '../../adapters/files/secrets.ts';
import { webhookPager } from '../../adapters/http/pager.ts';
import { httpProbe } from '../../adapters/http/probe.ts';
import { redisLedger } from '../../adapters/redis/ledger.ts';
import { ociRegistry } from '../../adapters/registry/registry.ts';
import { type BullDoorbell, bullDoorbell } from '../../jobs/queue.ts';
import type { Catalog } from '../config/catalog.ts';
import type { Settings } from '../config/settings.ts';
import type { Ledger, Log } from '../ports.ts';
import type { World } from '../world.ts';
import { type OpenClusters, openClusters } from './clusters.ts';
import { everybody } from './identity.ts';
import type { Platform } from './platform.ts';
import { remembering } from './secrets.ts';
import { openSlack } from './slack.ts';
import { openTeams } from './teams.ts';

export interface Foundation {
  settings: Settings;
  /** The catalog as it was read at the start; the file is followed from here on. */
  first: Catalog;
  redis: Redis;
  log: Log;
  metrics: Metrics;
  /** Values of secrets, to which the ones that are read are added. */
  known: Set<string>;
}

/** The world as a process has it, and what of it must be closed. */
export interface OpenWorld {
  world: World;
  platforms: Platform[];
  doorbell: BullDoorbell;
  /** Lets go of the catalog's file and of the clusters; the doorbell is closed with the jobs. */
  close(): Promise<void>;
}

/** Everything that `handle`, `advance` and `notify` may touch, wired to the real parties. */
export async function openWorld({ settings, first, redis, log, metrics, known }: Foundation): Promise<OpenWorld> {
  const secrets = remembering(secretReader(process.env), known);
  const ledger = meteredLedger(metrics, redisLedger(redis, { durability: settings.redis.durability }));
  const doorbell = bullDoorbell({ url: settings.redis.url.reveal() }, log);
  const access = { secrets, kubeconfig: settings.kubeconfig, log, onRequest: metrics.clusterRequest };
  const clusters = settings.role === 'gateway' ? undefined : await openClusters(first, access);
  const catalog = watchCatalog(settings.config, first, { log, onChange: (changed) => follow(clusters, changed, log) });
  const platforms = await openPlatforms(settings, ledger, log);
  const world: World = {
    ledger,
    doorbell,
    catalog: catalog.current,
    clusters: clusters ?? noClusters,
    registry: ociRegistry({ credentials: (host) => catalog.current().registries[host], secrets }),
    identity: everybody(ledger, Object.fromEntries(platforms.map(({ surface, identity }) => [surface, identity]))),
    http: httpProbe(),
    chats: {
      ...Object.fromEntries(platforms.map(({ surface, chat }) => [surface, meteredChat(metrics, surface, chat)])),
      pager: webhookPager({ catalog: catalog.current, secrets, log }),
    },
    log,
    random: (bytes) => randomBytes(bytes),
  };
  const close = async () => {
    catalog.close();
    await clusters?.close();
  };
  return { world, platforms, doorbell, close };
}

const openPlatforms = async ({ slack, teams }: Settings, ledger: Ledger, log: Log): Promise<Platform[]> => [
  ...(slack ? [openSlack(slack, log)] : []),
  ...(teams ? [await openTeams(teams, ledger, log)] : []),
];

/** Gateways hold no cluster credentials: they never look at one. */
const noClusters: Pick<OpenClusters, 'get'> = { get: () => undefined };

const follow = (clusters: OpenClusters | undefined, changed: Catalog, log: Log): void =>
  void clusters
    ?.follow(changed)
    .catch((err: unknown) => log.error({ err }, 'the clusters of the changed catalog could not be opened'));
