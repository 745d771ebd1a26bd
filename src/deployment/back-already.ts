import { type Refusal, refuse } from '../errors.ts';
import { targetKey } from '../release/command.ts';
import { type PlacePlan, placeKey } from '../release/plan.ts';
import { hasTouched, type Release } from '../release/release.ts';
import { phaseWords } from '../release/words.ts';
import { ago } from '../time.ts';
import type { World } from '../world.ts';
import type { Read } from './draft.ts';

/** As deep as we look for the last release that changed anything. */
const depth = 100;

/** The release that "roll back" without a version undoes: the last one that changed anything. */
export async function lastChange(world: World, { target }: Release): Promise<Release | undefined> {
  const { recent } = await world.ledger.target(targetKey(target), depth);
  return recent.find(hasTouched);
}

/**
 * Whether a place runs already what the last release goes back to: it was returned, or never reached. A step further
 * back would be one that nobody asked for; often it is the very version that was left a minute ago.
 */
export function isBack(last: Release, { workload }: Read): boolean {
  const key = placeKey(workload.place);
  const place = last.plan?.places.find((one) => placeKey(one.place) === key);
  if (!place || workload.uid !== place.uid) return false;
  return goalOf(last, place).every(({ name, init, image }) =>
    workload.containers.some((c) => c.name === name && c.init === init && c.image === image),
  );
}

const goalOf = ({ kind }: Release, { containers, returnPoint }: PlacePlan) =>
  kind === 'rollback' ? containers.map(({ name, init, to }) => ({ name, init, image: to.ref })) : returnPoint.images;

/** Two people who ask in the same minute want one return: the second one is told that it is done. */
export function backAlready({ target, requestedAt }: Release, last: Release): Refusal {
  const { service, environment } = target;
  const version = last.kind === 'rollback' ? last.plan?.to : last.plan?.from;
  const when = ago(Math.max(0, requestedAt - (last.finishedAt ?? 0)));
  return refuse(
    'nothing-to-do',
    `${service} in ${environment} runs ${version} already, which is what ${last.id} (${phaseWords[last.phase]} ${when}) goes back to.`,
    `To go to another version name it: "roll back ${service} in ${environment} to <version>".`,
  );
}
