import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { problemText } from '../../src/config/problem.ts';
import { parseSecretReference, referenceText, secret } from '../../src/config/secrets.ts';
import { parseSettings } from '../../src/config/settings.ts';

const slack = { SLACK_BOT_TOKEN: 'xoxb-planted-1', SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef' };

function settingsOf(env: Record<string, string | undefined>) {
  const read = parseSettings(env);
  if (!read.ok) throw new Error(read.problems.map(problemText).join('\n'));
  return read.settings;
}

function linesOf(env: Record<string, string>): string[] {
  const read = parseSettings(env);
  return read.ok ? [] : read.problems.map(problemText);
}

describe('settings', () => {
  it('need nothing at all', () => {
    const settings = settingsOf({});
    expect(settings).toMatchObject({
      config: 'release.yaml',
      role: 'all',
      http: { host: '127.0.0.1', port: 3000 },
      logLevel: 'info',
      redis: { allowUnsafe: false },
    });
    expect(settings.redis.url.reveal()).toBe('redis://127.0.0.1:6379');
    expect([settings.slack, settings.teams, settings.anthropic, settings.http.tls]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('take an empty variable for an unset one, and a line end for nothing', () => {
    const settings = settingsOf({ SLACK_BOT_TOKEN: '', PORT: ' ', ROLE: 'worker\n', KUBECONFIG: undefined });
    expect(settings).toMatchObject({ role: 'worker', http: { port: 3000 }, slack: undefined });
  });

  it('read all of Slack, over HTTP', () => {
    const env = { ...slack, SLACK_TEAM_IDS: 'T012AB3C4, E056DE7F8', SLACK_APP_ID: 'A0123' };
    const read = settingsOf(env).slack!;
    expect(read).toMatchObject({
      apiUrl: 'https://slack.com/api/',
      teamIds: ['T012AB3C4', 'E056DE7F8'],
      appId: 'A0123',
    });
    expect('http' in read.mode && read.mode.http.signingSecret.reveal()).toBe(slack.SLACK_SIGNING_SECRET);
  });

  it('read Socket Mode from the app token', () => {
    const { mode } = settingsOf({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }).slack!;
    expect('socket' in mode && mode.socket.appToken.reveal()).toBe('xapp-1');
  });

  it('read Anthropic, TLS, Redis and Kubernetes', () => {
    const settings = settingsOf({
      ANTHROPIC_API_KEY: 'sk',
      ANTHROPIC_BASE_URL: 'http://localhost:9999',
      TLS_CERT_FILE: '/tls/cert',
      TLS_KEY_FILE: '/tls/key',
      REDIS_URL: 'rediss://u:p@redis:6380/1',
      REDIS_ALLOW_UNSAFE: 'TRUE',
      REDIS_DURABILITY: 'appendfsync-always',
      KUBECONFIG: '/k',
    });
    expect(settings).toMatchObject({
      anthropic: { baseUrl: 'http://localhost:9999' },
      http: { tls: { certFile: '/tls/cert', keyFile: '/tls/key' } },
      redis: { allowUnsafe: true, durability: 'appendfsync-always' },
      kubeconfig: '/k',
    });
  });

  it.each([
    [{ PORT: '80800' }, 'PORT: "80800" cannot be used here. Use a port from 0 to 65535; 0 takes any free one.'],
    [{ PORT: 'http' }, 'PORT: "http" cannot be used here. Use a port from 0 to 65535; 0 takes any free one.'],
    [{ ROLE: 'both' }, 'ROLE: "both" cannot be used here. Use one of: all, gateway, worker.'],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL: "loud" cannot be used here. Use one of: fatal, error, warn, info, debug, trace, silent.',
    ],
    [{ REDIS_ALLOW_UNSAFE: 'maybe' }, 'REDIS_ALLOW_UNSAFE: "maybe" cannot be used here. Use true or false.'],
    [
      { REDIS_DURABILITY: 'everysec' },
      'REDIS_DURABILITY: "everysec" cannot be used here. Use appendfsync-always once it is so, or remove it.',
    ],
    [{ TLS_CERT_FILE: 'a' }, 'TLS_KEY_FILE: is missing. TLS needs both files; set it, or remove the other.'],
    [{ TLS_KEY_FILE: 'a' }, 'TLS_CERT_FILE: is missing. TLS needs both files; set it, or remove the other.'],
    [
      { SLACK_BOT_TOKEN: 'xoxb-1' },
      'SLACK_SIGNING_SECRET: is missing. Set it to receive over HTTP, or set SLACK_APP_TOKEN for Socket Mode.',
    ],
    [
      { SLACK_APP_TOKEN: 'xapp-1' },
      'SLACK_BOT_TOKEN: is missing. Copy the Bot User OAuth Token (xoxb-…) of the Slack app.',
    ],
    [
      { ...slack, SLACK_APP_TOKEN: 'xapp-1' },
      'SLACK_APP_TOKEN: is set together with SLACK_SIGNING_SECRET. Keep one: the app token for Socket Mode, or the signing secret for HTTP.',
    ],
    [
      { ...slack, SLACK_TEAM_IDS: 'acme' },
      'SLACK_TEAM_IDS: "acme" cannot be used here. List ids of workspaces with commas between them: T012AB3C4,T056DE7F8.',
    ],
    [
      { ANTHROPIC_BASE_URL: 'https://a.example.com' },
      'ANTHROPIC_API_KEY: is missing. Set it, or remove ANTHROPIC_BASE_URL.',
    ],
    [
      { ...slack, SLACK_API_URL: 'http://slack.example.com/api/' },
      'SLACK_API_URL: has a value of 29 characters that cannot be right. Use https://; plain http is for this machine only.',
    ],
  ])('%o', (env, line) => {
    expect(linesOf(env)).toEqual([line]);
  });

  it('tell everything that is wrong at once', () => {
    const lines = linesOf({
      PORT: 'x',
      ROLE: 'y',
      SLACK_BOT_TOKEN: 'z',
      TLS_KEY_FILE: 'k',
      REDIS_URL: 'localhost:6379',
    });
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'ROLE',
      'PORT',
      'REDIS_URL',
      'SLACK_BOT_TOKEN',
      'TLS_CERT_FILE',
      'SLACK_SIGNING_SECRET',
    ]);
  });

  it.each([
    'REDIS_URL',
    'SLACK_BOT_TOKEN',
    'SLACK_SIGNING_SECRET',
    'SLACK_APP_TOKEN',
    'SLACK_API_URL',
    'ANTHROPIC_BASE_URL',
  ])('never repeat the value of %s', (name) => {
    const lines = linesOf({ [name]: 'hunter2!' }).join('\n');
    expect(lines).toContain(`${name}: has a value of 8 characters`);
    expect(lines).not.toContain('hunter2');
  });

  it('can be logged without telling a secret', () => {
    const settings = settingsOf({ ...slack, REDIS_URL: 'redis://:planted-2@redis', ANTHROPIC_API_KEY: 'planted-3' });
    const logged = [JSON.stringify(settings), inspect(settings, { depth: 9 }), `${settings.slack!.botToken}`].join();
    expect(logged).not.toMatch(/planted|0123456789abcdef/);
    expect(logged).toContain('[secret]');
  });
});

describe('references to secrets', () => {
  it.each(['env:REG_PASS', 'file:/run/secrets/reg'])('reads %s and names it again', (text) => {
    const reference = parseSecretReference(text);
    expect(typeof reference !== 'string' && referenceText(reference)).toBe(text);
  });

  it.each(['hunter2', 'env:', 'env:a b', 'file:relative', 'https://hooks.example.com/hunter2', ''])(
    'refuses %s without repeating it',
    (text) => {
      expect(parseSecretReference(text)).toBe(
        'A secret must not be written here. Name where it lies: "env:NAME" for a variable, or "file:/path" for a file.',
      );
    },
  );

  it('hides a secret everywhere but in reveal', () => {
    const hidden = secret('hunter2');
    expect([hidden.reveal(), String(hidden), JSON.stringify({ hidden }), inspect(hidden)]).toEqual([
      'hunter2',
      '[secret]',
      '{"hidden":"[secret]"}',
      '[secret]',
    ]);
  });
});
