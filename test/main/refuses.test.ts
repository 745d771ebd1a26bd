import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { startRedis } from '../servers/redis.ts';
import { startSlack } from '../servers/slack/slack.ts';
import { atEnd } from './at-end.ts';
import { newFolder } from './folder.ts';
import { startBot } from './process.ts';

/** What keeps it from starting is told at once and whole, with the way to mend it, and without a secret. */

const catalog = () => ({
  version: 1,
  clusters: { eu: { context: 'eu' } },
  environments: { prod: { places: [{ cluster: 'eu', namespace: 'prod' }] } },
  services: { payments: { image: 'registry.example.com/payments', workload: 'deployment/payments' } },
  roles: { all: { emails: ['ann@example.com'], may: ['read'] } },
});

/** How it ended, and what it said to people: not its log. */
async function refusal(env: Record<string, string>) {
  const bot = startBot({ env });
  const code = await bot.ended;
  const told = bot
    .said()
    .split('\n')
    .filter((line) => !line.startsWith('{'));
  return { code, told, said: bot.said() };
}

const catalogFile = async (content: string | object = catalog()) => (await newFolder()).write('release.yaml', content);

async function redis(settings: string[] = []): Promise<string> {
  const server = await startRedis(settings);
  atEnd(() => server.stop());
  return server.url;
}

describe.concurrent('settings and catalog', () => {
  test('every wrong setting at once, and no secret', async () => {
    const { code, told, said } = await refusal({
      PORT: '99999',
      ROLE: 'boss',
      LOG_LEVEL: 'loud',
      TLS_CERT_FILE: '/tls/cert.pem',
      REDIS_URL: 'planted-redis-password@redis',
      SLACK_BOT_TOKEN: 'planted-bot-token',
      SLACK_APP_TOKEN: 'planted-app-token',
      SLACK_SIGNING_SECRET: 'planted!',
      ANTHROPIC_BASE_URL: 'http://planted.example.com',
    });
    expect(code).toBe(1);
    expect(told[0]).toBe('The settings cannot be used:');
    expect(told.slice(1).map((line) => /^ {2}- (\w+): .+\.$/.exec(line)?.[1])).toEqual([
      'ROLE',
      'PORT',
      'LOG_LEVEL',
      'REDIS_URL',
      'SLACK_BOT_TOKEN',
      'SLACK_SIGNING_SECRET',
      'SLACK_APP_TOKEN',
      'ANTHROPIC_BASE_URL',
      'TLS_KEY_FILE',
      'SLACK_APP_TOKEN',
      'ANTHROPIC_API_KEY',
    ]);
    expect(said).not.toContain('planted');
  });

  test('every problem of the catalog at once, each with its line, and no secret', async () => {
    const RELEASE_CONFIG = await catalogFile(`version: 1
clusters: { eu: { context: eu } }
environments:
  prod:
    places: [ { cluster: us, namespace: prod } ]
services:
  payments:
    image: registry.example.com/payments
    workload: cronjob/payments
    colour: green
teams:
  payments: { page: { webhook: "https://hooks.example.com/planted" } }
registries:
  registry.example.com: { username: ann, password: planted-password }
`);
    const { code, told, said } = await refusal({ RELEASE_CONFIG });
    expect(code).toBe(1);
    expect(told[0]).toBe(`${RELEASE_CONFIG} cannot be used:`);
    const lines = told.slice(1).map((line) => Number(/^ {2}- .+ \(line (\d+)\): /.exec(line)?.[1]));
    expect(lines.toSorted((a, b) => a - b)).toEqual([5, 9, 10, 12, 14, 14]);
    expect(said).not.toContain('planted');
  });

  test('a catalog that is not there names the setting', async () => {
    const { code, told } = await refusal({ RELEASE_CONFIG: '/nowhere/release.yaml' });
    expect(code).toBe(1);
    expect(told.join(' ')).toMatch(/\/nowhere\/release\.yaml cannot be used.*there is no such file.*RELEASE_CONFIG/);
  });
});

