import { isRefusal, type Refusal, refuse } from '../errors.ts';
import type { ContainerImage, Revision } from '../ports.ts';
import { type RollbackCommand, targetKey } from '../release/command.ts';
import { keys, type Quarantine } from '../release/keys.ts';
import { type ContainerChange, type PlacePlan, placeKey } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import type { World } from '../world.ts';
import { backAlready, isBack, lastChange } from './back-already.ts';
import type { Drafted, Read } from './draft.ts';
import { repositoryOf, versionOf } from './image.ts';
import { returnPoint, type Sealed, seal, sealTemplate } from './return-point.ts';

/**
 * A rollback on an idle target: every place goes to a revision that its cluster still keeps; one that is there already
 * is left alone.
 */
export async function planRollback(world: World, release: Release, reads: Read[]): Promise<Drafted | Refusal> {
  const { to } = release.command as RollbackCommand;
  const image = world.catalog().services[release.target.service]?.image ?? '';
  const last = to === undefined ? await lastChange(world, release) : undefined;
  const away = reads.filter((read) => !(last ? isBack(last, read) : runs(read, to, image)));
  if (last && away.length === 0) return backAlready(release, last);
  const places: Drafted['places'] = [];
  const quarantine = await quarantineOf(world, release);
  for (const [index, read] of away.entries()) {
    const revision = find(read, to, image, quarantine);
    if (!revision) return nothingThere(read, release);
    const drafted = await placeFor(world, release, read, index, revision);
    if (isRefusal(drafted)) return drafted;
    places.push(drafted);
  }
  const changes = places.flatMap((one) => one.plan.containers);
  if (changes.length === 0)
    return refuse('nothing-to-do', `${targetKey(release.target)} runs that revision already.`, 'Nothing to do.');
  const words = (side: 'from' | 'to') => [...new Set(changes.map((c) => c[side].version ?? c[side].ref))].join(', ');
  return { version: { from: words('from'), to: words('to'), toDigest: changes[0]?.to.digest ?? '' }, places };
}

const isOurs =
  ({ containers }: Read, image: string) =>
  (c: ContainerImage) =>
    containers ? containers.includes(c.name) : repositoryOf(c.image) === repositoryOf(image);

/** Whether a place runs the named revision or version. */
function runs(read: Read, to: string | undefined, image: string): boolean {
  if (to === undefined) return false;
  const ours = read.workload.containers.filter(isOurs(read, image));
  const current = read.workload.revisions.find((revision) => revision.current);
  return current?.number === to || (ours.length > 0 && ours.every((c) => named(c, to)));
}

async function quarantineOf(world: World, { target }: Release): Promise<Quarantine> {
  const { records } = await world.ledger.read([keys.quarantine(target)]);
  return (records[0]?.value as Quarantine | undefined) ?? {};
}

/**
 * The named revision or version; without a name, the newest one that ran another image than now and did not fail here:
 * what was returned from a minute ago is no place to return to.
 */
function find(read: Read, to: string | undefined, image: string, quarantine: Quarantine): Revision | undefined {
  const { workload } = read;
  const past = workload.revisions.filter((revision) => !revision.current);
  const ours = isOurs(read, image);
  if (to !== undefined) {
    return (
      past.find((revision) => revision.number === to) ??
      past.find((revision) => revision.containers.some((c) => ours(c) && named(c, to)))
    );
  }
  const now = new Map(workload.containers.map((c) => [`${c.init}/${c.name}`, c.image]));
  const failedHere = ({ image: ref, digest }: ContainerImage) =>
    Object.keys(quarantine).some((held) => held === digest || ref.endsWith(`@${held}`));
  const differs = (revision: Revision) => revision.containers.some((c) => now.get(`${c.init}/${c.name}`) !== c.image);
  return past.find((revision) => differs(revision) && !revision.containers.some(failedHere));
}

const named = (container: ContainerImage, to: string): boolean =>
  versionOf(container.image) === to || container.image.endsWith(`@${to}`);

function nothingThere({ workload }: Read, { command, target }: Release): Refusal {
  const { to } = command as RollbackCommand;
  const kept = workload.revisions
    .filter((one) => !one.current)
    .map((one) => `${one.number} (${one.containers.map((c) => versionOf(c.image)).join(', ')})`);
  const what = to === undefined ? 'a previous version' : to;
  const hint =
    kept.length > 0
      ? `It keeps: ${kept.slice(0, 5).join(', ')}.`
      : `Deploy the version you want: "deploy ${target.service} <version> to ${target.environment}".`;
  return refuse('nothing-to-return-to', `${placeKey(workload.place)} keeps no revision of ${what}.`, hint);
}

async function placeFor(
  world: World,
  release: Release,
  { workload }: Read,
  index: number,
  revision: Revision,
): Promise<Drafted['places'][number]> {
  const sealed = await Promise.all(revision.containers.map((c) => seal(world, c)));
  const containers = changesTo(workload.containers, sealed, revision);
  const back = await returnPoint(world, release, index, workload, containers);
  const template = `${keys.template(release.id, index)}:to`;
  const plan: PlacePlan = {
    place: workload.place,
    uid: workload.uid,
    containers,
    template,
    returnPoint: back.point,
    steps: [{ kind: 'apply' }],
    desired: workload.rollout.counts.desired,
  };
  const value = { template: sealTemplate(revision.template, sealed), replicas: null };
  return { plan, kept: [back.kept, { key: template, value }] };
}

function changesTo(now: ContainerImage[], sealed: Sealed[], revision: Revision): ContainerChange[] {
  return sealed.flatMap(({ name, init, image, pinned: ref }) => {
    const current = now.find((one) => one.name === name && one.init === init);
    if (!current || current.image === ref) return [];
    const digest =
      revision.containers.find((one) => one.name === name && one.init === init)?.digest ?? ref.split('@')[1];
    const from = { ref: current.image, digest: current.digest, version: versionOf(current.image) };
    return [{ name, init, from, to: { ref, digest, version: versionOf(image) } }];
  });
}
