import { expect, test } from 'vitest';
import { webhookPager } from '../../../adapters/http/pager.ts';
import { secret } from '../../../src/config/secrets.ts';
import { type House, house, noApproval, ok, prod, type RawCatalog } from '../../stories/house.ts';
import { keptLog } from '../api/gateway.ts';
import { type Webhook, webhook } from './listener.ts';

/** Whoever is on duty in the team hears of it: from a command to the webhook, the world in RAM, the webhook real. */

const paged = (raw: RawCatalog): void => {
  noApproval(raw);
  Object.assign(raw.teams.payments, { page: { webhook: 'env:PAGE_URL' } });
};

async function houseWithPager(change: (raw: RawCatalog) => void = paged) {
  const hook = await webhook();
  const home = house(change);
  const log = keptLog();
  const pager = webhookPager({
    catalog: () => home.world.catalog(),
    secrets: { read: async () => secret(hook.url) },
    log,
    now: () => home.clock.now,
  });
  home.world = { ...home.world, log, chats: { ...home.world.chats, pager } };
  return { home, hook, log };
}

/** A release that we cannot judge: somebody else changes the image in the middle. */
async function errored(home: House): Promise<string> {
  const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
  await home.until(id, 'deploying');
  home.cluster.disturb.setImage(prod, 'app', 'registry.example.com/payments:2.4.2', 'kubectl-set');
  await home.until(id, 'errored');
  return id;
}

const hours = 3_600_000;
const bodies = ({ calls }: Webhook) => calls.map(({ body }) => body as Record<string, string>);
const errorsIn = ({ lines }: ReturnType<typeof keptLog>) => lines.filter(({ level }) => level === 'error');

test('an errored release pages once, with what a phone can show', async () => {
  const { home, hook, log } = await houseWithPager();
  const id = await errored(home);
  await home.passes(2 * hours);
  expect(bodies(hook)).toEqual([
    {
      team: 'payments',
      release: id,
      headline: expect.stringMatching(/^payments prod · ERRORED/),
      text: expect.stringMatching(new RegExp(`^${id} is held: .*taken over by kubectl-set`)),
    },
  ]);
  expect(errorsIn(log)).toEqual([]);
});

test('nobody waits for a page: it goes out within two seconds', async () => {
  const { home, hook } = await houseWithPager();
  await errored(home);
  await home.passes(2_000);
  expect(hook.calls).toHaveLength(1);
});

test('a hold pages once, and says who holds it and why', async () => {
  const { home, hook } = await houseWithPager();
  const id = ok(await home.says('ann', 'deploy payments 2.5.4-slowready to prod'));
  await home.until(id, 'deploying');
  ok(await home.says('bob', `hold ${id} because the numbers look odd`));
  await home.passes(hours);
  expect(bodies(hook)).toMatchObject([{ release: id, text: 'Bob: hold: the numbers look odd' }]);
});

test('what ends by itself pages nobody: a good version, and a bad one that came back', async () => {
  const { home, hook } = await houseWithPager();
  await home.until(ok(await home.says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  await home.until(ok(await home.says('ann', 'deploy payments 2.5.0-crash to prod')), 'rolled-back');
  await home.passes(hours);
  expect(hook.calls).toEqual([]);
});

test('a way back that fails, too, pages once', async () => {
  const { home, hook } = await houseWithPager();
  const id = ok(await home.says('ann', 'deploy payments 2.5.0-crash to prod'));
  await home.reaches(id, 'recovering');
  home.cluster.disturb.remove(prod);
  await home.until(id, 'failed');
  await home.passes(hours);
  expect(bodies(hook)).toMatchObject([{ release: id, headline: expect.stringMatching(/^payments prod · FAILED/) }]);
});

test('a team without a webhook pages nobody, and nothing is amiss', async () => {
  const { home, hook, log } = await houseWithPager(noApproval);
  await errored(home);
  await home.passes(hours);
  expect([hook.calls, errorsIn(log)]).toEqual([[], []]);
});

test('a webhook in trouble is asked until it hears, and then no more', async () => {
  const { home, hook, log } = await houseWithPager();
  hook.answers.push(500, 429, 503);
  const id = await errored(home);
  await home.passes(2 * hours);
  expect(bodies(hook).map(({ release }) => release)).toEqual([id, id, id, id]);
  expect(new Set(bodies(hook).map((body) => JSON.stringify(body))).size).toBe(1);
  expect(errorsIn(log)).toEqual([]);
});

test('a webhook that says no is told to operators, not asked for ever, and changes nothing for anybody else', async () => {
  const { home, hook, log } = await houseWithPager();
  hook.answers.push(...Array.from({ length: 1_000 }, () => 404));
  const id = await errored(home);
  await home.passes(2 * hours);
  const asked = hook.calls.length;
  expect(asked).toBeGreaterThan(5);
  expect(asked).toBeLessThan(20);
  await home.passes(4 * hours);
  expect(hook.calls).toHaveLength(asked);
  expect(errorsIn(log).at(-1)).toMatchObject({ message: 'a page is given up: nobody was called' });
  expect(home.card().headline).toMatch(/ERRORED/);
  expect((await home.release(id)).phase).toBe('errored');
  expect(JSON.stringify([log.lines.map(({ fields }) => String(fields.err)), home.chat.messages])).not.toContain(
    'planted',
  );
});

test('another process that takes the page up knows the whole of it', async () => {
  const { home, hook, log } = await houseWithPager();
  hook.answers.push(500);
  const id = await errored(home);
  const fresh = webhookPager({
    catalog: () => home.world.catalog(),
    secrets: { read: async () => secret(hook.url) },
    log,
    now: () => home.clock.now,
  });
  home.world = { ...home.world, chats: { ...home.world.chats, pager: fresh } };
  await home.passes(60_000);
  expect(hook.calls).toHaveLength(2);
  expect(bodies(hook).at(-1)).toMatchObject({ release: id, headline: expect.stringMatching(/ERRORED/) });
});
