import { z } from 'zod';
import type { ContainerImage, Resolved, Workload } from '../ports.ts';
import { keys } from '../release/keys.ts';
import type { ContainerChange, PlacePlan, ReturnPoint } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import type { World } from '../world.ts';
import { pinned, repositoryOf, versionOf } from './image.ts';

const Containers = z.array(z.looseObject({ name: z.string(), image: z.string() }));
const Template = z.looseObject({
  spec: z.looseObject({ containers: Containers, initContainers: Containers.optional() }),
});

/** A pod template with the sealed references; everything else stays as it was. */
export function sealTemplate(template: unknown, sealed: Pick<Sealed, 'name' | 'init' | 'image' | 'pinned'>[]): unknown {
  const parsed = Template.parse(template);
  const seal = (list: z.infer<typeof Containers> | undefined, init: boolean) =>
    list?.map((c) => ({
      ...c,
      image: sealed.find((s) => s.name === c.name && s.init === init && s.image === c.image)?.pinned ?? c.image,
    }));
  const { containers, initContainers } = parsed.spec;
  const next = { ...parsed.spec, containers: seal(containers, false) };
  return { ...parsed, spec: initContainers ? { ...next, initContainers: seal(initContainers, true) } : next };
}

/**
 * Seals where a place returns to. A reference that still means the digest its pods run stays as it is, because then the
 * return is the very same template and the pods of the old version that still run are kept; one that means something
 * else by now is pinned to the digest that ran. A registry that does not answer is not a no: the nodes have the image.
 */
export async function returnPoint(
  world: World,
  release: Release,
  index: number,
  workload: Workload,
  changes: ContainerChange[],
) {
  const record = keys.template(release.id, index);
  const own = workload.containers.filter((c) =>
    changes.some((change) => change.name === c.name && change.init === c.init),
  );
  const sealed = await Promise.all(own.map((c) => seal(world, c)));
  const point: ReturnPoint = {
    record,
    revision: workload.revisions.find((revision) => revision.current)?.number ?? '',
    version: [...new Set(own.map((c) => versionOf(c.image)))].join(', '),
    images: sealed.map(({ name, init, pinned: image }) => ({ name, init, image })),
    replicas: workload.autoscaler ? null : workload.replicas,
    pullable: sealed.every((one) => one.pullable),
  };
  const value = { template: sealTemplate(workload.template, sealed), replicas: point.replicas };
  return { point, kept: { key: record, value } };
}

/**
 * The template of a place as it is at the start, sealed as the plan says. What somebody else changed since the planning
 * (a sidecar, a variable) is theirs: a return must not undo it.
 */
export function sealedNow({ returnPoint: { record, images } }: PlacePlan, workload: Workload) {
  const sealed = images.flatMap(({ name, init, image: ref }) => {
    const now = workload.containers.find((c) => c.name === name && c.init === init);
    return now ? [{ name, init, image: now.image, pinned: ref }] : [];
  });
  const replicas = workload.autoscaler ? null : workload.replicas;
  return { key: record, value: { template: sealTemplate(workload.template, sealed), replicas } };
}

/** A container with the reference that its return writes. */
export interface Sealed {
  name: string;
  init: boolean;
  image: string;
  pinned: string;
  pullable: boolean;
}

/** Asks the registry whether a reference still means what ran under it, and whether that can still be pulled. */
export async function seal(world: World, { name, init, image, digest }: ContainerImage): Promise<Sealed> {
  const same = { name, init, image, pinned: image, pullable: true };
  if (!digest) return same;
  const repository = repositoryOf(image);
  const ask = (version: string) => world.registry.resolve(repository, version).catch(() => undefined);
  const [tagged, kept] = await Promise.all([ask(versionOf(image)), ask(digest)]);
  const moved = !image.includes('@') && tagged !== undefined && !(isFound(tagged) && tagged.digest === digest);
  const gone = kept !== undefined && !('denied' in kept) && !kept.found;
  return { ...same, pinned: moved ? pinned(image, digest) : image, pullable: !gone };
}

const isFound = (resolved: Resolved): resolved is Extract<Resolved, { found: true }> =>
  'found' in resolved && resolved.found;