describe.concurrent('Redis', () => {
  test('that is not there', async () => {
    // A port that was free a moment ago may be somebody else's by now; this one is nobody's.
    const REDIS_URL = 'redis://:planted-password@127.0.0.1:1';
    const { code, told, said } = await refusal({ RELEASE_CONFIG: await catalogFile(), REDIS_URL });
    expect(code).toBe(1);
    expect(told.join(' ')).toMatch(/^Redis at 127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED.*\. .*REDIS_URL/);
    expect(said).not.toContain('planted');
  });

  test('that wants another password', async () => {
    const url = await redis();
    const client = new Redis(url);
    await client.config('SET', 'requirepass', 'another-password');
    client.disconnect();
    const REDIS_URL = url.replace('//', '//:planted-password@');
    const { code, told, said } = await refusal({ RELEASE_CONFIG: await catalogFile(), REDIS_URL });
    expect(code).toBe(1);
    expect(told.join(' ')).toMatch(/password.*REDIS_URL/i);
    expect(said).not.toContain('planted');
  });

  test('that may forget names each setting and its fix, and how to run all the same', async () => {
    const REDIS_URL = await redis(['--appendfsync', 'everysec', '--maxmemory-policy', 'allkeys-lru']);
    const { code, told } = await refusal({ RELEASE_CONFIG: await catalogFile(), REDIS_URL });
    expect(code).toBe(1);
    expect(told.join('\n')).toMatch(
      /appendfsync is "everysec": .*CONFIG SET appendfsync always\n.*maxmemory-policy is "allkeys-lru": .*CONFIG SET maxmemory-policy noeviction\n.*REDIS_ALLOW_UNSAFE/,
    );
  });

  test('that hides its settings', async () => {
    const REDIS_URL = await redis(['--rename-command', 'CONFIG', '']);
    const { code, told } = await refusal({ RELEASE_CONFIG: await catalogFile(), REDIS_URL });
    expect(code).toBe(1);
    expect(told.join(' ')).toMatch(/does not let us read its settings.*REDIS_DURABILITY=appendfsync-always/);
  });
});

