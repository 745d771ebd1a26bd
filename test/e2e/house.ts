import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { expect, onTestFailed, onTestFinished } from 'vitest';
import { startRedis } from '../servers/redis.ts';
import { buttons, type SlackMessage, wording } from '../servers/slack/messages.ts';
import { slackRates } from '../servers/slack/rates.ts';
import { type Slack, startSlack } from '../servers/slack/slack.ts';
import { type Diary, keepDiary } from './diary.ts';
import { applyAll, type Kubectl, kubectlFor } from './kubectl.ts';
import { objectsOf, type Workloads } from './objects.ts';
import { type Bot, startBot } from './processes.ts';
import { channel, type ReleaseFile, releaseFile } from './release-file.ts';

/** Everything real but Slack: gateway and worker in their own processes, Redis, API server, kubelet, containers. */
export interface House {
  slack: Slack;
  kubectl: Kubectl;
  diary: Diary;
  /** In the order in which they are released. */
  namespaces: string[];
  worker: Bot;
  /** Another worker, as a supervisor would start it. */
  startWorker: () => Promise<Bot>;
  /** Types `/release …`; resolves when the gateway has acknowledged. */
  types: (person: string, text: string) => Promise<void>;
  /** Presses a button of the newest card, by the beginning of its label, and says yes when it asks. */
  presses: (person: string, label: string) => Promise<void>;
  /** Waits until the newest card's first line matches. */
  shows: (state: RegExp, withinMs?: number) => Promise<string>;
  /** All the words of the newest card. */
  card: () => string;
  /** The lines of its thread. */
  thread: () => string[];
  /** Where the Service of the first place answers. */
  address: () => Promise<string>;
  until: Slack['until'];
}

export type Open = (story?: Story) => Promise<House>;

export interface Story extends Workloads, ReleaseFile {
  places?: number;
}

const people = [
  { id: 'U0ANN', name: 'ann' },
  { id: 'U0BOB', name: 'bob' },
];

/** A house for one test, with its workloads settled; everything of it goes when the test ends. */
export async function openHouse(kubeconfig: string, story: Story = {}): Promise<House> {
  const kubectl = kubectlFor(kubeconfig);
  const namespaces = Array.from({ length: story.places ?? 1 }, () => `e2e-${randomBytes(4).toString('hex')}`);
  const [{ slack, worker, startWorker }] = await Promise.all([
    openProcesses(kubeconfig, namespaces, story),
    settle(kubeconfig, namespaces, story),
  ]);
  const diary = await keepDiary(kubeconfig, namespaces);
  onTestFinished(() => diary.close());
  const card = () => newestCard(slack);
  return {
    slack,
    kubectl,
    diary,
    namespaces,
    worker,
    startWorker,
    types: async (person, text) => {
      expect(await slack.as(person).slash(channel, '/release', text)).toMatchObject({ outcome: 'acknowledged' });
    },
    presses: (person, label) => press(slack, person, label),
    shows: (state, within = 45_000) =>
      slack.until(() => (state.test(card()?.text ?? '') ? card()?.text : undefined), { within, what: `${state}` }),
    card: () => wording(mustHaveCard(slack)),
    thread: () =>
      slack
        .messages(channel)
        .filter((message) => message.thread === mustHaveCard(slack).ts)
        .map(wording),
    address: () => kubectl('-n', namespaces[0]!, 'get', 'service', 'payments', '-o', 'jsonpath={.spec.clusterIP}'),
    until: slack.until,
  };
}

async function settle(kubeconfig: string, namespaces: string[], workloads: Workloads): Promise<void> {
  const kubectl = kubectlFor(kubeconfig);
  onTestFinished(() => void kubectl('delete', 'namespace', ...namespaces, '--wait=false').catch(() => undefined));
  await applyAll(
    kubeconfig,
    namespaces.flatMap((namespace) => objectsOf(namespace, workloads)),
  );
  const workload = `${workloads.kind ?? 'deployment'}/payments`;
  await Promise.all(
    namespaces.map((namespace) => kubectl('-n', namespace, 'rollout', 'status', workload, '--timeout=40s')),
  );
}

async function openProcesses(kubeconfig: string, namespaces: string[], story: Story) {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const slack = await startSlack({ users: people, channels: [{ id: channel }], rates: slackRates });
  onTestFinished(() => slack.close());
  const settings = {
    RELEASE_CONFIG: await writeCatalog(kubeconfig, namespaces, story),
    REDIS_URL: redis.url,
    SLACK_BOT_TOKEN: slack.workspace.app.botToken,
    SLACK_SIGNING_SECRET: 'e2e0signing0secret',
    SLACK_API_URL: slack.url,
  };
  slack.workspace.app.signingSecret = settings.SLACK_SIGNING_SECRET;
  const start = async (role: Record<string, string>): Promise<Bot> => {
    const bot = await startBot({ ...settings, ...role });
    onTestFinished(() => bot.kill());
    onTestFinished(() => expect.soft(bot.errors, `errors in the log of the ${role.ROLE}`).toEqual([]));
    onTestFailed(() => console.info([`the log of the ${role.ROLE}:`, ...bot.said].join('\n')));
    return bot;
  };
  // Only workers hold cluster credentials.
  const startWorker = () => start({ ROLE: 'worker', KUBECONFIG: kubeconfig });
  const [gateway, worker] = await Promise.all([start({ ROLE: 'gateway' }), startWorker()]);
  slack.deliverTo(`${gateway.url}/slack/events`);
  onTestFinished(() => expect.soft(slack.refusals(), 'calls that Slack refused').toEqual([]));
  return { slack, worker, startWorker };
}

async function writeCatalog(kubeconfig: string, namespaces: string[], story: Story): Promise<string> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const dir = await mkdtemp(join(tmpdir(), 're-e2e-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'release.yaml');
  await writeFile(path, releaseFile(config.getCurrentContext(), namespaces, story.kind ?? 'deployment', story));
  return path;
}

const newestCard = (slack: Slack): SlackMessage | undefined =>
  slack.messages(channel).findLast((message) => message.metadata !== undefined && message.thread === undefined);

function mustHaveCard(slack: Slack): SlackMessage {
  const card = newestCard(slack);
  if (card) return card;
  throw new Error('there is no card yet');
}

async function press(slack: Slack, person: string, label: string): Promise<void> {
  const card = mustHaveCard(slack);
  const found = buttons(card).find((one) => one.label.startsWith(label));
  if (!found) throw new Error(`the card has no button ${label}: ${buttons(card).map((one) => one.label)}`);
  expect(await slack.as(person).click(card, found.actionId, { confirm: true })).toMatchObject({
    outcome: 'acknowledged',
  });
}
