import type { Cluster } from '../cluster.ts';
import { canonical, equal, nameHash } from '../json.ts';
import { controlledBy, type KubeObject, type Labels, type PodTemplate, type Workload } from '../object.ts';

export interface ControllerRevision extends KubeObject {
  revision: number;
  data: { spec: { template: PodTemplate & { $patch: 'replace' } } };
}

/** The ControllerRevision of the workload's template, made or made the newest again when needed. */
export function updateRevision(cluster: Cluster, workload: Workload): ControllerRevision {
  const known = revisionsOf(cluster, workload);
  const newest = known.at(-1);
  const data = { spec: { template: { ...workload.spec.template, $patch: 'replace' as const } } };
  const same = known.find((entry) => equal(entry.data, data));
  if (same && same === newest) return same;
  const revision = (newest?.revision ?? 0) + 1;
  if (same) return cluster.store.put<ControllerRevision>('controllerrevisions', { ...same, revision });
  const { name, namespace } = workload.metadata;
  const hash = nameHash(canonical(data), 10);
  return cluster.store.put<ControllerRevision>('controllerrevisions', {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      uid: cluster.chance.uid(),
      resourceVersion: '',
      creationTimestamp: cluster.clock.stamp(),
      labels: { ...workload.spec.template.metadata?.labels, [revisionHashLabel(workload)]: hash },
      annotations: withoutLastApplied(workload.metadata.annotations),
      ownerReferences: [controlledBy(workload)],
    },
    data,
    revision,
  });
}

/** DaemonSets label a ControllerRevision as they label its pods; StatefulSets use a label of history's own. */
const revisionHashLabel = ({ kind }: { kind: string }): string =>
  kind === 'DaemonSet' ? 'controller-revision-hash' : 'controller.kubernetes.io/hash';

/** What a controller copies of a workload's annotations onto the revision that it makes. */
export function withoutLastApplied(annotations: Labels | undefined): Labels {
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...rest } = annotations ?? {};
  return rest;
}

export const revisionsOf = (cluster: Cluster, workload: Workload): ControllerRevision[] =>
  cluster.store.controlled<ControllerRevision>(workload, 'ControllerRevision').sort((a, b) => a.revision - b.revision);

/** Keeps revisionHistoryLimit revisions besides those in use. */
export function forgetOldRevisions(cluster: Cluster, workload: Workload, inUse: ReadonlySet<string>): void {
  const idle = revisionsOf(cluster, workload).filter(({ metadata }) => !inUse.has(metadata.name));
  const surplus = idle.length - (workload.spec.revisionHistoryLimit ?? 10);
  for (const entry of idle.slice(0, Math.max(0, surplus))) cluster.store.remove('controllerrevisions', entry);
}
