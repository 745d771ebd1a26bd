import type { Cluster } from '../cluster.ts';
import type { Fields, ManagedFieldsEntry, Workload } from '../object.ts';

const manager = 'kube-controller-manager';

/** A workload with a new status, and the controller manager's entry for it in managedFields. */
export function withStatus(cluster: Cluster, workload: Workload, status: Fields): Workload {
  const revision = 'deployment.kubernetes.io/revision';
  const annotated = workload.metadata.annotations?.[revision] !== undefined;
  const entry: ManagedFieldsEntry = {
    manager,
    operation: 'Update',
    apiVersion: workload.apiVersion,
    time: cluster.clock.stamp(),
    fieldsType: 'FieldsV1',
    fieldsV1: {
      ...(annotated && { 'f:metadata': { 'f:annotations': { [`f:${revision}`]: {} } } }),
      'f:status': Object.fromEntries(Object.keys(status).map((key) => [`f:${key}`, {}])),
    },
    subresource: 'status',
  };
  const others = (workload.metadata.managedFields ?? []).filter((other) => other.manager !== manager);
  return { ...workload, status, metadata: { ...workload.metadata, managedFields: [...others, entry] } };
}
