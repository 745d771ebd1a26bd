import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { beforeAll, expect, test } from 'vitest';
import { readCatalog } from '../../adapters/files/catalog-file.ts';
import { redisLedger } from '../../adapters/redis/ledger.ts';
import { handle } from '../../src/handle.ts';
import type { Ledger, Principal } from '../../src/ports.ts';
import { isFinished } from '../../src/release/release.ts';
import type { World } from '../../src/world.ts';
import { eventually, Hands } from '../servers/cluster.ts';
import { atEnd } from './at-end.ts';
import type { Order } from './crashing.ts';
import { channel, type Lab, openLab, threadOf, writesTo } from './lab.ts';
import { startBot } from './process.ts';

/** Real processes that kill themselves at chosen steps; a fresh one finishes, and nobody can tell the difference. */

type Story = 'good' | 'crash' | 'abort';
interface Point {
  story: Story;
  at: number;
  when: Order['when'];
  of?: string;
}
const versions: Record<Story, string> = { good: '2.4.1', crash: '2.5.0-crash', abort: '2.5.1-unready' };
const ends: Record<Story, string> = { good: 'succeeded', crash: 'rolled-back', abort: 'rolled-back' };

/** Around what others see first of all, and some that are only counted. */
const steps: Record<Story, [Order['when'], number, string?][]> = {
  good: [
    ['after', 1, 'chat.post'],
    ['before', 1, 'cluster.apply'],
    ['after', 1, 'cluster.apply'],
    ['after', 1, 'registry.resolve'],
    ['before', 12],
  ],
  crash: [
    ['after', 1, 'cluster.apply'],
    ['before', 1, 'cluster.evidence'],
    ['before', 2, 'cluster.apply'],
    ['after', 2, 'cluster.apply'],
    ['after', 18],
  ],
  abort: [
    ['after', 1, 'cluster.apply'],
    ['before', 2, 'cluster.apply'],
    ['after', 2, 'cluster.apply'],
    ['after', 2, 'chat.reply'],
    ['before', 6, 'ledger.commit'],
  ],
};
const stories = Object.keys(steps) as Story[];
const calm: Point[] = stories.map((story) => ({ story, at: 0, when: 'before' }));
const points: Point[] = stories.flatMap((story) => steps[story].map(([when, at, of]) => ({ story, when, at, of })));

/** One installation: a Redis database, a catalog with one service, and the release that it carries out. */
interface Installation extends Point {
  service: string;
  config: string;
  redis: string;
  ledger: Ledger;
  release: string;
  ask: (text: string) => Promise<string>;
}

let lab: Lab;
let installations: Installation[];
const nameOf = ({ story, at, when, of }: Point): string =>
  at === 0 ? `${story}-calm` : `${story}-${when}-${(of ?? 'step').replace('.', '-')}-${at}`;

const ann: Principal = {
  principal: 'ann@example.com',
  name: 'ann',
  actor: { surface: 'slack', tenant: 'T0ACME', id: 'U0ANN', name: 'ann' },
  emails: ['ann@example.com'],
  groups: [],
  roles: [],
  token: false,
};

/** What a gateway is for this: it takes commands into the ledger, and nobody is rung. */
async function gatewayOf(config: string, ledger: Ledger): Promise<Installation['ask']> {
  const parsed = await readCatalog(config);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const doorbell = { ring: async () => {} };
  const world = {
    ledger,
    doorbell,
    catalog: () => parsed.catalog,
    log: quiet,
    random: randomBytes,
    chats: { slack: {} },
  };
  return async (text) => {
    const asked = { text, actor: ann.actor, principal: ann, via: 'rest', key: `${config} ${text}` } as const;
    const reply = await handle(world as unknown as World, asked);
    if (!reply.ok || !reply.release) throw new Error(`"${text}" was refused: ${JSON.stringify(reply.view)}`);
    return reply.release;
  };
}

async function install(point: Point, n: number): Promise<Installation> {
  const service = nameOf(point);
  const raw = lab.sample();
  const config = await lab.folder.write(`${service}.yaml`, {
    ...raw,
    services: { [service]: raw.services[service] },
  });
  const redis = `${lab.redis.url}/${n}`;
  const client = new Redis(redis);
  atEnd(() => client.disconnect());
  const ledger = redisLedger(client);
  const ask = await gatewayOf(config, ledger);
  const release = await ask(`deploy ${service} ${versions[point.story]} to prod`);
  return { ...point, service, config, redis, ledger, release, ask };
}

const run = (order: Order) => startBot({ env: lab.env(), script: ['test/main/crashing.ts', JSON.stringify(order)] });

