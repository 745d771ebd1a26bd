import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { mintToken } from '../../adapters/api/token.ts';
import { keepToken } from '../../adapters/api/tokens.ts';
import { workloads } from '../../adapters/kubernetes/resource.ts';
import { redisLedger } from '../../adapters/redis/ledger.ts';
import type { Ledger } from '../../src/ports.ts';
import { manifestOf } from '../chaos/estate.ts';
import { eventually, Hands } from '../servers/cluster.ts';
import { type Kubernetes, type KubernetesOptions, startKubernetes } from '../servers/kubernetes/server.ts';
import { type RedisServer, startRedis } from '../servers/redis.ts';
import { type StandInOptions, type StandInRegistry, startRegistry } from '../servers/registry.ts';
import { type SlackMessage, wording } from '../servers/slack/messages.ts';
import { type Slack, startSlack } from '../servers/slack/slack.ts';
import { atEnd } from './at-end.ts';
import { type Folder, newFolder } from './folder.ts';
import { type Bot, type Start, startBot } from './process.ts';

/** Everything around real processes of ours: Redis, and strict stand-ins of Slack, Kubernetes and the registry. */
export interface Lab {
  redis: RedisServer;
  kubernetes: Kubernetes;
  registry: StandInRegistry;
  slack: Slack;
  folder: Folder;
  /** Path of the kubeconfig of the cluster `eu`. */
  kubeconfig: string;
  /** The catalog that is written unless it is changed. */
  sample: () => Raw;
  /** Writes the catalog: the sample, changed. */
  catalog: (change?: (raw: Raw) => void) => Promise<string>;
  /** Starts a process, ready; Slack tells the last one that hears. */
  start: (env?: Record<string, string>, how?: Omit<Start, 'env'>) => Promise<Bot & { at: string }>;
  env: () => Record<string, string>;
  /** Types `/release …` in the channel; what is answered. */
  types: (person: string, text: string) => Promise<string>;
  /** The id of the release that was accepted. */
  deploys: (person: string, text: string) => Promise<string>;
  card: (release: string) => SlackMessage | undefined;
  /** Waits until the first line of a release's card matches. */
  shows: (release: string, state: RegExp, withinMs?: number) => Promise<string>;
}

export const channel = 'C0PROD';
const people = ['ann', 'bob'].map((name) => ({ id: `U0${name.toUpperCase()}`, name }));
const signingSecret = 'main0signing0secret';

export type Raw = ReturnType<typeof sample>;

const sample = (kubeconfig: string, image: string, services: string[]) => ({
  version: 1,
  clusters: { eu: { kubeconfig: `file:${kubeconfig}` } } as Record<string, object>,
  environments: {
    prod: {
      places: [{ cluster: 'eu', namespace: 'prod' }],
      announce: { slack: channel },
    },
  } as Record<string, object>,
  services: Object.fromEntries(
    services.map((name) => [
      name,
      { image, workload: `deployment/${name}`, health: { stability: '0s', progressDeadline: '30s' } },
    ]),
  ) as Record<string, Record<string, unknown>>,
  teams: {} as Record<string, object>,
  registries: {} as Record<string, object>,
  roles: {
    engineers: {
      emails: people.map(({ name }) => `${name}@example.com`),
      may: ['read', 'deploy', 'control', 'approve', 'rollback', 'override', 'freeze', 'lock', 'admin'],
    },
  },
});

export interface LabOptions {
  services?: string[];
  kubernetes?: KubernetesOptions;
  registry?: StandInOptions;
  redis?: string[];
  /** Environment of the container of every workload. */
  containerEnv?: { name: string; value: string }[];
  /** Of the app, as Slack knows them. */
  secrets?: { botToken?: string; signingSecret?: string };
}

/** The versions that the registry has, and as which the cluster lets them behave. */
export const versions = ['2.4.1', '2.4.2', '2.5.0-crash', '2.5.1-unready'];

