import type { Diagnosis } from '../commands/doctor.ts';
import type { Ledger } from '../ports.ts';
import type { Surface } from '../release/event.ts';
import { keys } from '../release/keys.ts';
import type { World } from '../world.ts';
import type { Trouble } from './platform.ts';

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

/** The same for a chat platform; only what changes is written. */
export async function diagnoseChat(ledger: Ledger, surface: Surface, trouble: Trouble | undefined): Promise<void> {
  const key = keys.chatDiagnosis(surface);
  const { records, now } = await ledger.read([key]);
  const lines = trouble ? [`${trouble.why}. ${trouble.fix}`] : [];
  const known = (records[0]?.value as Diagnosis | undefined)?.lines ?? [];
  if (known.join() === lines.join()) return;
  const value: Diagnosis = { at: now, ok: trouble === undefined, lines };
  await ledger.accept({
    records: [{ key, value }],
    audit: { actor: 'release-engineer', action: 'diagnosed', subject: surface, detail: lines },
  });
}
