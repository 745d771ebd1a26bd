import { expect, it } from 'vitest';
import { type DemoHouse, openHouse } from '../../src/demo/house.ts';
import { play } from '../../src/demo/script.ts';
import { recorded } from '../../src/demo/stage.ts';
import { seenScreen } from '../adapters/console/screen.ts';

/** Plays in a house that something is wrong with. */
async function playedIn(change: (house: DemoHouse) => void): Promise<{ code: number; seen: string }> {
  const { screen, lines } = recorded(seenScreen());
  const house = await openHouse(screen, { PATH: '' });
  change(house);
  const code = await play(house, lines).finally(house.close);
  return { code, seen: lines.join('\n') };
}

it('fails, and says so, when a release is not accepted', async () => {
  const { code, seen } = await playedIn(({ desk }) => {
    const view = { kind: 'answer', tone: 'bad', title: 'No.', lines: [], hint: 'Not today.' } as const;
    desk.handle = async () => ({ ok: false, private: true, view: { ...view, lines: [] } });
  });
  expect(code).toBe(1);
  expect(seen).toContain('✖ It was not accepted: No. Not today.');
  expect(seen).toContain('The demo failed.');
  expect(seen).not.toContain('Everything came as expected');
});

it('fails, naming the phase that was expected and what came instead', async () => {
  const { code, seen } = await playedIn(({ world }) => {
    world.registry = { resolve: async () => ({ found: false, near: ['2.4.0'] }) };
  });
  expect(code).toBe(1);
  expect(seen).toMatch(/✖ payments-\w+ is succeeded: no, it is refused\. .*has no version 2\.4\.1/);
});
