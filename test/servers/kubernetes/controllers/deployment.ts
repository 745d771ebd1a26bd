import type { Again, Cluster } from '../cluster.ts';
import { canonical, equal, nameHash } from '../json.ts';
import { controlledBy, type Labels, type Pod, type PodTemplate, type Workload } from '../object.ts';
import { limits, type Sets, wanted } from './deployment-size.ts';
import { writeDeploymentStatus } from './deployment-status.ts';
import { say } from './pod-control.ts';
import { reconcileReplicaSet } from './replica-set.ts';
import { withoutLastApplied } from './revisions.ts';

const component = 'deployment-controller';
const revisionKey = 'deployment.kubernetes.io/revision';

/** One look at a Deployment: the set for its template, then as many steps of its strategy as its pods allow. */
export function reconcileDeployment(cluster: Cluster, deployment: Workload, again: Again): void {
  if (deployment.spec.paused) scaleOnly(cluster, deployment);
  else if (deployment.spec.strategy?.type === 'Recreate') recreate(cluster, deployment);
  else roll(cluster, deployment);
  const latest = cluster.store.get<Workload>('deployments', deployment.metadata.namespace, deployment.metadata.name)!;
  writeDeploymentStatus(cluster, latest, setsOf(cluster, latest), again);
  forgetOldSets(cluster, latest);
}

export function setsOf(cluster: Cluster, deployment: Workload): Sets {
  const sets = cluster.store
    .controlled<Workload>(deployment, 'ReplicaSet')
    .sort((a, b) => revisionOf(a) - revisionOf(b));
  const wanted = templateText(deployment.spec.template);
  const current = sets.find((set) => templateText(set.spec.template) === wanted);
  return { current, old: sets.filter((set) => set !== current) };
}

const revisionOf = (set: Workload): number => Number(set.metadata.annotations?.[revisionKey] ?? 0);

/** Templates are never changed in place, so their text is worked out once. */
const texts = new WeakMap<PodTemplate, string>();

function templateText(template: PodTemplate): string {
  const text = texts.get(template) ?? canonical(bareTemplate(template));
  texts.set(template, text);
  return text;
}