export async function openLab(options: LabOptions = {}): Promise<Lab> {
  const { services = ['payments'] } = options;
  const redis = await startRedis(options.redis);
  atEnd(() => redis.stop());
  const kubernetes = await startKubernetes(options.kubernetes);
  atEnd(() => kubernetes.close());
  const registry = await startRegistry(options.registry);
  atEnd(() => registry.close());
  const app = { signingSecret, ...options.secrets };
  const slack = await startSlack({ users: people, channels: [{ id: channel }], app });
  atEnd(() => slack.close());
  const folder = await newFolder();
  const kubeconfig = await folder.write('kubeconfig', kubernetes.kubeconfig);
  const image = `${registry.host}/payments`;
  await populate(kubeconfig, services, `${image}:2.4.0@${registry.push('payments', '2.4.0')}`, options.containerEnv);
  for (const version of versions) kubernetes.control({ images: { [registry.push('payments', version)]: version } });
  const catalog: Lab['catalog'] = (change = () => {}) => {
    const raw = sample(kubeconfig, image, services);
    change(raw);
    return folder.write('release.yaml', raw);
  };
  await catalog();
  const env = () => ({
    RELEASE_CONFIG: `${folder.path}/release.yaml`,
    REDIS_URL: redis.url,
    SLACK_API_URL: slack.url,
    SLACK_BOT_TOKEN: slack.workspace.app.botToken,
    SLACK_SIGNING_SECRET: slack.workspace.app.signingSecret,
  });
  const start: Lab['start'] = async (more = {}, how = {}) => {
    const bot = startBot({ env: { ...env(), ...more }, ...how });
    const at = await bot.url();
    if (more.ROLE !== 'worker') slack.deliverTo(`${at}/slack/events`);
    return { ...bot, at };
  };
  return {
    redis,
    kubernetes,
    registry,
    slack,
    folder,
    kubeconfig,
    sample: () => sample(kubeconfig, image, services),
    catalog,
    start,
    env,
    ...talk(slack),
  };
}

interface Manifest {
  spec: { template: { spec: { containers: { env?: LabOptions['containerEnv'] }[] } } };
}

async function populate(
  kubeconfig: string,
  services: string[],
  image: string,
  containerEnv: LabOptions['containerEnv'] = [],
): Promise<void> {
  const hands = new Hands({ kubeconfig });
  for (const name of services) {
    const kind = 'deployment' as const;
    const body = manifestOf({ namespace: 'prod', kind, name, image }) as Manifest;
    for (const container of body.spec.template.spec.containers) container.env = containerEnv;
    await hands.create(workloads[kind].resource, 'prod', body);
  }
  for (const name of services)
    await eventually(`${name} to be up`, async () => {
      const body = await hands.read({ cluster: 'eu', namespace: 'prod', kind: 'deployment', name });
      return (body?.status as { readyReplicas?: number } | undefined)?.readyReplicas === 2;
    });
  await hands.close();
}

function talk(slack: Slack): Pick<Lab, 'types' | 'deploys' | 'card' | 'shows'> {
  const types: Lab['types'] = async (person, text) => {
    const answer = await slack.as(person).slash(channel, '/release', text);
    return answer.outcome === 'acknowledged' ? (answer.says ?? '') : answer.outcome;
  };
  const card: Lab['card'] = (release) =>
    slack
      .messages(channel)
      .findLast(({ metadata }) => (metadata?.event_payload as { release?: string } | undefined)?.release === release);
  return {
    types,
    card,
    deploys: async (person, text) => {
      const said = await types(person, text);
      const [, id] = /Accepted as ([a-z0-9-]+)/.exec(said) ?? [];
      if (id) return id;
      throw new Error(`"${text}" was not accepted: ${said}`);
    },
    shows: (release, state, within = 30_000) =>
      slack.until(() => (state.test(card(release)?.text ?? '') ? card(release)?.text : undefined), {
        within,
        what: `${release} to show ${state}`,
      }),
  };
}

/** All that stands in the thread of a release's card. */
export const threadOf = ({ slack, card }: Lab, release: string): string[] =>
  slack
    .messages(channel)
    .filter(({ thread }) => thread !== undefined && thread === card(release)?.ts)
    .map(wording);

/** Our writes to a workload, by what they were for: `0.deploy`, `0.return.2`. */
export const writesTo = ({ kubernetes }: Lab, name: string): string[] =>
  kubernetes
    .mutations()
    .filter((one) => one.name === name && one.annotations.after[op] !== undefined)
    .map(({ annotations }) => String(annotations.after[op]));

const op = 'release-engineer.dev/op';

/** What is in the ledger, read as we read it. */
export function ledgerOf({ redis }: Lab): Ledger {
  const client = new Redis(redis.url);
  // Some tests end Redis under it.
  client.on('error', () => undefined);
  atEnd(() => client.disconnect());
  return redisLedger(client);
}

/** A new API token of a role of the sample. */
export async function tokenFor(lab: Lab, role = 'engineers'): Promise<string> {
  const ledger = ledgerOf(lab);
  const now = Date.now();
  const wish = { principal: 'ci@example.com', name: 'CI', roles: [role], createdBy: 'test' };
  const { id, token, record } = mintToken(randomBytes, { ...wish, now, expiresAt: now + 3_600_000 });
  await keepToken(ledger, id, record);
  return token;
}
