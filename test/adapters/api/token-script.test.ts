import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBearer } from '../../../adapters/api/token.ts';
import { whoHolds } from '../../../adapters/api/tokens.ts';
import { redisLedger } from '../../../adapters/redis/ledger.ts';
import { type RedisServer, startRedis } from '../../servers/redis.ts';
import { catalogFile } from './gateway.ts';

/** `npm run token`, as an operator runs it, with a Redis of its own. */

let server: RedisServer;
let redis: Redis;
let dir: string;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  dir = mkdtempSync(join(tmpdir(), 're-token-'));
  writeFileSync(join(dir, 'release.yaml'), JSON.stringify(catalogFile()));
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
  rmSync(dir, { recursive: true });
});

interface Said {
  code: number;
  out: string;
  err: string;
}
const run = (...words: string[]): Promise<Said> =>
  new Promise((resolve) => {
    const env = { PATH: process.env.PATH, REDIS_URL: server.url, RELEASE_CONFIG: join(dir, 'release.yaml') };
    execFile(process.execPath, ['src/token.ts', ...words], { env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out: out.trim(), err: err.trim() }),
    );
  });

test('creates a token that works, lists it without its secret, and revokes it', async () => {
  const made = await run(
    'create',
    '--principal',
    'ci@example.com',
    '--role',
    'only-deploy',
    '--role',
    'reader',
    '--days',
    '30',
  );
  const bearer = readBearer(`Bearer ${made.out}`)!;
  const ledger = redisLedger(redis);

  expect(made).toMatchObject({ code: 0, err: expect.stringContaining('shown this once') });
  expect(await whoHolds(ledger, bearer)).toMatchObject({
    principal: 'ci@example.com',
    roles: ['only-deploy', 'reader'],
    token: true,
  });
  const listed = await run('list');
  expect(listed.out).toContain(`${bearer.id}  ci@example.com  only-deploy,reader  until`);
  expect(listed.out).not.toContain(made.out.split('_')[2]);
  expect((await redis.keys('*')).length).toBeGreaterThan(0);
  expect(await run('revoke', bearer.id)).toMatchObject({ code: 0, out: expect.stringContaining('is revoked') });
  expect(await whoHolds(ledger, bearer)).toBeUndefined();
  expect(await run('list')).toMatchObject({ out: 'There are no tokens.' });
  expect((await ledger.audit(2)).map(({ action }) => action)).toEqual(['token-revoked', 'token-created']);
});

const ci = ['create', '--principal', 'ci@example.com'];
test.each([
  [[], 'Usage'],
  [['constructor'], 'Usage'],
  [['create'], 'Usage'],
  [[...ci, '--role', 'reader', '--days', '91'], '--days 91'],
  [[...ci, '--role', 'reader', '--days', '0'], '--days 0'],
  [[...ci, '--role', 'reader', '--days', '1.5'], '--days 1.5'],
  [[...ci, '--role', 'raeder', '--days', '1'], 'no role raeder'],
  [[...ci, '--rolle', 'reader', '--days', '1'], '--rolle'],
  [['revoke', 'nothing'], 'no token nothing'],
])('%j is refused with the fix', async (words, says) => {
  const said = await run(...words);

  expect([said.code, said.out]).toEqual([1, '']);
  expect(said.err).toContain(says);
  expect(said.err).not.toContain('    at ');
});
