import { expect, test } from 'vitest';
import type { Cluster } from '../../src/ports.ts';
import { house } from '../stories/house.ts';

test('the check before the first write believes nothing that was read before the start', async () => {
  const story = house();
  const believed: (number | undefined)[] = [];
  const cluster = new Proxy<Cluster>(story.cluster, {
    get: (real, name) => {
      if (name !== 'inspect') return Reflect.get(real, name).bind(real);
      return (place: Parameters<Cluster['inspect']>[0], youngerThan?: number) => {
        believed.push(youngerThan);
        return real.inspect(place, youngerThan);
      };
    },
  });
  story.world.clusters = { get: () => cluster };

  const { release } = await story.says('dan', 'deploy payments 2.4.1 to staging');
  await story.until(release, 'succeeded');

  // Planning and start read anew; the clock of the story stands still between the start and the check.
  expect(believed).toEqual([undefined, undefined, 0]);
});
