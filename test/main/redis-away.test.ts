import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eventually } from '../servers/cluster.ts';
import { ledgerOf, openLab, writesTo } from './lab.ts';

const outageMs = 5_000;

test('Redis is killed for 5 s in the middle of a rollout', { timeout: 60_000 }, async () => {
  const lab = await openLab({ kubernetes: { readyMs: 1_500 } });
  const bot = await lab.start();
  const ledger = ledgerOf(lab);
  const release = await lab.deploys('ann', 'deploy payments 2.4.1 to prod');
  await lab.slack.until(() => writesTo(lab, 'payments').length, { within: 15_000, what: 'the first write' });
  await lab.redis.kill();
  const died = performance.now();

  const answers: string[] = [];
  for (; performance.now() - died < outageMs; await pause(250))
    answers.push(await lab.types('ann', 'deploy payments 2.4.2 to prod'));
  expect(answers.filter((said) => !/not accepted/i.test(said))).toEqual([]);
  expect(answers.length).toBeGreaterThan(0);
  expect(await (await fetch(`${bot.at}/readyz`)).json()).toMatchObject({ ready: false, missing: ['ledger'] });

  await lab.redis.restart();
  const back = Date.now();
  const goesOn = async () => (await ledger.events(release)).find(({ at }) => at > back);
  const next = await eventually('work to go on', () => goesOn().catch(() => undefined));
  expect(next.at - back).toBeLessThan(3_000);
  await lab.shows(release, /SUCCEEDED · serving 2\.4\.1/, 10_000);
  expect(writesTo(lab, 'payments')).toHaveLength(1);
  expect((await ledger.active()).map(({ id }) => id)).toEqual([]);
});
