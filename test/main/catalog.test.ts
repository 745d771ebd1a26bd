import { beforeAll, expect, test } from 'vitest';
import { type Lab, openLab, type Raw, threadOf } from './lab.ts';
import type { Bot } from './process.ts';

/** The file changes while it runs; one of two clusters cannot be used. */

let lab: Lab;
let bot: Bot;

/** `search` lives in a cluster whose kubeconfig is not there yet. */
const twoClusters = (raw: Raw): void => {
  raw.clusters.us = { kubeconfig: `file:${lab.folder.path}/us.kubeconfig` };
  raw.environments.lab = { places: [{ cluster: 'us', namespace: 'prod' }], announce: { slack: 'C0PROD' } };
  raw.services.search!.in = ['lab'];
  raw.services.payments!.in = ['prod'];
};

beforeAll(async () => {
  lab = await openLab({ services: ['payments', 'search'] });
  await lab.catalog(twoClusters);
  bot = await lab.start();
});

test('a cluster that cannot be used is told to operators, and holds up only its own releases', async () => {
  const broken = await lab.deploys('ann', 'deploy search 2.4.1 to lab');
  const sound = await lab.deploys('ann', 'deploy payments 2.4.1 to prod');
  await lab.shows(sound, /SUCCEEDED · serving 2\.4\.1/);
  await lab.shows(broken, /REFUSED/);
  await lab.slack.until(
    () =>
      threadOf(lab, broken).some((line) => /the cluster us cannot be used: .*us\.kubeconfig.*clusters\.us/s.test(line)),
    { what: 'the thread to say which cluster and how to mend it' },
  );
  const line = await bot.logs(/^a cluster cannot be used/);
  expect(line).toMatchObject({ cluster: 'us', fix: expect.stringContaining('us.kubeconfig') });
});

test('once its kubeconfig is there it is used, without a restart', async () => {
  await lab.folder.write('us.kubeconfig', lab.kubernetes.kubeconfig);
  const again = async (): Promise<string> => {
    const release = await lab.deploys('ann', 'deploy search 2.4.1 to lab');
    const said = await lab.shows(release, /REFUSED|SUCCEEDED/);
    return said;
  };
  await expect.poll(again, { timeout: 15_000, interval: 1_000 }).toMatch(/SUCCEEDED · serving 2\.4\.1/);
});

test('a bad file is refused whole with every problem, and the one before stays in force', async () => {
  const spoil = (raw: Raw): void => {
    twoClusters(raw);
    raw.services.payments!.aliases = ['pay'];
    raw.services.payments!.colour = 'green';
    raw.environments.lab = { places: [{ cluster: 'mars', namespace: 'prod' }] };
  };
  await lab.catalog(spoil);
  const { problems } = await bot.logs(/^the changed catalog is refused/);
  expect(problems).toEqual([expect.stringMatching(/mars/), expect.stringMatching(/colour \(line \d+\)/)].toSorted());
  expect(await lab.types('ann', 'status pay prod')).toContain('pay');
  expect(await lab.types('ann', 'status payments prod')).toMatch(/payments prod: 2\.4\.1/);
});

test('a good file is in force at once, its new clusters too', async () => {
  await lab.catalog((raw) => {
    twoClusters(raw);
    raw.services.payments!.aliases = ['pay'];
    raw.clusters.more = { kubeconfig: `file:${lab.kubeconfig}` };
    raw.environments.lab = { places: [{ cluster: 'more', namespace: 'prod' }], announce: { slack: 'C0PROD' } };
  });
  await bot.logs('the changed catalog is in force');
  expect(await lab.types('ann', 'status pay prod')).toMatch(/payments prod: 2\.4\.1/);
  await lab.shows(await lab.deploys('ann', 'deploy search 2.4.2 to lab'), /SUCCEEDED · serving 2\.4\.2/);
});
