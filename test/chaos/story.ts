import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../servers/kubernetes/chance.ts';
import { type Cards, stateOn } from './cards.ts';
import type { Estate, Target } from './estate.ts';
import type { Request } from './history.ts';
import type { People } from './people.ts';
import { pick } from './trouble.ts';

/** What people do with one release, from the command to its end as its card shows it. */
export interface Scene {
  estate: Estate;
  people: People;
  cards: Cards;
  chance: Chance;
  /** Versions that fail by design. */
  bad: Set<string>;
  /** How many stories go on at each target. */
  busy: Map<Target, number>;
}

const ended = ['SUCCEEDED', 'ROLLED BACK', 'REFUSED', 'REJECTED', 'EXPIRED', 'CANCELLED', 'FAILED', 'TAKEN OVER'];
const before = ['', 'REQUESTED', 'PLANNING', 'AWAITING APPROVAL'];
const flaws = ['crash', 'crash', 'missing', 'config', 'oom', 'unready'];
/** After this the story is left to the end of the run, where everything is brought to an end, ms. */
const patience = 75_000;

/** Asks until a new release was accepted: a command may join another one, or be refused. */
export async function ask(scene: Scene, n: number): Promise<{ request: Request; target: Target } | undefined> {
  const { estate, people, chance } = scene;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const target = quieter(scene);
    const asker = pick(chance, 'asker', estate.people).id;
    const request =
      chance.draw('kind') < 0.12
        ? await people.types(asker, 'rollback', target, `roll back ${target.service} in ${target.environment}`)
        : await deploy(scene, target, asker, `${n}.${attempt}`);
    if (request.outcome === 'unknown') return undefined;
    if (request.said.startsWith('Accepted as')) return { request, target };
  }
  return undefined;
}

/** Of two targets the one with less going on: some queue, most do not. */
function quieter({ estate, chance, busy }: Scene): Target {
  const [one, two] = [pick(chance, 'target', estate.targets), pick(chance, 'target', estate.targets)];
  return (busy.get(two) ?? 0) < (busy.get(one) ?? 0) ? two : one;
}

async function deploy({ estate, people, chance, bad }: Scene, target: Target, asker: string, number: string) {
  const flawed = chance.draw('flawed') < 0.22;
  const version = `2.${number}${flawed ? `-${pick(chance, 'flaw', flaws)}` : ''}`;
  if (flawed) bad.add(version);
  estate.push(target.service, version);
  const line = `deploy ${target.service} ${version} to ${target.environment}`;
  const request = await people.types(asker, 'deploy', target, line);
  if (request.outcome !== 'accepted') return request;
  if (chance.draw('repeat') < 0.1) await people.repeats(request);
  if (chance.draw('join') < 0.1) await people.types(other({ estate, chance }, asker), 'deploy', target, line);
  return request;
}

/** Somebody else: nobody approves their own. */
export const other = ({ estate, chance }: Pick<Scene, 'estate' | 'chance'>, than: string): string =>
  pick(
    chance,
    'other',
    estate.people.filter(({ id }) => id !== than),
  ).id;

/** Follows a release, and counts as going on at its target meanwhile. */
export async function tell(stage: Scene, request: Request, target: Target): Promise<void> {
  const count = (by: number) => stage.busy.set(target, (stage.busy.get(target) ?? 0) + by);
  count(1);
  await follow(stage, request, target).finally(() => count(-1));
  // A delivery that comes again after the end is the one that a join cannot hide: only its key tells that it is old.
  if (stage.chance.draw('late repeat') < 0.15) await stage.people.repeats(request);
}

/** Watches the card and does what its state asks of people, until it shows the end. */
async function follow(stage: Scene, request: Request, target: Target): Promise<void> {
  const { cards, chance } = stage;
  const release = request.release!;
  const until = performance.now() + patience;
  const whim = chance.draw('whim');
  let idle = 0;
  let acted = '';
  while (performance.now() < until) {
    const state = stateOn(cards.of(release));
    if (ended.includes(state)) return;
    if (state !== acted || idle > 5_000) {
      // A card that lags is not waited for: whoever knows that a yes is needed types it.
      const lags = idle > 5_000 && target.environment === 'prod' && before.includes(state);
      acted = state;
      idle = 0;
      await act(stage, { request, target, release, state: lags ? 'AWAITING APPROVAL' : state, whim });
    }
    await pause(300);
    idle += 300;
  }
}

interface Moment {
  request: Request;
  target: Target;
  release: string;
  state: string;
  whim: number;
}

async function act(stage: Scene, moment: Moment): Promise<void> {
  const { state, whim } = moment;
  if (state === 'AWAITING APPROVAL') return decide(stage, moment);
  if (state === 'PAUSED' || state.startsWith('ERRORED')) return unblock(stage, moment);
  if (['DEPLOYING', 'ROLLED OUT, WATCHING', 'VALIDATING BEFORE THE START'].includes(state) && whim < 0.3)
    await meddle(stage, moment);
}

/** By the button of the card as a rule, sometimes in words, and now and then with a no. */
async function decide(stage: Scene, { request, target, release }: Moment): Promise<void> {
  const { people, cards, chance } = stage;
  const person = other(stage, request.person);
  const mood = chance.draw('decision');
  if (mood < 0.04) return void (await people.types(person, 'reject', target, `reject ${release}`));
  const card = cards.of(release);
  if (mood < 0.8 && card && (await people.presses(person, card, 'approve', 'Approve', release))) return;
  await people.types(person, 'approve', target, `approve ${release}`);
}

async function unblock(stage: Scene, { target, release }: Moment): Promise<void> {
  const { people, estate, chance } = stage;
  const verb = pick(chance, 'unblock', ['resume', 'resume', 'resume', 'abort'] as const);
  await people.types(pick(chance, 'unblocker', estate.people).id, verb, target, `${verb} ${release}`);
}

/** People change their minds in the middle. */
async function meddle(stage: Scene, { target, release, whim }: Moment): Promise<void> {
  const { people, cards, estate, chance } = stage;
  const person = pick(chance, 'meddler', estate.people).id;
  const card = cards.of(release);
  const type = (verb: string, line = `${verb} ${release}`) => people.types(person, verb, target, line);
  if (whim < 0.08) await type('pause');
  else if (whim < 0.11) await type('hold');
  else if (whim < 0.17) await type('abort');
  else if (whim < 0.22 && card) await people.presses(person, card, 'rollback', 'Roll back', release);
  else if (whim < 0.27) await type('rollback', `roll back ${target.service} in ${target.environment}`);
  else await type('promote');
}
