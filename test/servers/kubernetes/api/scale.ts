import { isRecord } from '../json.ts';
import type { Fields, KubeObject, Workload } from '../object.ts';
import { ApiError } from './api-error.ts';

/** A workload seen through its scale subresource. */
export function scaleOf(workload: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = workload.metadata;
  const { spec, status } = workload as Workload;
  const labels = Object.entries(spec.selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec.replicas ?? 0 },
    status: { replicas: status?.replicas ?? 0, selector: labels.join(',') },
  };
}

/** The merge patch that a written scale means for its workload. Errors: 422 when it names no number. */
export function scalePatch(body: unknown): Fields {
  const replicas = isRecord(body) && isRecord(body.spec) ? body.spec.replicas : undefined;
  if (typeof replicas !== 'number')
    throw new ApiError(422, 'Invalid', 'Scale.autoscaling is invalid: spec.replicas: Required value');
  const version = isRecord(body) && isRecord(body.metadata) ? body.metadata.resourceVersion : undefined;
  return {
    spec: { replicas },
    ...(typeof version === 'string' && version && { metadata: { resourceVersion: version } }),
  };
}
