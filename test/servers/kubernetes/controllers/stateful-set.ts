import type { Again, Cluster } from '../cluster.ts';
import { equal } from '../json.ts';
import type { Pod, Workload } from '../object.ts';
import { withStatus } from './managed-status.ts';
import { countPods, createPod, deletePod, isEnding, msToAvailable, withoutZeros } from './pod-control.ts';
import { type ControllerRevision, forgetOldRevisions, revisionsOf, updateRevision } from './revisions.ts';

const component = 'statefulset-controller';
const hashLabel = 'controller-revision-hash';

interface View {
  cluster: Cluster;
  set: Workload;
  current: ControllerRevision;
  update: ControllerRevision;
  replicas: number;
  ordered: boolean;
}

/** One look at a StatefulSet: at most one change when its pods are ordered. */
export function reconcileStatefulSet(cluster: Cluster, set: Workload, again: Again): void {
  const update = updateRevision(cluster, set);
  const known = revisionsOf(cluster, set);
  const current = known.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
  const ordered = set.spec.podManagementPolicy !== 'Parallel';
  const view = { cluster, set, current, update, replicas: set.spec.replicas ?? 1, ordered };
  if (keepPods(view) && removeSurplus(view)) replaceOutdated(view);
  writeStatus(view, again);
}

const podsOf = ({ cluster, set }: View): Pod[] => cluster.store.controlled<Pod>(set, 'Pod');
const ordinalOf = (pod: Pod): number => Number(pod.metadata.name.slice(pod.metadata.name.lastIndexOf('-') + 1));
const revisionOf = (pod: Pod): string => pod.metadata.labels?.[hashLabel] ?? '';
const isAvailable = ({ cluster, set }: View, pod: Pod): boolean =>
  msToAvailable(cluster, pod, set.spec.minReadySeconds) === 0;
const partitionOf = ({ set }: View): number => set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;

/**
 * Makes missing pods, lowest first. Ordered pods wait for each other, so a pod that never becomes ready stops
 * everything here, even when the template has been put right: only a person (or we) deleting it helps.
 * Returns whether to go on.
 */
function keepPods(view: View): boolean {
  const pods = podsOf(view);
  for (let ordinal = 0; ordinal < view.replicas; ordinal++) {
    const pod = pods.find((each) => ordinalOf(each) === ordinal);
    if (!pod) create(view, ordinal);
    if (view.ordered && (!pod || isEnding(pod) || !isAvailable(view, pod))) return false;
  }
  return true;
}

function create({ cluster, set, current, update, ...view }: View, ordinal: number): void {
  const revision = ordinal < (set.spec.updateStrategy?.rollingUpdate?.partition ?? 0) ? current : update;
  const { $patch: _patch, ...template } = revision.data.spec.template;
  const name = `${set.metadata.name}-${ordinal}`;
  const labels = {
    [hashLabel]: revision.metadata.name,
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': String(ordinal),
  };
  if (view.replicas > ordinal) createPod(cluster, set, template, { name, labels, component });
}

function removeSurplus(view: View): boolean {
  const surplus = podsOf(view)
    .filter((pod) => ordinalOf(pod) >= view.replicas)
    .sort((a, b) => ordinalOf(b) - ordinalOf(a));
  for (const pod of surplus) {
    if (!isEnding(pod)) deletePod(view.cluster, view.set, pod, component);
    if (view.ordered) return false;
  }
  return true;
}

/** Replaces one pod of an older revision, highest first, and waits until each is available again. */
function replaceOutdated(view: View): void {
  if (view.set.spec.updateStrategy?.type === 'OnDelete') return;
  const pods = podsOf(view);
  for (let ordinal = view.replicas - 1; ordinal >= partitionOf(view); ordinal--) {
    const pod = pods.find((each) => ordinalOf(each) === ordinal);
    if (!pod || isEnding(pod)) return;
    const isOutdated = revisionOf(pod) !== view.update.metadata.name;
    if (isOutdated) deletePod(view.cluster, view.set, pod, component);
    if (isOutdated || !isAvailable(view, pod)) return;
  }
}

function writeStatus(view: View, again: Again): void {
  const { cluster, set, replicas } = view;
  const pods = podsOf(view).filter((pod) => !isEnding(pod));
  const { ready, available, nextMs } = countPods(cluster, pods, set.spec.minReadySeconds);
  if (Number.isFinite(nextMs)) again(nextMs);
  const of = (revision: ControllerRevision) => pods.filter((pod) => revisionOf(pod) === revision.metadata.name).length;
  const isComplete = of(view.update) === replicas && ready === replicas && pods.length === replicas;
  const current = isComplete ? view.update : view.current;
  const status = {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    availableReplicas: available,
    ...withoutZeros({ readyReplicas: ready, currentReplicas: of(current), updatedReplicas: of(view.update) }),
    currentRevision: current.metadata.name,
    updateRevision: view.update.metadata.name,
    collisionCount: 0,
  };
  if (!equal(status, set.status)) cluster.store.put('statefulsets', withStatus(cluster, set, status));
  const inUse = [current.metadata.name, view.update.metadata.name, ...podsOf(view).map(revisionOf)];
  forgetOldRevisions(cluster, set, new Set(inUse));
}
