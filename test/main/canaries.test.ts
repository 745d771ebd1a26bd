import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { webhook } from '../adapters/http/listener.ts';
import { startTeams, type Teams } from '../servers/teams/teams.ts';
import { atEnd } from './at-end.ts';
import { dump, leaks, leakyFront, said, used } from './canaries.ts';
import { channel, type Lab, openLab, type Raw, threadOf, tokenFor } from './lab.ts';

/** Two dozen secrets planted, a release that crashes and one that is held, at LOG_LEVEL=trace: none comes out. */

const ask = async (at: string, path: string, init: RequestInit = {}): Promise<string> => {
  const answer = await fetch(`${at}${path}`, init);
  return `${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}`;
};

/** All but what the app logs in with. */
const toldTeams = ({ calls }: Teams) => calls.filter(({ call }) => call !== 'token');

const leakyCatalog =
  (lab: Lab) =>
  (raw: Raw): void => {
    raw.registries = { [lab.registry.host]: { username: 'env:REG_USER', password: 'env:REG_PASS' } };
    raw.teams = { payments: { page: { webhook: 'env:PAGE_URL' } } };
    raw.services.payments!.team = 'payments';
  };

test('no planted secret comes out anywhere', { timeout: 60_000 }, async () => {
  const lab = await openLab({
    secrets: { botToken: used.botToken, signingSecret: used.signingSecret },
    registry: { auth: 'basic', user: 'robot', password: used.registryPassword },
    containerEnv: [{ name: 'DB_PASSWORD', value: 'CANARY-template' }],
  });
  const front = await leakyFront(lab.kubernetes.url);
  const hook = await webhook();
  await lab.folder.write(
    'kubeconfig',
    lab.kubernetes.kubeconfig
      .replace(lab.kubernetes.url, front.url)
      .replace('token: stand-in', `token: ${used.kubeconfigToken}`),
  );
  await lab.catalog(leakyCatalog(lab));
  const teams = await startTeams({ users: [{ name: 'ann' }], app: { password: used.teamsPassword } });
  atEnd(() => teams.close());
  const token = await tokenFor(lab);
  const redis = new Redis(lab.redis.url);
  await redis.config('SET', 'requirepass', used.redisPassword);
  const bot = await lab.start({
    LOG_LEVEL: 'trace',
    REDIS_URL: lab.redis.url.replace('//', `//:${encodeURIComponent(used.redisPassword)}@`),
    REG_USER: 'robot',
    REG_PASS: used.registryPassword,
    PAGE_URL: `${new URL(hook.url).origin}/${used.webhookPath}`,
    ...teams.settings,
    ANTHROPIC_API_KEY: used.anthropicKey,
  });
  const headers = { authorization: `Bearer ${token}` };
  const answers: string[] = [];
  teams.deliverTo(`${bot.at}/api/messages`);
  const types = async (text: string) => void answers.push(await lab.types('ann', text));
  hook.answers.push(500, 404);

  front.fail(2);
  const crashed = await lab.deploys(
    'ann',
    `deploy payments 2.5.0-crash to prod because ${said.slice(5, 12).join(' ')}`,
  );
  await lab.shows(crashed, /ROLLED BACK/);
  const held = await lab.deploys('ann', `deploy payments 2.5.1-unready to prod because ${said[0]}`);
  await lab.shows(held, /DEPLOYING/);
  front.fail(4);
  await types(`hold ${held} because ${said.slice(0, 5).join(' ')}`);
  await lab.slack.until(() => hook.calls.length >= 2, { within: 15_000, what: 'the page to go out twice' });
  await types(`abort ${held} because ${said[5]}`);
  await lab.shows(held, /ROLLED BACK/);
  await types(`freeze prod because ${said.slice(10).join(' ')}`);
  await types(`lock payments prod because ${said[9]}`);
  for (const question of [
    'status',
    'history payments prod',
    `why ${crashed}`,
    `why ${held}`,
    'diff payments prod',
    'doctor',
  ])
    await types(question);
  await types(`deploy payments ${said[2]} to prod`);
  await types(`${said[0]} ${said[7]}`);
  for (const text of [`deploy payments ${said[2]} to prod`, `${said[0]} ${said[7]}`])
    await teams.as('ann').mention('General', text);
  await teams.until(() => teams.as('ann').reads().length >= 2, { within: 10_000, what: 'two answers in Teams' });

  const paths = [
    '/metrics',
    '/readyz',
    '/openapi.json',
    '/api/v1/releases',
    '/api/v1/services',
    '/api/v1/environments',
  ];
  const about = [crashed, held].flatMap((id) => [`/api/v1/releases/${id}`, `/api/v1/releases/${id}/events`]);
  const replies = await Promise.all(
    [...paths, ...about, '/api/v1/targets/payments/prod'].map((path) => ask(bot.at, path, { headers })),
  );
  const body = JSON.stringify({ text: `deploy payments ${said[2]} to prod`, reason: said.slice(5, 12).join(' ') });
  const post = { method: 'POST', headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': 'k1' } };
  replies.push(await ask(bot.at, '/api/v1/commands', { ...post, body }));
  const wrong = { authorization: `Bearer ${said[3]}` };
  replies.push(await ask(bot.at, '/api/v1/releases', { headers: wrong }));

  const kept = await dump(redis);
  redis.disconnect();
  bot.signal('SIGTERM');
  expect(await bot.ended).toBe(0);

  // Everything was really used and really said: otherwise there would be nothing to find.
  expect(front.tokens).toContain(`Bearer ${used.kubeconfigToken}`);
  expect(front.failed()).toBeGreaterThan(2);
  expect(lab.registry.requests.some((line) => line.includes('basic'))).toBe(true);
  expect(hook.calls[0]).toMatchObject({ path: `/${used.webhookPath}` });
  expect(replies.slice(0, -2).map((reply) => reply.slice(0, 3))).toEqual(replies.slice(0, -2).map(() => '200'));
  const sealed = [...kept].filter(([key, content]) => key.includes('template:') && leaks(content).length > 0);
  expect(sealed.length).toBeGreaterThan(0);
  expect(threadOf(lab, crashed).join('\n')).toMatch(/fatal: cannot connect with .*\[redacted\]/);
  expect(bot.lines().length).toBeGreaterThan(10);

  expect.soft(leaks(bot.said()), 'stdout and stderr').toEqual([]);
  expect.soft(leaks(JSON.stringify(lab.slack.calls)), 'what Slack was told').toEqual([]);
  expect.soft(leaks(JSON.stringify(toldTeams(teams))), 'what Teams was told').toEqual([]);
  expect.soft(leaks(JSON.stringify(lab.slack.messages(channel))), 'messages and cards').toEqual([]);
  expect.soft(leaks(JSON.stringify(answers)), 'private answers').toEqual([]);
  expect.soft(leaks(JSON.stringify(hook.calls.map((call) => call.body))), 'pages').toEqual([]);
  const open = [...kept].filter(([key]) => !key.includes('template:'));
  expect
    .soft(
      open.flatMap(([key, content]) => leaks(content).map((leak) => `${key}: ${leak}`)),
      'Redis',
    )
    .toEqual([]);
  expect.soft(replies.flatMap(leaks), 'REST and metrics').toEqual([]);
  const everything = JSON.stringify([bot.said(), lab.slack.calls, [...kept], replies]);
  expect(everything.includes(token.split('_')[2]!), 'the API token').toBe(false);
});
