import type { V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import type { Expectation } from '../../src/ports.ts';
import type { Place } from '../../src/release/plan.ts';
import type { KubeClient } from './client.ts';
import { isDeleting, isReady } from './pods.ts';
import type { Seen } from './reader.ts';
import { pods } from './resource.ts';
import { sidesOf } from './rollout-revision.ts';

/**
 * Deletes broken pods of another revision than the wanted one. An ordered StatefulSet waits for ever for such a pod to
 * become ready before it replaces it (kubernetes/kubernetes#67250): only deleting it lets the set return.
 *
 * @returns the names of the deleted pods
 */
export async function unstick(client: KubeClient, place: Place, seen: Seen, expect: Expectation): Promise<string[]> {
  const { objects } = seen;
  if (objects.kind !== 'StatefulSet' || !isOrdered(objects.workload)) return [];
  const sides = sidesOf(objects);
  if (!sides.observed || !wants(objects.workload, expect)) return [];
  const broken = objects.pods.filter(
    (pod) => sides.isOurs(pod) && !sides.isNew(pod) && !isReady(pod) && !isDeleting(pod),
  );
  const deleted = await Promise.all(broken.map((pod) => remove(client, place, pod)));
  return deleted.filter((name) => name !== undefined);
}

const isOrdered = (set: V1StatefulSet): boolean => (set.spec?.podManagementPolicy ?? 'OrderedReady') === 'OrderedReady';

/** Whether the set is on its way to what the release wrote: else its "other" revision may be ours. */
function wants(set: V1StatefulSet, expect: Expectation): boolean {
  const { containers = [], initContainers = [] } = set.spec?.template.spec ?? {};
  return expect.containers.every(
    (c) => (c.init ? initContainers : containers).find((each) => each.name === c.name)?.image === c.image,
  );
}

/** The uid makes sure that it is this pod, and not its successor of the same name. */
async function remove(client: KubeClient, { namespace }: Place, { metadata }: V1Pod): Promise<string | undefined> {
  const call = { verb: 'delete', resource: pods, namespace, name: metadata?.name };
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: metadata?.uid } };
  const answer = await client.ask({ ...call, body });
  if (answer.ok) return metadata?.name;
  if (answer.status === 404 || answer.status === 409) return undefined;
  throw client.refused(call, answer);
}
