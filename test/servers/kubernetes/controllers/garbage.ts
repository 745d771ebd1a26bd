import type { Cluster } from '../cluster.ts';
import { endPod } from '../pod-end.ts';
import { resourceOfKind } from '../resources.ts';

const kinds = ['ReplicaSet', 'ControllerRevision', 'Pod'];

/** What was controlled by a deleted object goes too (background deletion). */
export function startGarbageCollector(cluster: Cluster): void {
  cluster.store.subscribe(({ type, object }) => {
    if (type === 'DELETED') cluster.clock.after(0, () => collect(cluster, object));
  });
}

function collect(cluster: Cluster, owner: Parameters<Cluster['store']['controlled']>[0]): void {
  for (const kind of kinds)
    for (const child of cluster.store.controlled(owner, kind)) {
      if (kind === 'Pod') endPod(cluster, child);
      else cluster.store.remove(resourceOfKind(kind)!.plural, child);
    }
}
