import { describe, expect, test } from 'vitest';
import { pinoLog } from '../../../adapters/log/pino.ts';
import { secret } from '../../../src/config/secrets.ts';
import { TerminalError } from '../../../src/errors.ts';

// Put together here so that no scanner takes this file for a leak.
const planted = (...parts: string[]) => parts.join('');
const canaries: Record<string, string> = {
  'a Slack bot token': planted('xox', 'b-1234567890-canary0ABCDEF'),
  'a Slack app token': planted('xapp', '-1-A012-345-canary0123456789'),
  'an API token': planted('re_', '23456789ab_canaryCANARY0123456789canaryCANARY012345678'),
  'an AWS key': planted('AKIA', 'CANARY7EXAMPLE00'),
  'a JWT': planted('eyJ', 'hbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOjF9.Y2FuYXJ5'),
  'a bearer token': 'Bearer canary-kubeconfig-token-0123',
  'a password in a URL': 'postgres://app:canary-password@db/pay',
  'a webhook': planted('https://hooks.slack', '.com/services/T0/B0/canary0123456789'),
  'a key in PEM': '-----BEGIN PRIVATE KEY-----\ncanaryMIIE\n-----END PRIVATE KEY-----',
  'a password by its name': 'password="canary hunter 2" and more',
  'a client secret in JSON': '{"client_secret":"canary-secret"}',
};

/** Logs at every level, and gives back what was written. */
function logged(write: (log: ReturnType<typeof pinoLog>) => void, known: Iterable<string> = []): string[] {
  const lines: string[] = [];
  write(pinoLog('trace', known, { write: (line) => lines.push(line) }));
  return lines;
}

describe.each(Object.entries(canaries))('%s', (_, canary) => {
  const wherever: Record<string, (log: ReturnType<typeof pinoLog>) => void> = {
    'the message': (log) => log.info({}, `before ${canary} after`),
    'the end of the message': (log) => log.info({}, canary),
    'a field': (log) => log.debug({ said: canary }, 'a field'),
    'a field of a field': (log) => log.trace({ a: { b: [{ c: canary }] } }, 'a deep field'),
    'an error': (log) => log.error({ err: new Error(`failed with ${canary}`) }, 'an error'),
    'the cause of an error': (log) =>
      log.warn({ error: new Error('outer', { cause: new Error(canary) }) }, 'an error with a cause'),
    'a hint of ours': (log) => log.error({ err: new TerminalError('rejected', 'no', canary) }, 'one of our errors'),
  };

  test.each(Object.entries(wherever))('is hidden in %s, and the line stays JSON', (_where, write) => {
    const [line] = logged(write);
    expect(line).toMatch(/\[redacted\]/);
    expect(line).not.toMatch(/canary/i);
    expect(JSON.parse(line!)).toMatchObject({ level: expect.any(Number), msg: expect.any(String) });
    expect(line).toMatch(/^[^\n]+\n$/);
  });
});

test('a secret that is known is hidden without any pattern, also one that is learnt later', () => {
  const known = new Set(['plain-canary-one']);
  const lines = logged((log) => {
    log.info({}, 'it is plain-canary-one');
    known.add('plain-canary-two');
    log.info({ deep: { text: 'it is plain-canary-two' } }, 'later');
  }, known);
  expect(lines.join('')).not.toContain('canary');
});

test.each(['token', 'apiKey', 'signingSecret', 'Authorization', 'cookie', 'DB_PASSWORD', 'privateKey'])(
  'a field called %s is hidden whatever it holds',
  (name) => {
    const [line] = logged((log) => log.info({ [name]: 'canary', deep: { [name]: 'canary' } }, 'a name'));
    expect(line).not.toContain('canary');
  },
);

test('a secret of ours says nothing by itself', () => {
  const [line] = logged((log) => log.info({ it: secret('canary') }, `it is ${secret('canary')}`));
  expect(JSON.parse(line!)).toMatchObject({ it: '[secret]', msg: 'it is [secret]' });
});

test('what is worth reading stays as it was', () => {
  const fields = {
    url: 'http://127.0.0.1:3000',
    principal: 'ann@example.com',
    image: `registry.example.com/payments@sha256:${'0'.repeat(64)}`,
    count: 3,
    missing: null,
    why: 'panic: missing env DB_URL at main.go:12 (exit 1)',
  };
  const [line] = logged((log) => log.info(fields, 'ready'));
  expect(JSON.parse(line!)).toMatchObject({ ...fields, msg: 'ready', level: 30 });
});

test('nothing below the level is written', () => {
  const lines: string[] = [];
  const log = pinoLog('warn', [], { write: (line) => lines.push(line) });
  log.info({}, 'quiet');
  log.warn({}, 'loud');
  expect(lines).toHaveLength(1);
});
