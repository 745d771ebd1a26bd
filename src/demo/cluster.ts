import { type MemoryCluster, memoryCluster } from '../../adapters/memory/cluster.ts';
import type { Catalog } from '../config/catalog.ts';
import { placeKey } from '../release/plan.ts';

/** What the registry has of every service. How a version behaves is in its name. */
export const versions = [
  '2.3.9',
  '2.4.0',
  '2.4.1',
  '2.4.2',
  '2.5.0-crash',
  '2.5.1-neverready',
  '2.5.2-missing',
  '2.5.3-oom',
  '2.5.4-config',
  '2.5.5-flaky',
  '2.5.6-slowready',
];
const running = '2.4.0';

/** Image → its versions. */
export const imagesOf = (catalog: Catalog): Record<string, string[]> =>
  Object.fromEntries(Object.values(catalog.services).map(({ image }) => [image, versions]));

/** A simulated cluster in which every workload of the catalog runs well, on a clock that runs. */
export function demoCluster(catalog: Catalog, name: string): MemoryCluster {
  const all = Object.values(catalog.services).flatMap(({ image, targets }) =>
    Object.entries(targets).flatMap(([environment, { places }]) =>
      places
        .filter(({ place }) => place.cluster === name)
        .map(({ place }) => ({
          place,
          containers: [{ name: 'app', image: `${image}:${running}` }],
          replicas: environment === 'prod' ? 3 : 2,
        })),
    ),
  );
  const workloads = [...new Map(all.map((one) => [placeKey(one.place), one])).values()];
  return memoryCluster({ now: Date.now, workloads, name, images: imagesOf(catalog), wakeTimers: true });
}
