import { isRefusal, type Refusal, refuse } from '../errors.ts';
import type { ContainerImage, Resolved } from '../ports.ts';
import type { DeployCommand } from '../release/command.ts';
import { type ContainerChange, type PlacePlan, placeKey } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import type { World } from '../world.ts';
import { type Drafted, type Read, strategyOf } from './draft.ts';
import { repositoryOf, versionOf, withDigest } from './image.ts';
import { returnPoint } from './return-point.ts';
import { stepsFor } from './strategies/table.ts';

/** A deploy: the version becomes a digest, and every container of the service's image gets it. */
export async function planDeploy(world: World, release: Release, reads: Read[]): Promise<Drafted | Refusal> {
  const command = release.command as DeployCommand;
  const image = imageOf(world, release);
  const resolved = await world.registry.resolve(image, command.version);
  const target = withDigest(image, command.version, resolved);
  if (!target) return notResolved(image, command.version, resolved);
  const places: Drafted['places'] = [];
  for (const [index, read] of reads.entries()) {
    const drafted = await placeFor(world, release, read, index, { ...target, version: command.version });
    if (isRefusal(drafted)) return drafted;
    places.push(drafted);
  }
  const from = versions(places.flatMap((one) => one.plan.containers));
  const settled = reads.every(({ workload }) => workload.rollout.state === 'settled');
  const same = places.every((one) => one.plan.containers.every((c) => c.from.digest === target.digest));
  if (same && settled)
    return refuse(
      'nothing-to-do',
      `${release.target.service} in ${release.target.environment} runs ${command.version} already.`,
      'Nothing to do.',
    );
  return { version: { from, to: command.version, toDigest: target.digest }, places };
}

const imageOf = (world: World, release: Release): string =>
  world.catalog().services[release.target.service]?.image ?? '';

function notResolved(image: string, version: string, resolved: Resolved): Refusal {
  if ('denied' in resolved) return refuse('registry-denied', resolved.say, resolved.hint);
  const near = resolved.found ? [] : resolved.near;
  const hint = near.length > 0 ? `Near it are: ${near.join(', ')}.` : 'Push it first, or check the version.';
  return refuse('unknown-version', `${image} has no version ${version}.`, hint);
}

async function placeFor(
  world: World,
  release: Release,
  read: Read,
  index: number,
  to: { ref: string; digest: string; version: string },
): Promise<Drafted['places'][number] | Refusal> {
  const { workload } = read;
  const image = imageOf(world, release);
  const chosen = choose(workload.containers, read.containers, image);
  if (chosen.length === 0) return noContainer(read, image);
  const containers: ContainerChange[] = chosen.map((c) => ({
    name: c.name,
    init: c.init,
    from: { ref: c.image, digest: c.digest, version: versionOf(c.image) },
    to,
  }));
  const steps = stepsFor(strategyOf(world.catalog(), release), workload);
  if (isRefusal(steps)) return steps;
  const back = await returnPoint(world, release, index, workload, containers);
  const plan: PlacePlan = {
    place: workload.place,
    uid: workload.uid,
    containers,
    returnPoint: back.point,
    steps,
    desired: workload.rollout.counts.desired,
  };
  return { plan, kept: [back.kept] };
}

function choose(all: ContainerImage[], named: string[] | undefined, image: string): ContainerImage[] {
  if (named) return all.filter((c) => named.includes(c.name));
  return all.filter((c) => repositoryOf(c.image) === repositoryOf(image));
}

function noContainer({ workload, containers }: Read, image: string): Refusal {
  const there = workload.containers.map((c) => `${c.name} (${c.image})`).join(', ');
  const say = containers
    ? `${placeKey(workload.place)} has no container ${containers.join(', ')}.`
    : `No container of ${placeKey(workload.place)} runs ${image}.`;
  return refuse(
    'workload-not-found',
    say,
    `It has ${there}. Name the containers in the catalog: { use: …, containers: […] }.`,
  );
}

const versions = (changes: ContainerChange[]): string =>
  [...new Set(changes.map((c) => c.from.version ?? c.from.ref))].join(', ');
