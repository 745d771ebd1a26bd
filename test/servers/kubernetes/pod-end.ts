import type { Clock } from './clock.ts';
import type { KubeObject } from './object.ts';
import type { Store } from './store.ts';

/** Starts the end of a pod: the kubelet stops its containers and removes it. `now` skips the grace period. */
export function endPod(world: { store: Store; clock: Clock }, pod: KubeObject, now = false): KubeObject {
  if (now) {
    world.store.remove('pods', pod);
    return pod;
  }
  if (pod.metadata.deletionTimestamp) return pod;
  const metadata = { ...pod.metadata, deletionTimestamp: world.clock.stamp(), deletionGracePeriodSeconds: 30 };
  return world.store.put('pods', { ...pod, metadata });
}
