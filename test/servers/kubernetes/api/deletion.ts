import { isRecord } from '../json.ts';
import type { Fields, KubeObject } from '../object.ts';
import { endPod } from '../pod-end.ts';
import { conflict, notFound, type Status } from './api-error.ts';
import type { WriteRequest, Writer } from './writes.ts';

/** DELETE. Pods end gracefully and answer with the pod; anything else is gone at once. Errors: 404, 409 precondition. */
export function remove(world: Writer, request: WriteRequest, options: Fields): KubeObject | Status {
  const { resource, namespace, name, fieldManager, userAgent } = request;
  const before = world.store.get(resource.plural, namespace, name);
  if (!before) throw notFound(resource, name);
  checkPreconditions(request, before, options.preconditions);
  if (request.dryRun) return before;
  world.mutations.record({ verb: 'delete', before, fieldManager, userAgent });
  if (resource.plural === 'pods') return endPod(world, before, options.gracePeriodSeconds === 0);
  if (options.propagationPolicy === 'Orphan') orphan(world, before);
  world.store.remove(resource.plural, before);
  return succeeded(request, before);
}

function checkPreconditions({ resource, name }: WriteRequest, before: KubeObject, given: unknown): void {
  if (!isRecord(given)) return;
  for (const key of ['uid', 'resourceVersion'] as const) {
    const what = key === 'uid' ? 'UID' : 'ResourceVersion';
    if (given[key] !== undefined && given[key] !== before.metadata[key])
      throw conflict(
        resource,
        name,
        `Precondition failed: ${what} in precondition: ${String(given[key])}, ${what} in object meta: ${before.metadata[key]}`,
      );
  }
}

function orphan(world: Writer, owner: KubeObject): void {
  for (const plural of ['replicasets', 'pods', 'controllerrevisions'])
    for (const child of world.store.list(plural, owner.metadata.namespace)) {
      const ownerReferences = child.metadata.ownerReferences?.filter(({ uid }) => uid !== owner.metadata.uid);
      if (ownerReferences?.length !== child.metadata.ownerReferences?.length)
        world.store.put(plural, { ...child, metadata: { ...child.metadata, ownerReferences } });
    }
}

function succeeded({ resource, name }: WriteRequest, { metadata }: KubeObject): Status {
  const details = { name, ...(resource.group && { group: resource.group }), kind: resource.plural, uid: metadata.uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
