import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workloads as resources } from '../../adapters/kubernetes/resource.ts';
import { eventually, Hands } from '../servers/cluster.ts';
import { type Chance, seededChance } from '../servers/kubernetes/chance.ts';
import type { Faults } from '../servers/kubernetes/faults.ts';
import { type RedisServer, startRedis } from '../servers/redis.ts';
import { type StandInRegistry, startRegistry } from '../servers/registry.ts';
import type { Cleanup } from './cleanup.ts';
import { type ClusterLog, standInLog, watchedLog } from './cluster-log.ts';
import { type Estate, makeEstate, manifestOf } from './estate.ts';
import { type Process, startProcess } from './process.ts';

/** Everything around the processes under test: it survives their faults, and its logs judge them. */
export interface Lab {
  folder: string;
  chance: Chance;
  redis: RedisServer;
  registry: StandInRegistry;
  estate: Estate;
  hands: Hands;
  log: ClusterLog;
  kubeconfig: string;
  /** Address of the stand-in API server; a real one has only its kubeconfig. */
  apiUrl?: string;
  /** Replaces the API server's faults; says false when this one takes none. */
  faults(faults: Faults): Promise<boolean>;
}

export interface LabOptions {
  seed: string;
  releases: number;
  /** A real API server; else the stand-in is started. */
  kubeconfig?: string;
}

const namespaces = { group: '', version: 'v1', plural: 'namespaces' };

export async function openLab({ seed, releases, kubeconfig: real }: LabOptions, cleanup: Cleanup): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), `re-chaos-${seed}-`));
  cleanup.add((keep) => keep || rm(folder, { recursive: true, force: true }));
  const redis = await startRedis();
  cleanup.add(() => redis.stop());
  const registry = await startRegistry();
  cleanup.add(() => registry.close());
  const api = real ? undefined : await startApi(folder, seed);
  if (api) cleanup.add(() => stopped(api.process));
  const kubeconfig = real ?? join(folder, 'kubeconfig');
  const prefix = real ? `chaos-${Date.now().toString(36)}-` : '';
  const estate = makeEstate({ registry, kubeconfig, services: releases < 60 ? 5 : 15, prefix });
  await writeFile(join(folder, 'release.yaml'), estate.catalog);
  const hands = new Hands({ kubeconfig });
  cleanup.add(() => hands.client.close());
  if (real) cleanup.add(() => removeNamespaces(hands, estate));
  await createAll(hands, estate);
  const log = api ? standInLog(api.mutations) : await watchedLog(hands, estate);
  cleanup.add(() => log.close());
  return {
    folder,
    chance: seededChance(seed),
    redis,
    registry,
    estate,
    hands,
    log,
    kubeconfig,
    apiUrl: api?.process.url(),
    faults: (all) => (api ? api.faults(all) : Promise.resolve(false)),
  };
}

async function startApi(folder: string, seed: string) {
  const mutations = join(folder, 'mutations.jsonl');
  await writeFile(mutations, '');
  const kubeconfig = join(folder, 'kubeconfig');
  const args = ['--log', mutations, '--kubeconfig', kubeconfig, '--seed', seed];
  const script = 'test/chaos/api-server.ts';
  const process = startProcess({ name: 'api-server', script, args, env: {}, log: join(folder, 'api-server.log') });
  if ((await process.ready) === undefined)
    throw new Error(`the API server did not start:\n${await readFile(join(folder, 'api-server.log'), 'utf8')}`);
  const faults = async (all: Faults): Promise<boolean> => {
    const body = JSON.stringify({ faults: all });
    const answer = await fetch(`${process.url()}/__control`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`the API server takes no faults: ${await answer.text()}`);
    return true;
  };
  return { process, mutations, faults };
}

async function stopped(process: Process): Promise<void> {
  process.kill();
  await process.exited;
}

/** Every workload, settled before anybody touches it. */
async function createAll(hands: Hands, { workloads }: Estate): Promise<void> {
  for (const name of new Set(workloads.map(({ namespace }) => namespace)))
    await hands.create(namespaces, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const one of workloads) await hands.create(resources[one.kind].resource, one.namespace, manifestOf(one));
  for (const one of workloads) {
    const settled = async () => {
      const body = await hands.read({ cluster: 'eu', ...one });
      const status = (body?.status ?? {}) as { readyReplicas?: number; numberReady?: number };
      return (status.readyReplicas ?? status.numberReady ?? 0) >= 1;
    };
    await eventually(`${one.namespace}/${one.name} to be up`, settled, 60_000);
  }
}

/** Takes away what a run made in a cluster that is not its own. */
async function removeNamespaces(hands: Hands, estate: Estate): Promise<void> {
  for (const name of new Set(estate.workloads.map(({ namespace }) => namespace)))
    await hands.client.ask({ verb: 'delete', resource: namespaces, name });
}
