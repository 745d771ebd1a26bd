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
import type { Log } from '../ports.ts';
import type { World } from '../world.ts';
import { type OpenClusters, openClusters } from './clusters.ts';
import { everybody } from './identity.ts';
import { remembering } from './secrets.ts';
import { type OpenSlack, openSlack } from './slack.ts';

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
  slack?: OpenSlack;
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
  const slack = settings.slack && openSlack(settings.slack, log);
  const world: World = {
    ledger,
    doorbell,
    catalog: catalog.current,
    clusters: clusters ?? noClusters,
    registry: ociRegistry({ credentials: (host) => catalog.current().registries[host], secrets }),
    identity: everybody(ledger, { slack: slack?.identity }),
    http: httpProbe(),
    chats: {
      slack: slack && meteredChat(metrics, 'slack', slack.chat),
      pager: webhookPager({ catalog: catalog.current, secrets, log }),
    },
    log,
    random: (bytes) => randomBytes(bytes),
  };
  const close = async () => {
    catalog.close();
    await clusters?.close();
  };
  return { world, slack, doorbell, close };
}

/** Gateways hold no cluster credentials: they never look at one. */
const noClusters: Pick<OpenClusters, 'get'> = { get: () => undefined };

const follow = (clusters: OpenClusters | undefined, changed: Catalog, log: Log): void =>
  void clusters
    ?.follow(changed)
    .catch((err: unknown) => log.error({ err }, 'the clusters of the changed catalog could not be opened'));
