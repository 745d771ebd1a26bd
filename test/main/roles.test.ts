import { beforeAll, describe, expect, test } from 'vitest';
import { type Lab, openLab } from './lab.ts';
import type { Bot } from './process.ts';

/** Gateways hear people and hold no cluster credentials; workers carry out and hear nobody. */

/** Tells which files of the cluster's client are loaded. */
const tellLoads = `import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    if (url.includes('@kubernetes/client-node')) process.stderr.write('LOADED the cluster client\\n');
    return next(url, context);
  },
});`;
const node = ['--import', `data:text/javascript,${encodeURIComponent(tellLoads)}`];

let lab: Lab;
let gateway: Bot & { at: string };
let worker: Bot & { at: string };

beforeAll(async () => {
  lab = await openLab();
  const broken = await lab.folder.write('broken', 'planted: [and not yaml');
  const good = lab.env().RELEASE_CONFIG;
  await lab.catalog((raw) => {
    raw.clusters.eu = { context: 'stand-in' };
  });
  const gatewayEnv = { ROLE: 'gateway', KUBECONFIG: broken, RELEASE_CONFIG: good! };
  [gateway, worker] = await Promise.all([
    lab.start(gatewayEnv, { node }),
    lab.start({ ROLE: 'worker', KUBECONFIG: lab.kubeconfig }, { node }),
  ]);
});

test('a gateway starts without looking at a broken kubeconfig, and never loads the client of clusters', () => {
  expect(worker.said()).toContain('LOADED the cluster client');
  expect(gateway.said()).not.toContain('LOADED');
  expect(gateway.lines().filter(({ level }) => level >= 40)).toEqual([]);
});

test('what a gateway hears, a worker carries out', async () => {
  await lab.shows(await lab.deploys('ann', 'deploy payments 2.4.1 to prod'), /SUCCEEDED · serving 2\.4\.1/);
  expect(gateway.said()).not.toContain('LOADED');
  expect(gateway.lines().map(({ msg }) => msg)).toContain('a command was handled');
  expect(worker.lines().map(({ msg }) => msg)).not.toContain('a command was handled');
});

describe.each(['gateway', 'worker'] as const)('a %s', (role) => {
  const ask = (path: string, init?: RequestInit) => fetch(`${(role === 'gateway' ? gateway : worker).at}${path}`, init);

  test('is alive, ready and measured', async () => {
    expect(await (await ask('/healthz')).json()).toEqual({ status: 'ok' });
    await expect.poll(async () => (await ask('/readyz')).status, { timeout: 5_000 }).toBe(200);
    expect(await (await ask('/metrics')).text()).toContain('release_engineer_');
  });

  test('answers people only as a gateway', async () => {
    const heard = role === 'gateway';
    const slack = await ask('/slack/events', { method: 'POST', body: 'payload={}' });
    const rest = await ask('/api/v1/commands', { method: 'POST', body: '{}' });
    expect([slack.status, rest.status]).toEqual(heard ? [401, 401] : [404, 404]);
  });
});

describe('a Redis that is not safe', () => {
  test('is used when somebody says so, and every status says UNSAFE', async () => {
    const unsafe = await openLab({ redis: ['--appendfsync', 'everysec'] });
    const bot = await unsafe.start({ ROLE: 'gateway', REDIS_ALLOW_UNSAFE: '1' });
    await bot.logs('the ledger is not safe');
    expect(await unsafe.types('ann', 'status')).toMatch(/UNSAFE: appendfsync is "everysec"/);
  });

  test('that hides its settings is used when somebody states them, and nothing is called unsafe', async () => {
    const hiding = await openLab({ redis: ['--rename-command', 'CONFIG', ''] });
    const bot = await hiding.start({ REDIS_DURABILITY: 'appendfsync-always' });
    const release = await hiding.deploys('ann', 'deploy payments 2.4.1 to prod');
    await hiding.shows(release, /SUCCEEDED/);
    expect(await hiding.types('ann', 'status')).not.toContain('UNSAFE');
    expect(bot.lines().filter(({ level }) => level >= 40)).toEqual([]);
  });
});
