import type { World } from '../src/world.ts';
import { showCard } from './notify.ts';
import { tick } from './tick.ts';
import type { Answer } from './worker.ts';

/** What a ring means, by its lane. */
export const answerIn =
  (world: World): Answer =>
  (lane, id) =>
    lane === 'chat' ? showCard(world, id) : tick(world, lane, id);
