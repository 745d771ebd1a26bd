import type {
  CoreV1Event,
  V1ControllerRevision,
  V1DaemonSet,
  V1Deployment,
  V1Node,
  V1ObjectMeta,
  V1Pod,
  V1ReplicaSet,
  V1StatefulSet,
} from '@kubernetes/client-node';
import { instant } from './rollout-clock.ts';

interface Around {
  controllerRevisions?: V1ControllerRevision[];
  pods: V1Pod[];
  events: CoreV1Event[];
  /** Absent: not allowed to read nodes; node trouble is then seen only by what it does to pods. */
  nodes?: V1Node[];
}

/** A workload and what the cluster says around it. May hold objects of other workloads: they are told apart by owner. */
export type RolloutObjects =
  | ({ kind: 'Deployment'; workload: V1Deployment; replicaSets: V1ReplicaSet[] } & Around)
  | ({ kind: 'StatefulSet'; workload: V1StatefulSet } & Around)
  | ({ kind: 'DaemonSet'; workload: V1DaemonSet } & Around);

/** What runs the new revision, and what does not. */
export interface Sides {
  /** Whether the controller has seen the spec that we judge. Before that its status is about the past. */
  observed: boolean;
  /** The revision's number; its hash where the number is not known. */
  revision?: string;
  /** The new ReplicaSet, for a Deployment. */
  replicaSet?: V1ReplicaSet;
  isNew: (pod: V1Pod) => boolean;
  isOurs: (pod: V1Pod) => boolean;
}

/** Tells the pods of the newest revision from older ones by owner uid and revision hash. */
export function sidesOf(objects: RolloutObjects): Sides {
  const { metadata, status } = objects.workload;
  const observed = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  if (objects.kind === 'Deployment') return deploymentSides(objects.workload, objects.replicaSets, observed);
  const isOurs = (pod: V1Pod) => owns(metadata, pod.metadata);
  const hash = observed ? newHash(objects) : undefined;
  const revision = objects.controllerRevisions?.find((r) => owns(metadata, r.metadata) && hashOf(r) === hash)?.revision;
  const isNew = (pod: V1Pod) => isOurs(pod) && hash !== undefined && hash === podHash(objects, pod);
  return { observed, revision: revision === undefined ? hash : String(revision), isOurs, isNew };
}

function deploymentSides(deployment: V1Deployment, all: V1ReplicaSet[], observed: boolean): Sides {
  const sets = all.filter((rs) => owns(deployment.metadata, rs.metadata));
  const replicaSet = newReplicaSet(deployment, sets, observed);
  return {
    observed,
    revision: revisionOf(replicaSet),
    replicaSet,
    isOurs: (pod) => sets.some((rs) => owns(rs.metadata, pod.metadata)),
    isNew: (pod) => replicaSet !== undefined && owns(replicaSet.metadata, pod.metadata),
  };
}

/**
 * As the Deployment controller does: the oldest ReplicaSet whose template is the Deployment's, hash label apart. Where
 * none is equal (one stored before the server learnt a default), the highest revision, but only once it is observed.
 */
function newReplicaSet(deployment: V1Deployment, sets: V1ReplicaSet[], observed: boolean): V1ReplicaSet | undefined {
  const equal = sets.filter((rs) => same(withoutHash(rs.spec?.template), withoutHash(deployment.spec?.template)));
  const oldest = equal.sort((a, b) => createdAt(a) - createdAt(b))[0];
  if (oldest || !observed) return oldest;
  const wanted = revisionOf(deployment);
  return sets.find((rs) => wanted !== undefined && revisionOf(rs) === wanted);
}

const createdAt = (rs: V1ReplicaSet) => instant(rs.metadata?.creationTimestamp) ?? 0;

const revisionOf = (object: { metadata?: V1ObjectMeta } | undefined): string | undefined =>
  object?.metadata?.annotations?.['deployment.kubernetes.io/revision'];

function newHash(objects: Exclude<RolloutObjects, { kind: 'Deployment' }>): string | undefined {
  if (objects.kind === 'StatefulSet') return objects.workload.status?.updateRevision;
  const { metadata } = objects.workload;
  const mine = objects.controllerRevisions?.filter((r) => owns(metadata, r.metadata)) ?? [];
  const newest = [...mine].sort((a, b) => b.revision - a.revision)[0];
  return newest ? hashOf(newest) : metadata?.annotations?.['deprecated.daemonset.template.generation'];
}

const hashOf = (revision: V1ControllerRevision): string | undefined =>
  revision.metadata?.labels?.['controller-revision-hash'] ?? revision.metadata?.name;

/** Without ControllerRevisions a DaemonSet's pods still carry the generation of their template. */
function podHash(objects: RolloutObjects, pod: V1Pod): string | undefined {
  const byGeneration = objects.kind === 'DaemonSet' && !objects.controllerRevisions?.length;
  return pod.metadata?.labels?.[byGeneration ? 'pod-template-generation' : 'controller-revision-hash'];
}

const owns = (owner: V1ObjectMeta | undefined, object: V1ObjectMeta | undefined): boolean =>
  owner?.uid !== undefined && (object?.ownerReferences ?? []).some((ref) => ref.controller && ref.uid === owner.uid);

function withoutHash(template: { metadata?: V1ObjectMeta; spec?: unknown } | undefined): unknown {
  const { 'pod-template-hash': _, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels, creationTimestamp: undefined } };
}

/** Equal as the API means it: absent, null and undefined are one. */
function same(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? undefined) === (b ?? undefined)) return true;
  if (a instanceof Date || b instanceof Date) return String(a) === String(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => same(left[key], right[key]));
}
