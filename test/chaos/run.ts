import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Chance } from '../servers/kubernetes/chance.ts';
import { type Slack, startSlack } from '../servers/slack/slack.ts';
import { startBalancer } from './balancer.ts';
import { indexCards } from './cards.ts';
import type { Evidence } from './check.ts';
import type { Cleanup } from './cleanup.ts';
import { average, type Crew, startCrew } from './crew.ts';
import { drain } from './drain.ts';
import { type History, newHistory } from './history.ts';
import { type Lab, openLab } from './lab.ts';
import { readLedger } from './ledger-log.ts';
import type { Options } from './options.ts';
import { makePeople } from './people.ts';
import { ask, type Scene, tell } from './story.ts';
import type { Figures } from './table.ts';
import { apiFaults, startTrouble } from './trouble.ts';

export interface Outcome {
  folder: string;
  evidence: Evidence;
  figures: Figures;
}

const signingSecret = 'chaos0signing0secret';
/** Stories that go on at the same time. */
const together = 30;

/** Our engine under load and faults, to its end. */
export async function runOurs(options: Options, cleanup: Cleanup): Promise<Outcome> {
  const began = performance.now();
  const stage = await setUp(options, cleanup);
  const { lab, crew, scene, calm } = stage;
  if (!options.calm) await lab.faults(apiFaults(options.seed));
  const trouble = options.calm ? undefined : startTrouble(lab.redis, stage.slack, lab.chance);
  const asked = await tellStories(scene, options.releases);

  await trouble?.stop();
  crew.spare();
  calm.now = true;
  await lab.faults({});
  const drainMs = await drain({ url: lab.redis.url, people: scene.people, estate: lab.estate });
  const evidence = await gather(stage);
  const figures: Figures = {
    releases: evidence.ledger.releases.length,
    asked,
    ...crew.counts,
    startMs: Math.round(average(crew.counts.startMs)),
    redisKills: trouble?.counts.redis ?? 0,
    slackFaults: trouble?.counts.slack ?? 0,
    retries: evidence.history.requests.reduce((sum, { retries }) => sum + retries, 0),
    drainMs,
    wallMs: performance.now() - began,
  };
  return { folder: lab.folder, evidence, figures };
}

interface Stage {
  lab: Lab;
  slack: Slack;
  crew: Crew;
  history: History;
  scene: Scene;
  /** Nobody needs to wait before asking again. */
  calm: { now: boolean };
}

/** Everything that runs, ready. */
async function setUp({ seed, releases, kubeconfig, calm }: Options, cleanup: Cleanup): Promise<Stage> {
  const lab = await openLab({ seed, releases, kubeconfig }, cleanup);
  const { estate, chance, folder } = lab;
  const channels = estate.channels.map((id) => ({ id }));
  const slack = await startSlack({ app: { signingSecret }, users: estate.people, channels });
  cleanup.add(() => slack.close());
  const roles = ['worker', 'worker', 'worker', 'gateway', 'gateway'];
  const spawns = roles.map((role) => ({ role, script: 'src/main.ts', env: environment(lab, role, slack.url) }));
  const crew = startCrew({ folder, chance, calm, spawns });
  cleanup.add(() => crew.stop());
  const gateways = crew.seats.filter(({ role }) => role === 'gateway');
  const balancer = await startBalancer(() => gateways.flatMap((seat) => seat.url() ?? []));
  cleanup.add(() => balancer.close());
  slack.deliverTo(`${balancer.url}/slack/events`);
  cleanup.add(emptyBucket(lab));
  await Promise.all(crew.seats.map(({ current }) => current.ready));
  const history = newHistory(join(folder, 'history.jsonl'));
  const now = { now: calm };
  const people = makePeople(slack, history, () => now.now);
  const cards = indexCards(slack, estate.channels);
  const scene: Scene = { estate, people, cards, chance, bad: new Set(), busy: new Map() };
  return { lab, slack, crew, history, scene, calm: now };
}

async function gather({ lab, slack, crew, history, scene }: Stage): Promise<Evidence> {
  const { kills, freezes, ends } = crew.counts;
  return {
    history,
    ledger: await readLedger(lab.redis.url),
    writes: await lab.log.read(),
    complete: lab.log.complete,
    cards: scene.cards.all(),
    calls: slack.calls,
    templates: await readTemplates(lab),
    bad: scene.bad,
    crashes: kills + freezes + ends,
  };
}

const environment = ({ folder, redis }: Lab, role: string, slackUrl: string): Record<string, string> => ({
  ROLE: role,
  HOST: '127.0.0.1',
  PORT: '0',
  RELEASE_CONFIG: join(folder, 'release.yaml'),
  REDIS_URL: redis.url,
  SLACK_BOT_TOKEN: 'xoxb-test-bot-token',
  SLACK_SIGNING_SECRET: signingSecret,
  SLACK_API_URL: slackUrl,
});

/** As many releases as asked for; so many stories at once. */
async function tellStories(scene: Scene, releases: number): Promise<number> {
  let begun = 0;
  let told = 0;
  const teller = async (): Promise<void> => {
    while (begun < releases) {
      begun += 1;
      const own: Scene = { ...scene, chance: chanceOf(scene.chance, begun) };
      const asked = await ask(own, begun);
      if (!asked) continue;
      told += 1;
      await tell(own, asked.request, asked.target);
    }
  };
  await Promise.all(Array.from({ length: Math.min(together, releases) }, teller));
  return told;
}

/** Each story draws for itself, so that what one does cannot change what another draws. */
const chanceOf = (chance: Chance, story: number): Chance => ({
  ...chance,
  draw: (key) => chance.draw(`story ${story} ${key}`),
});

/**
 * Slack lets a workspace be called so and so often a minute, and so many releases in so few minutes are more than that.
 * The rate is not what this run is about: the shared bucket is emptied all the time.
 */
function emptyBucket({ redis }: Lab): () => void {
  const client = new Redis(redis.url, { maxRetriesPerRequest: 0, retryStrategy: () => 200 });
  client.on('error', () => undefined);
  const bucket = '{re}:bucket:chat:slack:update';
  const timer = setInterval(() => void client.del(bucket).catch(() => undefined), 200);
  return () => {
    clearInterval(timer);
    client.disconnect();
  };
}

async function readTemplates({ hands, estate }: Lab): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const spec of estate.workloads) {
    const body = await hands.read({ cluster: 'eu', ...spec });
    found.set(`${spec.namespace}/${spec.kind}/${spec.name}`, (body?.spec as { template?: unknown })?.template);
  }
  return found;
}