/** Somebody aborts once they see that it writes, whoever carries it out then. */
async function abortOnceWritten({ service, release, ask }: Installation): Promise<void> {
  await lab.slack.until(() => writesTo(lab, service).length, { within: 60_000, what: `${service} to be written` });
  await ask(`abort ${release}`);
}

beforeAll(async () => {
  const all = [...calm, ...points];
  lab = await openLab({ services: all.map(nameOf), redis: ['--databases', String(all.length)] });
  installations = await Promise.all(all.map(install));
  const aborted = Promise.all(installations.filter(({ story }) => story === 'abort').map(abortOnceWritten));
  const doomed = installations.filter(({ at }) => at > 0);
  const next = async (): Promise<void> => {
    for (let one = doomed.shift(); one; one = doomed.shift()) {
      const { at, of, when, config, redis } = one;
      const process = run({ at, of, when, installations: [{ config, redis }] });
      expect([one.service, await process.ended]).toEqual([one.service, 'SIGKILL']);
      expect(process.said()).toContain(`"died":"${when} ${of ?? ''}`);
    }
  };
  await Promise.all([next(), next(), next(), next()]);
  await run({ at: 0, when: 'before', installations }).logs('ready', 30_000);
  await aborted;
  await Promise.all(
    installations.map(({ ledger, release, service }) =>
      eventually(`${service} to end`, async () => isFinished((await ledger.load(release))!.release), 60_000),
    ),
  );
  await Promise.all(installations.map(shown));
}, 120_000);

/** The card and the last line of its thread. */
const shown = async ({ release, story }: Installation): Promise<void> => {
  await lab.shows(release, story === 'good' ? /SUCCEEDED/ : /ROLLED BACK/);
  const last = story === 'good' ? /Succeeded after/ : /rolled back \(\S+\): serving/;
  const said = () => threadOf(lab, release).some((line) => last.test(line));
  await lab.slack.until(said, { within: 30_000, what: `the end of ${release}` });
};

const plain = (line: string): string =>
  line
    .split('\n')[0]!
    .replace(/(?:good|crash|abort)-(?:calm|before|after)[\w-]*/g, '…')
    .replace(/\d+ (?:min|s|h)\b(?: \d+ s)?|less than a second/g, '…')
    .replace(/(?:plan|\d+ restarts?|×\d+|\(\d+).*$/g, '…');

async function endOf({ ledger, release, service }: Installation) {
  const { release: ended } = (await ledger.load(release))!;
  const hands = new Hands({ kubeconfig: lab.kubeconfig });
  const body = (await hands.read({ cluster: 'eu', namespace: 'prod', kind: 'deployment', name: service }))!;
  await hands.close();
  const { template, replicas } = body.spec as { template: { spec: object }; replicas: number };
  return {
    phase: ended.phase,
    cause: ended.finding?.cause,
    quarantined: ended.quarantined,
    spec: JSON.stringify([template.spec, replicas]),
    serving: ended.serving.map(({ version, healthy }) => [version, healthy]),
    headline: plain(lab.card(release)?.text ?? 'no card'),
  };
}

const cardsOf = ({ release }: Installation): number =>
  lab.slack
    .messages(channel)
    .filter(({ metadata }) => (metadata?.event_payload as { release?: string } | undefined)?.release === release)
    .length;

const find = (point: Point): Installation => installations.find((one) => one.service === nameOf(point))!;

test.each(calm)('$story, undisturbed, ends as it should', async (point) => {
  const one = find(point);
  expect((await endOf(one)).phase).toBe(ends[point.story]);
  expect(cardsOf(one)).toBe(1);
});

test.each(points)('$story, killed $when $of $at, ends as if nothing had happened', async (point) => {
  const [one, whole] = [find(point), find({ ...point, at: 0 })];
  expect(await endOf(one)).toEqual(await endOf(whole));
  expect(cardsOf(one), 'cards').toBeLessThanOrEqual(2);
  const writes = writesTo(lab, one.service);
  expect(writes, 'no write is doubled').toEqual([...new Set(writes)]);
  const kinds = (name: string) => writesTo(lab, name).map((op) => op.replace(/^.*?\./, '').replace(/\.\d+$/, ''));
  expect(kinds(one.service)).toEqual(kinds(whole.service));
  const lines = threadOf(lab, one.release).map(plain);
  for (const line of threadOf(lab, whole.release).map(plain)) expect(lines).toContain(line);
  expect(lines.length).toBeLessThanOrEqual(threadOf(lab, whole.release).length + 1);
});
