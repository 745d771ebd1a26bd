import type { Diagnosis } from '../commands/doctor.ts';
import { keys } from '../release/keys.ts';
import type { World } from '../world.ts';

/** Looks once at every cluster that the catalog names, and writes down for `doctor` what a release would miss there. */
export async function diagnose(world: World): Promise<void> {
  const catalog = world.catalog();
  await Promise.all(Object.keys(catalog.clusters).map((name) => diagnoseOne(world, name)));
}

async function diagnoseOne(world: World, name: string): Promise<void> {
  const places = Object.values(world.catalog().services).flatMap(({ targets }) =>
    Object.values(targets).flatMap((spec) => spec.places),
  );
  const namespaces = [
    ...new Set(places.filter(({ place }) => place.cluster === name).map(({ place }) => place.namespace)),
  ];
  const lines = await world.clusters
    .get(name)
    ?.missingRights(namespaces)
    .catch((error: unknown) => [`cannot be asked: ${error instanceof Error ? error.message : error}`]);
  const { now } = await world.ledger.read([]);
  const value: Diagnosis = { at: now, ok: lines?.length === 0, lines: lines ?? [] };
  await world.ledger.accept({
    records: [{ key: keys.diagnosis(name), value }],
    audit: { actor: 'release-engineer', action: 'diagnosed', subject: name },
  });
}
