import type { CheckSpec } from '../../config/catalog.ts';
import type { Measurement } from '../../release/event.ts';
import type { World } from '../../world.ts';
import { http } from './http.ts';

/** A check asks one question and gives one reading. To add one: a file, and a line here. */
export type Check<Kind extends CheckSpec['kind']> = (
  world: World,
  spec: Extract<CheckSpec, { kind: Kind }>,
) => Promise<Measurement>;

const checks: { [Kind in CheckSpec['kind']]: Check<Kind> } = { http };

/** How often a reading that is not a pass is taken again before it counts. */
const attempts = 3;

export const measureAll = (world: World, specs: CheckSpec[]): Promise<Measurement[]> =>
  Promise.all(specs.map((spec) => measure(world, spec)));

async function measure(world: World, spec: CheckSpec): Promise<Measurement> {
  let reading = await checks[spec.kind](world, spec);
  for (let taken = 1; taken < attempts && reading.verdict !== 'passed'; taken += 1) {
    reading = await checks[spec.kind](world, spec);
  }
  return reading;
}
