import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { redisLedger } from '../../adapters/redis/ledger.ts';
import type { Ledger } from '../../src/ports.ts';
import { type Process, startProcess } from '../chaos/process.ts';
import { type Diary, keepDiary } from '../e2e/diary.ts';
import { Hands } from '../servers/cluster.ts';
import { type RedisServer, startRedis } from '../servers/redis.ts';
import { slackRates } from '../servers/slack/rates.ts';

import { type Slack, startSlack } from '../servers/slack/slack.ts';
import type { Ground } from './ground.ts';
import { channel, channelOf, people, releaseFile, type Service } from './release-file.ts';
import { createAll } from './workloads.ts';

/** Its limit for the whole workspace is left out: a sample stands for a release that has it to itself. */
const { postsPerSecondPerChannel } = slackRates;
const signingSecret = 'bench0signing0secret';

/** Gateway and workers in processes of their own, on a Redis of their own, with a Slack that keeps its rates. */
export interface Installation {
  ground: Ground;
  folder: string;
  namespace: string;
  slack: Slack;
  redis: RedisServer;
  ledger: Ledger;
  /** What the API server tells somebody who only watches. */
  diary: Diary;
  gateway: Process;
  /** Another worker; resolves when it is ready. */
  startWorker(): Promise<Process>;
  /** What a process needs in order to be of this installation. */
  settings(role: 'gateway' | 'worker'): Record<string, string>;
  /** Forgets how often Slack was called: each sample stands for a release that has its workspace to itself. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

/** @param services none: an installation without a cluster, for what only a gateway does */
export async function openInstallation(ground: Ground, services: Service[]): Promise<Installation> {
  const undo: (() => unknown)[] = [];
  const close = async () => {
    for (const one of undo.reverse()) await one();
  };
  try {
    return { ...(await open(ground, services, undo)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  ground: Ground,
  services: Service[],
  undo: (() => unknown)[],
): Promise<Omit<Installation, 'close'>> {
  const folder = await newFolder(undo);
  const hands = new Hands({ kubeconfig: ground.kubeconfig });
  undo.push(() => hands.close());
  const namespace = await hands.namespace();
  await createAll(ground, hands, namespace, services);
  const diary = await keepDiary(ground.kubeconfig, [namespace]);
  undo.push(() => diary.close());
  const catalog = join(folder, 'release.yaml');
  await writeFile(catalog, releaseFile(ground.kubeconfig, namespace, ground.image, services));
  const base = await openBase(folder, catalog, services, undo);
  return { ...base, ground, folder, namespace, diary };
}

export async function newFolder(undo: (() => unknown)[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 're-bench-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Redis, Slack and a gateway. @param more settings of every process */
export async function openBase(
  folder: string,
  catalog: string,
  services: Service[],
  undo: (() => unknown)[],
  more: Record<string, string> = {},
) {
  const redis = await startRedis();
  undo.push(() => redis.stop());
  // A run that is stopped in its middle leaves nobody behind.
  process.once('exit', () => void redis.kill());
  const channels = [channel, ...services.map(({ name }) => channelOf(name))].map((id) => ({ id }));
  const slack = await startSlack({ users: people, channels, rates: { postsPerSecondPerChannel } });
  slack.workspace.app.signingSecret = signingSecret;
  undo.push(() => slack.close());
  const client = new Redis(redis.url);
  undo.push(() => client.disconnect());
  const settings = (role: 'gateway' | 'worker') => ({
    ROLE: role,
    HOST: '127.0.0.1',
    PORT: '0',
    RELEASE_CONFIG: catalog,
    REDIS_URL: redis.url,
    SLACK_BOT_TOKEN: slack.workspace.app.botToken,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: slack.url,
    ...more,
  });
  let started = 0;
  const start = async (role: 'gateway' | 'worker'): Promise<Process> => {
    started += 1;
    const name = `${role}-${started}`;
    const log = join(process.env.BENCH_LOGS ?? folder, `${name}.log`);
    const child = startProcess({ name, script: 'src/main.ts', env: settings(role), log });
    undo.push(() => stopped(child));
    if ((await child.ready) === undefined) throw new Error(`${name} did not start: see ${log}`);
    return child;
  };
  const gateway = await start('gateway');
  slack.deliverTo(`${gateway.url()}/slack/events`);
  return {
    redis,
    slack,
    ledger: redisLedger(client),
    gateway,
    settings,
    startWorker: () => start('worker'),
    calm: async () => void (await client.del('{re}:bucket:chat:slack:update')),
  };
}

export async function stopped(child: Process): Promise<void> {
  child.kill();
  await child.exited;
}
