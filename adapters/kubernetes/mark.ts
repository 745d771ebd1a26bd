import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { ClusterChange, Workload } from '../../src/ports.ts';

const prefix = 'release-engineer.dev/';
export const allowOwner = `${prefix}allow-owner`;

/** Our annotations on an object. A fence that is not a number counts as none. */
export function readMark(metadata: V1ObjectMeta | undefined): Workload['mark'] {
  const annotation = (name: string) => metadata?.annotations?.[prefix + name];
  const fence = Number(annotation('fence') ?? 0);
  return { release: annotation('release'), op: annotation('op'), fence: Number.isSafeInteger(fence) ? fence : 0 };
}

/** Annotations of the object (never of the pod template: that would restart every pod). */
export function withMark(annotations: Record<string, string> | undefined, change: ClusterChange) {
  return {
    ...annotations,
    [`${prefix}release`]: change.release,
    [`${prefix}op`]: change.op,
    [`${prefix}fence`]: String(change.fence),
    [`${prefix}plan-hash`]: change.planHash,
  };
}