function bareTemplate(template: PodTemplate): PodTemplate {
  const { 'pod-template-hash': _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** The set of the current template, made when there is none, numbered as the newest revision. */
function currentSet(cluster: Cluster, deployment: Workload): Workload {
  const { current, old } = setsOf(cluster, deployment);
  const revision = String(Math.max(0, ...old.map(revisionOf)) + 1);
  const set = current ?? newSet(cluster, deployment, revision);
  const number = String(Math.max(Number(revision), revisionOf(set)));
  annotate(cluster, 'replicasets', set, {
    ...withoutLastApplied(deployment.metadata.annotations),
    [revisionKey]: number,
  });
  annotate(cluster, 'deployments', deployment, { [revisionKey]: number });
  return cluster.store.get<Workload>('replicasets', set.metadata.namespace, set.metadata.name)!;
}

function newSet(cluster: Cluster, deployment: Workload, revision: string): Workload {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = nameHash(templateText(template), 10);
  const labels: Labels = { ...template.metadata?.labels, 'pod-template-hash': hash };
  const { name, namespace } = deployment.metadata;
  return cluster.store.put<Workload>('replicasets', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      uid: cluster.chance.uid(),
      resourceVersion: '',
      generation: 1,
      creationTimestamp: cluster.clock.stamp(),
      labels,
      annotations: { ...sizes(deployment), [revisionKey]: revision },
      ownerReferences: [controlledBy(deployment)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, 'pod-template-hash': hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  });
}

const sizes = (deployment: Workload): Labels => ({
  'deployment.kubernetes.io/desired-replicas': String(wanted(deployment)),
  'deployment.kubernetes.io/max-replicas': String(wanted(deployment) + limits(deployment).surge),
});

function annotate(cluster: Cluster, plural: string, object: Workload, annotations: Labels): void {
  const { namespace, name } = object.metadata;
  const latest = cluster.store.get<Workload>(plural, namespace, name)!;
  const all = { ...latest.metadata.annotations, ...annotations };
  if (equal(all, latest.metadata.annotations)) return;
  cluster.store.put(plural, { ...latest, metadata: { ...latest.metadata, annotations: all } });
}

const size = (set: Workload): number => set.spec.replicas ?? 0;
const total = (sets: Workload[]): number => sets.reduce((sum, set) => sum + size(set), 0);
const available = (set: Workload): number => Number(set.status?.availableReplicas ?? 0);

/** Scales a set and lets its pods follow at once, so that the next decision does not stand on old counts. */
function scale(cluster: Cluster, deployment: Workload, set: Workload, replicas: number): void {
  if (replicas === size(set)) return;
  const direction = replicas > size(set) ? 'up' : 'down';
  const metadata = {
    ...set.metadata,
    generation: (set.metadata.generation ?? 0) + 1,
    annotations: { ...set.metadata.annotations, ...sizes(deployment) },
  };
  const scaled = cluster.store.put<Workload>('replicasets', { ...set, metadata, spec: { ...set.spec, replicas } });
  say(
    cluster,
    deployment,
    component,
    'ScalingReplicaSet',
    `Scaled ${direction} replica set ${set.metadata.name} to ${replicas}`,
  );
  reconcileReplicaSet(cluster, scaled);
}

/** A paused Deployment keeps its sets, but its size is still honoured; the largest set takes the difference. */
function scaleOnly(cluster: Cluster, deployment: Workload): void {
  const { current, old } = setsOf(cluster, deployment);
  const sets = [...old, ...(current ? [current] : [])].filter((set) => size(set) > 0);
  const largest = sets.sort((a, b) => size(b) - size(a))[0];
  const allowed = wanted(deployment) + (sets.length > 1 ? limits(deployment).surge : 0);
  const asked = Number(largest?.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'] ?? 0);
  if (largest && asked !== wanted(deployment))
    scale(cluster, deployment, largest, Math.max(0, size(largest) + allowed - total(sets)));
}

function recreate(cluster: Cluster, deployment: Workload): void {
  const { old } = setsOf(cluster, deployment);
  const running = old.some((set) => cluster.store.controlled<Pod>(set, 'Pod').length > 0);
  for (const set of old) scale(cluster, deployment, set, 0);
  if (!running) scale(cluster, deployment, currentSet(cluster, deployment), wanted(deployment));
}

function roll(cluster: Cluster, deployment: Workload): void {
  growCurrent(cluster, deployment, currentSet(cluster, deployment));
  shrinkOld(cluster, deployment);
}

function growCurrent(cluster: Cluster, deployment: Workload, current: Workload): void {
  const { old } = setsOf(cluster, deployment);
  const room = wanted(deployment) + limits(deployment).surge - total([...old, current]);
  const more = Math.max(0, Math.min(room, wanted(deployment) - size(current)));
  scale(cluster, deployment, current, Math.min(size(current) + more, wanted(deployment)));
}

/** Broken old pods go first, then healthy ones as far as maxUnavailable allows. */
function shrinkOld(cluster: Cluster, deployment: Workload): void {
  const { current, old } = setsOf(cluster, deployment);
  if (!current || total(old) === 0) return;
  const least = wanted(deployment) - limits(deployment).unavailable;
  let room = total([...old, current]) - least - Math.max(0, size(current) - available(current));
  for (const set of old) {
    const broken = Math.max(0, Math.min(room, size(set) - available(set)));
    room -= broken;
    scale(cluster, deployment, set, size(set) - broken);
  }
  const fresh = setsOf(cluster, deployment);
  let spare = Math.min(room, [...fresh.old, current].reduce((sum, set) => sum + available(set), 0) - least);
  for (const set of fresh.old) {
    const less = Math.max(0, Math.min(spare, size(set)));
    spare -= less;
    scale(cluster, deployment, set, size(set) - less);
  }
}

function forgetOldSets(cluster: Cluster, deployment: Workload): void {
  const empty = setsOf(cluster, deployment).old.filter((set) => size(set) === 0 && set.status?.replicas === 0);
  const surplus = empty.length - (deployment.spec.revisionHistoryLimit ?? 10);
  for (const set of empty.slice(0, Math.max(0, surplus))) cluster.store.remove('replicasets', set);
}
