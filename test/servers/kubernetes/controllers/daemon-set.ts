import type { Again, Cluster } from '../cluster.ts';
import { equal } from '../json.ts';
import { suits } from '../kubelet/scheduler.ts';
import type { Pod, Workload } from '../object.ts';
import { withStatus } from './managed-status.ts';
import { countPods, createPod, deletePod, isEnding, msToAvailable, share, withoutZeros } from './pod-control.ts';
import { type ControllerRevision, forgetOldRevisions, updateRevision } from './revisions.ts';

const component = 'daemonset-controller';
const hashLabel = 'controller-revision-hash';

interface View {
  cluster: Cluster;
  set: Workload;
  hash: string;
  nodes: string[];
}

/** One pod on every node that suits; old ones are replaced as far as maxUnavailable allows. */
export function reconcileDaemonSet(cluster: Cluster, set: Workload, again: Again): void {
  const update = updateRevision(cluster, set);
  const nodes = cluster.store.list('nodes').filter((node) => suits(node, { spec: set.spec.template.spec }));
  const view = { cluster, set, hash: hashOf(update), nodes: nodes.map(({ metadata }) => metadata.name) };
  keepPods(view);
  if (set.spec.updateStrategy?.type !== 'OnDelete') replaceOutdated(view);
  writeStatus(view, again);
  forgetOldRevisions(cluster, set, new Set([update.metadata.name]));
}

const hashOf = ({ metadata }: ControllerRevision): string => metadata.labels![hashLabel]!;
const podsOf = ({ cluster, set }: View): Pod[] => cluster.store.controlled<Pod>(set, 'Pod');
const isOld = ({ hash }: View, pod: Pod): boolean => pod.metadata.labels?.[hashLabel] !== hash;

function keepPods(view: View): void {
  const pods = podsOf(view);
  for (const node of view.nodes) if (!pods.some(({ spec }) => spec.nodeName === node)) create(view, node);
  for (const pod of pods)
    if (!view.nodes.includes(pod.spec.nodeName ?? '') && !isEnding(pod))
      deletePod(view.cluster, view.set, pod, component);
}

function create({ cluster, set, hash }: View, nodeName: string): void {
  const generateName = `${set.metadata.name}-`;
  const name = generateName + cluster.chance.suffix(generateName);
  const labels = { [hashLabel]: hash, 'pod-template-generation': String(set.metadata.generation ?? 1) };
  createPod(cluster, set, set.spec.template, { name, generateName, labels, nodeName, component });
}

/** Broken old pods are replaced at once, healthy ones only while enough others are available. */
function replaceOutdated(view: View): void {
  const { cluster, set } = view;
  const live = podsOf(view).filter((pod) => !isEnding(pod));
  const isUp = (pod: Pod) => msToAvailable(cluster, pod, set.spec.minReadySeconds) === 0;
  const old = live.filter((pod) => isOld(view, pod));
  const most = Math.max(1, share(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, view.nodes.length, 'up'));
  const down = view.nodes.length - live.filter(isUp).length;
  const broken = old.filter((pod) => !isUp(pod));
  const healthy = old.filter(isUp).slice(0, Math.max(0, most - down));
  for (const pod of [...broken, ...healthy]) deletePod(cluster, set, pod, component);
}

function writeStatus(view: View, again: Again): void {
  const { cluster, set, nodes } = view;
  const pods = podsOf(view).filter((pod) => !isEnding(pod));
  const { ready, available, nextMs } = countPods(cluster, pods, set.spec.minReadySeconds);
  if (Number.isFinite(nextMs)) again(nextMs);
  const updated = pods.filter((pod) => !isOld(view, pod)).length;
  const status = {
    observedGeneration: set.metadata.generation,
    desiredNumberScheduled: nodes.length,
    currentNumberScheduled: pods.length,
    numberMisscheduled: 0,
    numberReady: ready,
    ...withoutZeros({
      updatedNumberScheduled: updated,
      numberAvailable: available,
      numberUnavailable: nodes.length - available,
    }),
  };
  if (!equal(status, set.status)) cluster.store.put('daemonsets', withStatus(cluster, set, status));
}
