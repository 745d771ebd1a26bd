import { TransientError } from './errors.ts';
import { placeKey } from './release/plan.ts';
import type { Release } from './release/release.ts';
import type { World } from './world.ts';

/** Finished releases of a target that are always kept. Status, "roll back" and buttons look at the last 20 at most. */
export const keptOfTarget = 100;
/** However many there are, younger ones are kept, ms: whoever reviews a quarter finds all of it. */
export const keptMs = 90 * 24 * 3_600_000;

/** At most so many go in one run, so many at a time: nobody waits for us. */
const atMost = 500;
const batch = 50;

/**
 * Forgets finished releases that are neither among the newest of their target nor young, with their events, cards and
 * kept templates. The last one that wrote to a place stays whatever its age: the workload carries its name, and a name
 * that the ledger does not know means that the ledger was lost.
 *
 * @returns how many are gone
 * @throws TransientError when the ledger does not answer; the next run goes on
 */
export async function forgetOld(world: World): Promise<number> {
  let gone = 0;
  for (const target of await world.ledger.targets()) {
    gone += await forgetOn(world, target, atMost - gone).catch((err: unknown) => skipped(world, target, err));
    if (gone >= atMost) break;
  }
  if (gone > 0) world.log.info({ releases: gone }, 'old releases are forgotten');
  return gone;
}

/** One target with a damaged release keeps no other from being tidied. */
function skipped(world: World, target: string, err: unknown): number {
  if (err instanceof TransientError) throw err;
  world.log.error({ err, target }, 'old releases of a target cannot be forgotten');
  return 0;
}

async function forgetOn(world: World, target: string, room: number): Promise<number> {
  const { ledger } = world;
  let [gone, stay] = [0, 0];
  while (gone < room) {
    const page = { skip: stay, limit: Math.min(batch, room - gone) };
    const ids = await ledger.outlived(target, keptOfTarget, page);
    const found = (await Promise.all(ids.map((id) => readable(world, id)))).filter((one) => one !== undefined);
    const old = found.filter(isOld).map(({ release }) => release);
    const useless = old.length > 0 ? await unneeded(world, target, old) : [];
    for (const release of useless) gone += Number(await ledger.forget(release, await recordsOf(world, release)));
    if (old.length < found.length || ids.length < page.limit) break;
    stay += ids.length - useless.length;
  }
  return gone;
}

type Found = { release: Release; now: number };

/** One that is damaged, or of a newer version of us, stays. */
async function readable(world: World, id: string): Promise<Found | undefined> {
  return world.ledger.load(id).catch((err: unknown) => {
    if (err instanceof TransientError) throw err;
    world.log.error({ err, release: id }, 'an old release cannot be read, and stays');
    return undefined;
  });
}

const isOld = ({ release, now }: Found): boolean => now - (release.finishedAt ?? now) > keptMs;

/** Of the oldest ones, those whose every place was written by a newer one. */
async function unneeded(world: World, target: string, oldest: Release[]): Promise<Release[]> {
  const { recent } = await world.ledger.target(target, keptOfTarget);
  const since = new Set(recent.flatMap(written));
  const useless: Release[] = [];
  for (const release of oldest.toReversed()) {
    const places = written(release);
    if (places.every((place) => since.has(place))) useless.unshift(release);
    for (const place of places) since.add(place);
  }
  return useless;
}

/** Places that surely carry, or carried, its mark: what it only meant to write may never have arrived. */
function written({ plan, steps, cursor, returning }: Release): string[] {
  const indices = [
    ...steps.filter(({ settledAt }) => settledAt !== undefined).map(({ place }) => place),
    ...(cursor.appliedAt === undefined ? [] : [cursor.place]),
    ...(returning?.written ?? []).map(({ place }) => place),
  ];
  return [...new Set(indices)].flatMap((index) => {
    const place = plan?.places[index]?.place;
    return place ? [placeKey(place)] : [];
  });
}

/** The templates of every plan that was ever made for it. */
async function recordsOf(world: World, { id }: Release): Promise<string[]> {
  const events = await world.ledger.events(id);
  const places = events.flatMap(({ event }) => ('plan' in event ? event.plan.places : []));
  return [
    ...new Set(places.flatMap(({ template, returnPoint }) => [returnPoint.record, ...(template ? [template] : [])])),
  ];
}
