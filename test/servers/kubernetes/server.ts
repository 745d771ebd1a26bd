import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Denial } from './api/access.ts';
import { Watches } from './api/watches.ts';
import { seededChance } from './chance.ts';
import { startClock } from './clock.ts';
import type { Cluster, Pace } from './cluster.ts';
import { type Control, control } from './control.ts';
import { startControlLoop } from './controllers/control-loop.ts';
import { startEndpoints } from './controllers/endpoints.ts';
import { startGarbageCollector } from './controllers/garbage.ts';
import { FaultPlan, type Faults } from './faults.ts';
import { answerer } from './front.ts';
import { kubeconfigFor } from './kubeconfig.ts';
import { Images } from './kubelet/images.ts';
import { startKubelet } from './kubelet/kubelet.ts';
import { startScheduler } from './kubelet/scheduler.ts';
import { type Mutation, MutationLog } from './mutations.ts';
import { putNodes } from './nodes.ts';
import { newStats, type Stats } from './stats.ts';
import { Store } from './store.ts';

export interface KubernetesOptions extends Partial<Pace> {
  /** 0 asks the kernel for a free one. */
  port?: number;
  /** Names, uids and faults follow from it. Default 1. */
  seed?: number | string;
  nodes?: number;
  /** JSON lines file that every mutation is appended to. */
  log?: string;
  faults?: Faults;
  /** How often a watch that asked for bookmarks gets one, ms. Default 1000. */
  bookmarkMs?: number;
  /** How many changes a watch can go back before 410 Gone. Default 5000. */
  history?: number;
  /** How far the API server's clock is ahead of this machine's, ms. */
  skewMs?: number;
  deny?: Denial[];
  /** Group versions that answer 404: `autoscaling/v2`. */
  absent?: string[];
  /** Whether a dry run also refuses unreadable image references and unknown containers (default), as a policy would. */
  strictDryRun?: boolean;
}

export interface Kubernetes {
  url: string;
  kubeconfig: string;
  control(change: Control): void;
  stats(): Stats;
  mutations(): readonly Mutation[];
  /** Direct sight of what is stored, for tests that must not use the API they test. */
  store: Store;
  close(): Promise<void>;
}

/** Starts the stand-in API server with its simulated controllers on 127.0.0.1. */
export async function startKubernetes(options: KubernetesOptions = {}): Promise<Kubernetes> {
  const cluster = newCluster(options);
  const { store, clock } = cluster;
  const faults = new FaultPlan();
  faults.set({ seed: options.seed ?? 1, ...options.faults });
  const watches = new Watches({ store, clock, bookmarkMs: options.bookmarkMs ?? 1000 });
  const mutations = new MutationLog(() => clock.now(), options.log);
  const settings = { deny: options.deny ?? [], absent: options.absent ?? [] };
  const stats = newStats(faults, watches);
  startControllers(cluster, options.nodes ?? 2);
  const world = { ...cluster, faults, watches, mutations, settings, stats, strictDryRun: options.strictDryRun ?? true };
  const server = createServer({ keepAliveTimeout: 60_000 }, answerer(world));
  const url = await listen(server, options.port ?? 0);
  const close = () => {
    clock.stop();
    return stop(server);
  };
  const change = (given: Control) => control(world, given);
  return {
    url,
    kubeconfig: kubeconfigFor(url),
    control: change,
    stats: stats.read,
    mutations: () => mutations.entries,
    store,
    close,
  };
}

function newCluster({
  seed = 1,
  skewMs,
  history = 5000,
  readyMs = 30,
  backoffMs = 100,
  terminateMs = 10,
}: KubernetesOptions): Cluster {
  const pace: Pace = { readyMs, backoffMs, terminateMs };
  return {
    store: new Store(history),
    clock: startClock(skewMs),
    chance: seededChance(seed),
    images: new Images(),
    pace,
  };
}

function startControllers(cluster: Cluster, nodes: number): void {
  startScheduler(cluster);
  startKubelet(cluster);
  startControlLoop(cluster);
  startGarbageCollector(cluster);
  startEndpoints(cluster);
  putNodes(cluster, nodes);
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