describe.concurrent('the port and its certificate', () => {
  test('a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    atEnd(() => void taken.close());
    await once(taken, 'listening');
    const PORT = String((taken.address() as { port: number }).port);
    const env = { RELEASE_CONFIG: await catalogFile(), REDIS_URL: await redis(), ROLE: 'gateway', PORT };
    const { code, told } = await refusal(env);
    expect(code).toBe(1);
    expect(told.join(' ')).toMatch(new RegExp(`PORT ${PORT} cannot be listened on: .*EADDRINUSE.*Choose another`));
  });

  test('a certificate that is not there, and one that is none', async () => {
    const folder = await newFolder();
    const file = await folder.write('cert.pem', 'planted, but no certificate');
    const base = { RELEASE_CONFIG: await catalogFile(), REDIS_URL: await redis(), ROLE: 'gateway' };
    const [absent, wrong] = await Promise.all([
      refusal({ ...base, TLS_CERT_FILE: '/nowhere/cert.pem', TLS_KEY_FILE: file }),
      refusal({ ...base, TLS_CERT_FILE: file, TLS_KEY_FILE: file }),
    ]);
    expect([absent.code, wrong.code]).toEqual([1, 1]);
    expect(absent.told.join(' ')).toMatch(/TLS_CERT_FILE names \/nowhere\/cert\.pem, which cannot be read\. Correct/);
    expect(wrong.told.join(' ')).toMatch(/are not a certificate and its key\. Write both in PEM/);
    expect(wrong.said).not.toContain('planted');
  });

  test('a right pair is served over TLS', async () => {
    const { path } = await newFolder();
    const [key, cert] = [join(path, 'key.pem'), join(path, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-days', '1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...subject, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    const tls = { TLS_CERT_FILE: cert, TLS_KEY_FILE: key };
    const bot = startBot({
      env: { RELEASE_CONFIG: await catalogFile(), REDIS_URL: await redis(), ROLE: 'gateway', ...tls },
    });
    expect(await bot.url()).toMatch(/^https:/);
  });
});

describe.concurrent('the Slack token', () => {
  const signingSecret = '0123456789abcdef';
  const slackEnv = async (more: Record<string, string> = {}) => {
    const slack = await startSlack({ app: { signingSecret } });
    atEnd(() => slack.close());
    return {
      slack,
      env: {
        RELEASE_CONFIG: await catalogFile(),
        REDIS_URL: await redis(),
        ROLE: 'gateway',
        SLACK_API_URL: slack.url,
        SLACK_BOT_TOKEN: slack.workspace.app.botToken,
        SLACK_SIGNING_SECRET: signingSecret,
        ...more,
      },
    };
  };

  test('that Slack does not know', async () => {
    const { env } = await slackEnv({ SLACK_BOT_TOKEN: 'xoxb-planted-token' });
    const { code, told, said } = await refusal(env);
    expect(code).toBe(1);
    expect(told.join(' ')).toMatch(/^SLACK_BOT_TOKEN cannot be used: Slack refused auth\.test: invalid_auth\. Put/);
    expect(said).not.toContain('planted');
  });

  test('of another workspace than the settings allow', async () => {
    const { code, told } = await refusal((await slackEnv({ SLACK_TEAM_IDS: 'T0OTHER' })).env);
    expect(code).toBe(1);
    expect(told.join(' ')).toMatch(/SLACK_BOT_TOKEN belongs to the workspace T0ACME, which SLACK_TEAM_IDS does not/);
  });

  test('that Slack does not know keeps no worker from starting: the log says what to mend', async () => {
    const { env } = await slackEnv({ ROLE: 'worker', SLACK_BOT_TOKEN: 'xoxb-planted-token' });
    const bot = startBot({ env });
    await bot.url();
    const told = await bot.logs('Slack cannot be used; releases go on without it');
    expect(told).toMatchObject({
      level: 50,
      why: 'SLACK_BOT_TOKEN cannot be used: Slack refused auth.test: invalid_auth',
      fix: expect.stringContaining('into SLACK_BOT_TOKEN'),
    });
    expect(bot.isAlive()).toBe(true);
    expect(bot.said()).not.toContain('planted');
  });

  test('of a workspace that is not allowed keeps no worker from starting', async () => {
    const bot = startBot({ env: (await slackEnv({ ROLE: 'worker', SLACK_TEAM_IDS: 'T0OTHER' })).env });
    await bot.url();
    expect(await bot.logs('Slack cannot be used; releases go on without it')).toMatchObject({
      why: expect.stringContaining('T0ACME'),
    });
  });

  test('of a workspace that is not allowed, as Slack tells once it is back: nobody of it is heard, and nothing ends', async () => {
    const { slack, env } = await slackEnv({ SLACK_TEAM_IDS: 'T0OTHER' });
    slack.inject('auth.test', { kind: 'status', status: 503 }, 1);
    const bot = startBot({ env });
    slack.deliverTo(`${await bot.url()}/slack/events`);
    const typed = () => slack.as('alice').slash('C0GENERAL', '/release', 'status');
    // Slack answers from here on, and our own next look at it comes seconds later.
    expect(await typed()).toMatchObject({ outcome: 'failed' });
    expect(await bot.logs('Slack cannot be used; releases go on without it')).toMatchObject({ level: 50 });
    expect(await typed()).toMatchObject({ outcome: 'failed' });
    expect(bot.lines().map(({ msg }) => msg)).not.toContain('a command was handled');
    expect(bot.isAlive()).toBe(true);
  });

  test('cannot be asked about while Slack is down: it starts, and asks again', async () => {
    const { slack, env } = await slackEnv();
    slack.inject('auth.test', { kind: 'status', status: 503 }, 1);
    const bot = startBot({ env });
    await bot.url();
    await bot.logs(/^Slack does not answer, so its token could not be checked/);
    await slack.until(
      () => slack.calls.filter(({ method, answer }) => method === 'auth.test' && answer === 'ok').length,
      {
        within: 12_000,
        what: 'the token to be checked again',
      },
    );
    expect(bot.isAlive()).toBe(true);
  });
});
