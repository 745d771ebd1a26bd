import type { Catalog, ClusterAccess } from '../config/catalog.ts';
import type { SecretReader } from '../config/secrets.ts';
import { TerminalError } from '../errors.ts';
import type { Cluster, Clusters, Log } from '../ports.ts';
import { canonicalJson } from '../release/plan.ts';
import { type Closable, openAgain } from './open-again.ts';

export interface OpenClusters extends Clusters {
  /** Opens what a changed catalog adds, and closes what it takes away. */
  follow(catalog: Catalog): Promise<void>;
  close(): Promise<void>;
}

export interface ClusterOptions {
  secrets: SecretReader;
  /** KUBECONFIG, for clusters that name only a context. */
  kubeconfig?: string;
  log: Log;
  onRequest?: (cluster: string, verb: string, resource: string) => void;
}

/** One client set per cluster. A cluster that cannot be opened makes only its own releases wait. */
export async function openClusters(catalog: Catalog, options: ClusterOptions): Promise<OpenClusters> {
  // Only workers hold cluster credentials, and the client takes two seconds to load: gateways never do.
  const { kubernetesCluster } = await import('../../adapters/kubernetes/cluster.ts');
  const open = new Map<string, { access: string; cluster: Closable }>();
  const openOne = async (name: string, access: ClusterAccess): Promise<Closable> =>
    kubernetesCluster({
      name,
      access: await accessOf(access, options),
      onRequest: (verb, resource) => options.onRequest?.(name, verb, resource),
      onTrouble: (err) => options.log.warn({ err, cluster: name }, 'a watch failed; it comes back by itself'),
    });
  const make = async (name: string, access: ClusterAccess): Promise<void> => {
    const key = canonicalJson(access);
    const before = open.get(name);
    if (before?.access === key) return;
    const attempt = () => openOne(name, access).catch((err: unknown) => Promise.reject(unusable(name, err)));
    open.set(name, { access: key, cluster: await openAgain(attempt, { cluster: name, log: options.log }) });
    await before?.cluster.close();
  };
  const follow = async ({ clusters }: Catalog): Promise<void> => {
    for (const [name, { cluster }] of open) {
      if (clusters[name]) continue;
      open.delete(name);
      await cluster.close();
    }
    await Promise.all(Object.entries(clusters).map(([name, access]) => make(name, access)));
  };
  await follow(catalog);
  return {
    get: (name): Cluster | undefined => open.get(name)?.cluster,
    follow,
    close: async () => void (await Promise.allSettled([...open.values()].map(({ cluster }) => cluster.close()))),
  };
}

async function accessOf(access: ClusterAccess, { secrets, kubeconfig }: ClusterOptions) {
  if (access.inCluster) return { inCluster: true };
  const content = access.kubeconfig && (await secrets.read(access.kubeconfig)).reveal();
  return { content, kubeconfig: content === undefined ? kubeconfig : undefined, context: access.context };
}

/** Of several clusters, people must know which one, and what to do about it. */
function unusable(name: string, err: unknown): TerminalError {
  const why = (err instanceof Error ? err.message : String(err)).replace(/\.$/, '');
  const fix = err instanceof TerminalError ? `: ${err.hint}` : '.';
  return new TerminalError(
    'misconfigured',
    `the cluster ${name} cannot be used: ${why}`,
    `Correct \`clusters.${name}\` of the catalog, or what it names${fix}`,
    err,
  );
}
