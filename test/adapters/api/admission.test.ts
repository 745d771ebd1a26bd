import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { longestLifeMs, matches, mintToken, readBearer } from '../../../adapters/api/token.ts';
import { keepToken, listTokens, revokeToken } from '../../../adapters/api/tokens.ts';
import { redact } from '../../../src/release/redact.ts';
import { deployBody, mint, type Rig, startRig } from './gateway.ts';

const day = 24 * 3_600_000;
const wish = { principal: 'ci@example.com', name: 'CI', roles: ['ci'], now: 1_000, createdBy: 'test' };
let seed = 0;
const nextByte = (): number => {
  seed = (seed * 75 + 74) % 65_537;
  return seed & 255;
};
const random = (count: number) => Uint8Array.from({ length: count }, nextByte);

describe('a token', () => {
  test('is re_<id>_<secret>, and only its hash is kept', () => {
    const { id, token, record } = mintToken(random, { ...wish, expiresAt: 1_000 + day });

    expect(token).toMatch(new RegExp(`^re_${id}_[0-9A-Za-z]{43}$`));
    expect(JSON.stringify(record)).not.toContain(token.split('_')[2]);
    expect(record.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(matches(token, record)).toBe(true);
  });

  test('has the same length whatever the bytes are', () => {
    for (const byte of [0, 1, 255]) {
      const { token } = mintToken((count) => new Uint8Array(count).fill(byte), { ...wish, expiresAt: 1_000 + day });
      expect(readBearer(`Bearer ${token}`)?.token).toBe(token);
    }
  });

  test('is hidden in logs by its form', () => {
    const { token } = mintToken(random, { ...wish, expiresAt: 1_000 + day });

    expect(redact(`failed with ${token}!`)).toBe('failed with [redacted]!');
  });

  test('is not matched by a changed one, nor by no record', () => {
    const { token, record } = mintToken(random, { ...wish, expiresAt: 1_000 + day });
    const other = token.slice(0, -1) + (token.endsWith('a') ? 'b' : 'a');

    expect(matches(other, record)).toBe(false);
    expect(matches(token, undefined)).toBe(false);
    expect(matches(token, { ...record, hash: 'aa' })).toBe(false);
    expect(matches('', { ...record, hash: '' })).toBe(false);
  });

  test.each([1_000, 500, 1_001 + longestLifeMs, Number.NaN])('cannot live until %d', (expiresAt) => {
    expect(() => mintToken(random, { ...wish, expiresAt })).toThrow(/at most 90 days/);
  });

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer x',
    'Basic re_2222222222_x',
    'Bearer re_aaa_bbb',
    `Bearer ${'x'.repeat(9_000)}`,
  ])('is not read from %j', (header) => expect(readBearer(header)).toBeUndefined());
});

describe('a request', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.server.close());

  test('without a token that is good gets one and the same answer', async () => {
    const expired = await mint(rig.ledger, ['boss'], rig.clock.now + 1_000, rig.clock.now);
    const revoked = await rig.token('boss');
    await revokeToken(rig.ledger, readBearer(`Bearer ${revoked}`)!.id, 'test');
    const good = await rig.token('boss');
    const wrong = good.slice(0, -1) + (good.endsWith('a') ? 'b' : 'a');
    rig.clock.now += 1_000;
    const tokens = [undefined, 'x', expired, revoked, wrong];
    const answers = await Promise.all(tokens.map((token) => rig.ask('GET', '/api/v1/services', { token })));

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    const bodies = new Set(answers.map(({ json }) => JSON.stringify({ ...json.error, requestId: '' })));
    expect(bodies.size).toBe(1);
    expect(answers[0]?.headers.get('www-authenticate')).toBe('Bearer');
    expect((await rig.ask('GET', '/api/v1/services', { token: good })).status).toBe(200);
  });

  test('is judged before its body is read', async () => {
    const told = await rig.ask('POST', '/api/v1/releases', { body: '{ not json' });

    expect(told.status).toBe(401);
  });

  test('with a role that left the catalog may nothing', async () => {
    const token = await rig.token('gone', '__proto__', 'constructor');

    expect((await rig.ask('POST', '/api/v1/releases', { token, body: deployBody() })).status).toBe(404);
    expect((await rig.ask('GET', '/api/v1/services', { token })).json).toEqual({ services: [] });
  });

  test('does not get what the person behind the token may', async () => {
    const now = rig.clock.now;
    const made = mintToken(random, {
      ...wish,
      principal: 'boss@example.com',
      now,
      expiresAt: now + day,
      roles: ['only-read'],
    });
    await keepToken(rig.ledger, made.id, made.record);

    expect((await rig.ask('POST', '/api/v1/releases', { token: made.token, body: deployBody() })).status).toBe(403);
  });

  test('reaches no log with its token', async () => {
    const token = await rig.token('boss');
    await rig.ask('POST', `/api/v1/releases?token=${token}`, { token, body: { ...deployBody(), reason: token } });

    expect(rig.log.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(rig.log.lines)).not.toContain(token);
  });
});

describe('rates', () => {
  const limited = (rates: { perAddress: number; perPrincipal: number }) => startRig({ rates });

  test('are counted for each principal', async () => {
    const rig = await limited({ perAddress: 100, perPrincipal: 2 });
    const [one, other] = [await rig.token('boss'), await rig.token('reader')];
    const status = async (token: string) => (await rig.ask('GET', '/api/v1/services', { token })).status;

    expect([await status(one), await status(one), await status(one), await status(other)]).toEqual([
      200, 200, 429, 200,
    ]);
    rig.clock.now += 60_000;
    expect(await status(one)).toBe(200);
    await rig.server.close();
  });

  test('are counted for each address, so that guessing is slow', async () => {
    const rig = await limited({ perAddress: 3, perPrincipal: 100 });
    const guess = () => rig.ask('GET', '/api/v1/services', { token: 'guess' });
    const statuses = [await guess(), await guess(), await guess()].map(({ status }) => status);
    const told = await guess();

    expect(statuses).toEqual([401, 401, 401]);
    expect([told.status, told.json.error.code, told.headers.get('retry-after')]).toEqual([429, 'too-many', '60']);
    expect((await rig.ask('GET', '/healthz')).status).toBe(200);
    await rig.server.close();
  });
});

describe('the list of tokens', () => {
  test('has every one without its hash, and forgets what is revoked', async () => {
    const rig = await startRig();
    await rig.token('boss');
    await rig.token('reader');
    const [first, second] = await listTokens(rig.ledger);

    expect(first).toMatchObject({ principal: 'boss@example.com', roles: ['boss'], expired: false });
    expect(first).not.toHaveProperty('hash');
    expect(await revokeToken(rig.ledger, first!.id, 'op')).toBe(true);
    expect(await revokeToken(rig.ledger, first!.id, 'op')).toBe(false);
    expect((await listTokens(rig.ledger)).map(({ id }) => id)).toEqual([second!.id]);
    expect(await rig.ledger.audit(1)).toMatchObject([{ actor: 'op', action: 'token-revoked' }]);
    await rig.server.close();
  });
});
