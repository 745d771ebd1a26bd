import type { V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { ContainerImage } from '../../src/ports.ts';

/** Every container that the image of a template can change, init containers first. */
export function containersOf(template: V1PodTemplateSpec | undefined): ContainerImage[] {
  const of = (init: boolean) =>
    ((init ? template?.spec?.initContainers : template?.spec?.containers) ?? []).map(({ name, image = '' }) => ({
      name,
      init,
      image,
    }));
  return [...of(true), ...of(false)];
}

/** Containers with the digest that running pods of the same template really have, where these agree. */
export function withDigests(containers: ContainerImage[], pods: V1Pod[]): ContainerImage[] {
  return containers.map((container) => ({ ...container, digest: digestOf(container, pods) }));
}

function digestOf(container: ContainerImage, pods: V1Pod[]): string | undefined {
  const digests = new Set(pods.map((pod) => runDigest(pod, container)).filter((digest) => digest !== undefined));
  if (digests.size === 1) return [...digests][0];
  return digests.size === 0 ? pinned(container.image) : undefined;
}

/** `app@sha256:…`: what is pinned runs nothing else. */
const pinned = (image: string): string | undefined => /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];

/**
 * The digest of what a pod's container runs. Only a repository digest can be pulled again: an imageID that is a bare
 * `sha256:…` is the id of an image that was loaded onto the node, and says nothing to a registry.
 */
function runDigest(pod: V1Pod, { name, init, image }: ContainerImage): string | undefined {
  const specs = (init ? pod.spec?.initContainers : pod.spec?.containers) ?? [];
  if (specs.find((spec) => spec.name === name)?.image !== image) return undefined;
  const statuses = (init ? pod.status?.initContainerStatuses : pod.status?.containerStatuses) ?? [];
  return pinned(statuses.find((status) => status.name === name)?.imageID ?? '');
}
