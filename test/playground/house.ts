import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFailed, onTestFinished } from 'vitest';
import { type Bot, startBot } from '../e2e/processes.ts';
import { startRedis } from '../servers/redis.ts';
import { startTeams } from '../servers/teams/teams.ts';
import { type Client, openClient } from './browser.ts';
import { type Ground, openGround } from './cluster.ts';
import { bob, managers, people, tenant } from './people.ts';
import { type Playground, startPlayground } from './playground.ts';
import { releaseFile } from './release-file.ts';

/** Our own processes, a Redis of their own, stand-ins of Kubernetes and Graph; in front of them a real browser. */
export interface House {
  playground: Playground;
  /** Ann, at the browser. */
  client: Client;
  serving: Ground['serving'];
}

/** A house for one test; everything of it goes when the test ends. */
export async function openHouse(): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 're-playground-house-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { registry, kubeconfig, serving } = await openGround(folder);
  const settings = { ...(await teamsSettings()), RELEASE_CONFIG: join(folder, 'release.yaml') };
  await writeFile(settings.RELEASE_CONFIG, releaseFile(registry, kubeconfig));
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const start = (ROLE: string) => startProcess({ ...settings, REDIS_URL: redis.url, ROLE });
  const [gateway] = await Promise.all([start('gateway'), start('worker')]);
  const playground = await startPlayground(`${gateway.url}/api/messages`);
  onTestFinished(() => playground.close());
  const client = await openClient(playground.url);
  onTestFinished(() => client.close());
  return { playground, client, serving };
}

/** Who people are is asked of a stand-in of Microsoft Graph; the Playground has none. */
async function teamsSettings(): Promise<Record<string, string>> {
  const users = people.map((one) => ({ ...one, tenant, groups: one === bob ? [managers] : [] }));
  const teams = await startTeams({ app: { id: '', tenant }, users });
  onTestFinished(() => teams.close());
  return {
    MICROSOFT_APP_UNAUTHENTICATED: '1',
    MICROSOFT_APP_TENANT_ID: tenant,
    MICROSOFT_SERVICE_HOSTS: '127.0.0.1',
    MICROSOFT_GRAPH_URL: teams.graphUrl,
  };
}

async function startProcess(settings: Record<string, string>): Promise<Bot> {
  const bot = await startBot(settings);
  onTestFinished(() => bot.kill());
  onTestFinished(() => expect.soft(bot.errors, `errors in the log of the ${settings.ROLE}`).toEqual([]));
  onTestFailed(() => console.info([`the log of the ${settings.ROLE}:`, ...bot.said].join('\n')));
  return bot;
}
