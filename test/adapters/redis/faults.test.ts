import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectRedis } from '../../../adapters/redis/connection.ts';
import { redisLedger } from '../../../adapters/redis/ledger.ts';
import { TransientError } from '../../../src/errors.ts';
import type { Ledger } from '../../../src/ports.ts';
import { aborted, loaded, nextWrite, queued, request, requestedAt, running } from '../../contracts/ledger-writes.ts';
import { type RedisServer, startRedis } from '../../servers/redis.ts';
import { type LosingProxy, startLosingProxy } from './losing-proxy.ts';
import { quiet } from './quiet.ts';

let server: RedisServer;
let proxy: LosingProxy;
let redis: Redis;
let ledger: Ledger;

beforeAll(async () => {
  server = await startRedis();
  proxy = await startLosingProxy(server.port);
  redis = await connectRedis(proxy.url, quiet);
  ledger = redisLedger(redis);
});

afterAll(async () => {
  redis.disconnect();
  await proxy.stop();
  await server.stop();
});

const rowsOf = async (id: string) => (await ledger.audit(1_000)).filter(({ subject }) => subject === id).length;

const answersAgain = () => vi.waitFor(() => ledger.read([]), { timeout: 5_000, interval: 20 });

describe('a lost reply', () => {
  test('to an accept is asked for again: yes, once', async () => {
    const write = requestedAt((await ledger.read([])).now, 'accept-222');
    proxy.loseReplies(1);

    expect(await ledger.accept(write)).toMatchObject({ ok: true });

    expect(await rowsOf('accept-222')).toBe(1);
  });

  test('to an accept under a key is not taken for a duplicate of itself', async () => {
    const write = requestedAt((await ledger.read([])).now, 'keyed-222', { key: 'k', fingerprint: 'f', reply: 'yes' });
    proxy.loseReplies(2);

    expect(await ledger.accept(write)).toMatchObject({ ok: true });

    expect(await rowsOf('keyed-222')).toBe(1);
  });

  test('to a write of records alone is asked for again, once', async () => {
    const { now } = await ledger.read([]);
    const audit = { actor: 'ann', action: 'freeze', subject: 'records' };
    proxy.loseReplies(1);

    const guards = [{ key: 'freeze:prod', rev: 0 }];
    expect(await ledger.accept({ records: [{ key: 'freeze:prod', value: now }], guards, audit })).toMatchObject({
      ok: true,
    });

    expect(await rowsOf('records')).toBe(1);
  });

  test('to a commit still names the next release', async () => {
    await running(ledger, 'head-222');
    await queued(ledger, 'next-222');
    const { release, now } = await loaded(ledger, 'head-222');
    const before = await rowsOf('head-222');
    proxy.loseReplies(1);

    expect(await ledger.commit(nextWrite(release, now, aborted, { queue: 'leave', dueAt: null }))).toMatchObject({
      ok: true,
      next: 'next-222',
    });

    expect(await rowsOf('head-222')).toBe(before + 1);
  });

  test('to a claim or a first sight is still ours', async () => {
    await request(ledger, 'card-222');
    proxy.loseReplies(1);
    const claim = await ledger.claimCard('card-222.0', 60_000);
    expect(claim).toMatchObject({ takenOver: false });
    proxy.loseReplies(1);
    expect(await ledger.once('sight', 60_000)).toBe(true);
    if (!claim) throw new Error('not claimed');
    proxy.loseReplies(1);
    expect(await ledger.settleCard(claim.claim, { ...claim.card, shownRev: 1, noted: 1 }, { done: true })).toBe(true);
    expect(await ledger.dirtyCards(100)).not.toContain('card-222.0');
  });

  test('that stays lost is told as unknown, and the same write later settles it', async () => {
    const write = requestedAt((await ledger.read([])).now, 'lost-222', { key: 'lost', reply: 'yes' });
    proxy.loseReplies(1_000);
    const failure = await ledger.accept(write).catch((error: unknown) => error);
    proxy.loseReplies(0);

    expect(failure).toBeInstanceOf(TransientError);
    expect(String(failure)).toContain('not known whether this was written');
    await answersAgain();
    expect(await ledger.accept(write)).toMatchObject({ ok: true });
    expect(await rowsOf('lost-222')).toBe(1);
    expect(await request(ledger, 'other-222', { key: 'lost' })).toMatchObject({ why: 'duplicate', reply: 'yes' });
  });
});

describe('a Redis that is away', () => {
  test('is told at once, and is found again within two seconds of its return', async () => {
    await request(ledger, 'before-222');
    await server.kill();
    await vi.waitFor(() => expect(ledger.load('before-222')).rejects.toThrow(TransientError));

    const asked = performance.now();
    await expect(request(ledger, 'during-222')).rejects.toThrow('the ledger is not answering');
    await expect(ledger.claimDue(1, 1_000)).rejects.toThrow(TransientError);
    expect(performance.now() - asked).toBeLessThan(1_000);

    await server.restart();
    const back = performance.now();
    await answersAgain();
    expect(performance.now() - back).toBeLessThan(2_000);
    expect((await loaded(ledger, 'before-222')).release.rev).toBe(1);
    expect(await ledger.load('during-222')).toBeUndefined();
  });

  test('that hangs is given up after two seconds', async () => {
    await answersAgain();
    server.freeze();
    const asked = performance.now();
    const failure = await ledger.load('before-222').catch((error: unknown) => error);
    const took = performance.now() - asked;
    server.thaw();

    expect(failure).toBeInstanceOf(TransientError);
    expect(took).toBeLessThan(3_000);
    await answersAgain();
  });
});
