import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, redactLine, redactLines } from '../../src/release/redact.ts';

// Put together here so that no scanner takes this file for a leak.
const secret = (...parts: string[]) => parts.join('');
const canaries: Record<string, string> = {
  'Slack bot token': secret('xox', 'b-1234567890-abcdefGHIJKL'),
  'Slack app token': secret('xapp', '-1-A012-345-abcdef0123456789'),
  'Anthropic key': secret('sk-ant', '-api03-AAAABBBBCCCCDDDD-eeee_ffff'),
  'AWS key id': secret('AKIA', 'IOSFODNN7EXAMPLE'),
  JWT: secret('eyJ', 'hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'),
  'GitHub token': secret('ghp_', '0123456789abcdefghijABCDEFGHIJ'),
};

describe('redact', () => {
  it.each(Object.entries(canaries))('hides a %s', (_name, value) => {
    const said = redact(`connecting with ${value} failed`);
    expect(said).toBe('connecting with [redacted] failed');
  });

  it.each([
    ['password=hunter22 user=app', 'password=[redacted] user=app'],
    ['DB_PASSWORD: hunter22', 'DB_PASSWORD: [redacted]'],
    ['{"client_secret":"a \\"b\\" c","user":"app"}', '{"client_secret":"[redacted]","user":"app"}'],
    ["apiKey = 'it is secret'", "apiKey = '[redacted]'"],
    ['postgres://app:hunter22@db:5432/pay', 'postgres://[redacted]@db:5432/pay'],
    ['GET /hook?token=abc&x=1', 'GET /hook?token=[redacted]&x=1'],
    ['Authorization: Bearer abcdef.123456', 'Authorization: Bearer [redacted]'],
  ])('hides the value in %s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it('hides a private key that spans lines, also when its end is cut off', () => {
    const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nAAAA\n-----END RSA PRIVATE KEY-----';
    expect(redact(`a\n${pem}\nb`)).toBe('a\n[redacted]\nb');
    expect(redactLines(`a\n${pem.slice(0, 45)}`, 25)).toEqual(['a', '[redacted]']);
  });

  it('hides values it was told about', () => {
    expect(redact('the word is plainvalue', ['plainvalue'])).toBe('the word is [redacted]');
  });

  it('strips control, zero-width and bidi characters and terminal colours', () => {
    expect(redact('\u001b[31mred\u001b[0m \u202eevil\u202c\u200b\u0007 ok\tyes')).toBe('red evil ok\tyes');
  });

  it('leaves ordinary log lines alone', () => {
    const line = 'panic: missing env DB_URL at main.go:12 (exit 1), sha256:1469da0f3fc76236d0d004e339a2b79f';
    expect(redact(line)).toBe(line);
  });

  it('keeps lines short and few', () => {
    expect(redactLine('x'.repeat(1000))).toHaveLength(400);
    expect(redactLines('1\n\n2\n3\n', 2)).toEqual(['2', '3']);
  });

  it('never lets a canary through, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...Object.values(canaries)), fc.string(), (before, value, after) => {
        expect(redact(`${before} ${value} ${after}`)).not.toContain(value);
      }),
    );
  });

  it('takes time in proportion to its length', () => {
    const hostile = [
      'password='.repeat(20_000),
      'a://'.repeat(40_000),
      '-----BEGIN A'.repeat(15_000),
      'token"'.repeat(30_000),
    ];
    const started = performance.now();
    for (const text of hostile) redact(text);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
