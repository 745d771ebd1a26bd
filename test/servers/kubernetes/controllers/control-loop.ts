import type { Again, Cluster } from '../cluster.ts';
import { controllerOf, type KubeObject, type Workload } from '../object.ts';
import { resourceOfKind } from '../resources.ts';
import type { Change } from '../store.ts';
import { reconcileDaemonSet } from './daemon-set.ts';
import { reconcileDeployment } from './deployment.ts';
import { reconcileReplicaSet } from './replica-set.ts';
import { reconcileStatefulSet } from './stateful-set.ts';

type Reconcile = (cluster: Cluster, object: Workload, again: Again) => void;

const reconcilers: { [plural: string]: Reconcile } = {
  deployments: reconcileDeployment,
  replicasets: reconcileReplicaSet,
  statefulsets: reconcileStatefulSet,
  daemonsets: reconcileDaemonSet,
};

/** Every change of an object puts it and its controller on one queue; each is looked at once per turn. */
export function startControlLoop(cluster: Cluster): void {
  const dirty = new Map<string, () => void>();
  const mark = (plural: string, namespace: string | undefined, name: string) => {
    const key = `${plural} ${namespace}/${name}`;
    if (dirty.has(key)) return;
    if (dirty.size === 0) cluster.clock.after(0, drain);
    dirty.set(key, () => reconcile(plural, namespace, name));
  };
  const drain = () => {
    const turn = [...dirty.values()];
    dirty.clear();
    for (const look of turn) look();
  };
  const reconcile = (plural: string, namespace: string | undefined, name: string) => {
    const object = cluster.store.get<Workload>(plural, namespace, name);
    const again = (ms: number) => cluster.clock.after(ms, () => mark(plural, namespace, name));
    if (object) reconcilers[plural]!(cluster, object, again);
  };
  cluster.store.subscribe((change) => {
    for (const { plural, object } of concerned(cluster, change))
      mark(plural, object.metadata.namespace, object.metadata.name);
  });
}

interface Concern {
  plural: string;
  object: KubeObject;
}

/**
 * The object itself and everything that controls it, up to the top: a Deployment that recreates waits for the end of
 * pods that its ReplicaSet no longer counts.
 */
function concerned(cluster: Cluster, { plural, object, type }: Change): Concern[] {
  if (plural === 'nodes') return cluster.store.list('daemonsets').map((set) => ({ plural: 'daemonsets', object: set }));
  const own = reconcilers[plural] && type !== 'DELETED' ? [{ plural, object }] : [];
  return [...own, ...controllersOf(cluster, object)];
}

function controllersOf(cluster: Cluster, object: KubeObject): Concern[] {
  const owner = controllerOf(object);
  const plural = owner && resourceOfKind(owner.kind)?.plural;
  const found = plural && reconcilers[plural] && cluster.store.get(plural, object.metadata.namespace, owner.name);
  return found ? [{ plural, object: found }, ...controllersOf(cluster, found)] : [];
}
