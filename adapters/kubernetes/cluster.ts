import type { JudgeContext } from '../../src/deployment/rollout.ts';
import { TerminalError } from '../../src/errors.ts';
import type { Cluster, Expectation, Observed, Workload } from '../../src/ports.ts';
import { type Place, placeKey } from '../../src/release/plan.ts';
import { Autoscalers } from './autoscaler.ts';
import { KubeClient } from './client.ts';
import { type ClusterAccess, connect, loadKubeConfig } from './connection.ts';
import { gatherEvidence } from './evidence.ts';
import { Reader, type Seen } from './reader.ts';
import { say } from './resource.ts';
import { missingRights } from './rights.ts';
import { judge } from './rollout.ts';
import { stability } from './rollout-stability.ts';
import { knowsOurWrite, takenOverBy } from './takeover.ts';
import { unstick } from './unstick.ts';
import type { WatchPace } from './watch.ts';
import { Watchers } from './watchers.ts';
import { workloadOf } from './workload.ts';
import { dryWrite, write } from './write.ts';

export interface KubernetesOptions {
  /** What the catalog calls the cluster. */
  name: string;
  access: ClusterAccess;
  /** Called once per request, for metrics. */
  onRequest?: (verb: string, resource: string) => void;
  /** Called when a watch failed; it comes back by itself. */
  onTrouble?: (error: unknown) => void;
  watchPace?: WatchPace;
  /** How long a namespace is still watched after its last release ended, ms; a minute when absent. */
  lingerMs?: number;
}

export interface KubernetesCluster extends Cluster {
  /** Ends every watch and connection. */
  close(): Promise<void>;
}

/** A Kubernetes cluster behind our port. Throws TerminalError `misconfigured` when its kubeconfig cannot be used. */
export function kubernetesCluster(options: KubernetesOptions): KubernetesCluster {
  const connection = connect(loadKubeConfig(options.access));
  const client = new KubeClient({ cluster: options.name, connection, onRequest: options.onRequest });
  const autoscalers = new Autoscalers(client);
  const { onTrouble, watchPace: pace, lingerMs } = options;
  const watchers = new Watchers({ client, onTrouble, pace, lingerMs, onLeft: (place) => reader.forget(place) });
  const reader = new Reader(client, (namespace) => watchers.cacheOf(namespace));

  const inspected = new Map<string, { at: number; workload: Workload }>();

  return {
    async inspect(place, youngerThan = 0) {
      const known = inspected.get(placeKey(place));
      if (known && performance.now() - known.at < youngerThan) return known.workload;
      const at = performance.now();
      const [seen, autoscaler] = await Promise.all([reader.plain(place), knownAutoscaler(autoscalers, place)]);
      const workload = seen && workloadOf(place, seen, autoscaler);
      if (workload) inspected.set(placeKey(place), { at, workload });
      else inspected.delete(placeKey(place));
      return workload;
    },
    dryRun: (change) => dryWrite(client, autoscalers, change),
    apply: (change) => write(client, autoscalers, change),
    async observe(place, expect, context, fresh) {
      const cached = fresh ? undefined : await reader.cached(place);
      const believed = cached && isBelievable(cached, expect) ? cached : await reader.confirmed(place);
      const seen = observed(mustExist(place, believed), expect, context);
      if (believed === cached || !isAlarming(seen)) return seen;
      return observed(mustExist(place, await reader.fresh(place)), expect, context);
    },
    unstick: async (place, expect) => unstick(client, place, mustExist(place, await reader.fresh(place)), expect),
    evidence: (place, finding, timeoutMs) =>
      gatherEvidence(client, place, finding, timeoutMs, async () => (await reader.cached(place))?.objects.pods ?? []),
    watch: (place, release, wake) => watchers.add(place, release, wake),
    unwatch: (release) => watchers.remove(release),
    missingRights: (namespaces) => missingRights(client, namespaces),
    async close() {
      await watchers.close();
      await client.close();
    },
  };
}

/** That somebody else wrote is only ever said after a fresh read, and a cache from before our own write knows nothing. */
const isBelievable = ({ objects }: Seen, expect: Expectation): boolean =>
  knowsOurWrite(objects.workload, expect) && takenOverBy(objects.workload, expect) === undefined;

/** What writes or calls a person stands on a fresh read of everything. */
const isAlarming = ({ rollout, takenOverBy, instability }: Observed): boolean =>
  rollout.state === 'doomed' || takenOverBy !== undefined || instability !== undefined;

function observed({ objects, serverTime }: Seen, expect: Expectation, context: JudgeContext): Observed {
  const now = { ...context, clusterNow: serverTime };
  return {
    rollout: judge(objects, now),
    takenOverBy: takenOverBy(objects.workload, expect),
    instability: stability(objects, now),
  };
}

function mustExist(place: Place, seen: Seen | undefined): Seen {
  if (seen) return seen;
  throw new TerminalError(
    'gone',
    `${say(place)} does not exist any more`,
    'Create it again, then ask for the release again.',
  );
}

/** Without the right to read autoscalers we look as if there were none; a write of replicas asks again, and refuses. */
async function knownAutoscaler(autoscalers: Autoscalers, place: Place): Promise<string | undefined> {
  try {
    return await autoscalers.of(place);
  } catch (error) {
    if (error instanceof TerminalError && error.code === 'forbidden') return undefined;
    throw error;
  }
}
