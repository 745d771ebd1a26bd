import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { bullDoorbell } from '../../jobs/queue.ts';
import { stopJobs } from '../../jobs/stop.ts';
import { type Answer, startWorkers } from '../../jobs/worker.ts';
import { keptLog, quiet } from '../adapters/redis/quiet.ts';
import { type RedisServer, startRedis } from '../servers/redis.ts';

let server: RedisServer;
let made = 0;
const toStop: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await startRedis();
});
afterEach(async () => {
  for (const stop of toStop.splice(0).reverse()) await stop();
});
afterAll(() => server.stop());

/** A doorbell and workers on queues of their own. */
async function rigged(answer: Answer, log = quiet) {
  made += 1;
  const queues = { url: server.url, prefix: `{jobs-${made}}` };
  const doorbell = bullDoorbell(queues, log);
  const workers = startWorkers(queues, log, answer);
  toStop.push(() => stopJobs({ doorbell, workers }, quiet, 100));
  await workers.ready();
  return { doorbell, workers, queues };
}

describe('BullMQ as doorbell', () => {
  test('answers every ring on its lane, with the id and nothing else', async () => {
    const heard: string[] = [];
    const { doorbell } = await rigged(async (lane, id) => void heard.push(`${lane} ${id}`));

    await doorbell.ring('deploy', 'payments-7f3', 1);
    await doorbell.ring('validate', 'payments-7f3', 2);
    await doorbell.ring('recover', 'payments-7f3', 3);
    await doorbell.ring('chat', 'payments-7f3.0', 3);

    await vi.waitFor(() =>
      expect([...heard].sort()).toEqual([
        'chat payments-7f3.0',
        'deploy payments-7f3',
        'recover payments-7f3',
        'validate payments-7f3',
      ]),
    );
  });

  test('a lane that hangs keeps no other waiting', async () => {
    const heard: string[] = [];
    const hanging = new Promise<void>(() => undefined);
    const { doorbell } = await rigged((lane, id) =>
      lane === 'validate' ? hanging : Promise.resolve(void heard.push(id)),
    );
    for (let n = 0; n < 40; n += 1) await doorbell.ring('validate', `slow-${n}`, 1);
    await doorbell.ring('recover', 'r-222', 1);

    await vi.waitFor(() => expect(heard).toEqual(['r-222']));
  });

  test('a look that rings for itself is looked at again', async () => {
    let looks = 0;
    const { doorbell } = await rigged(async (_, id) => {
      looks += 1;
      if (looks < 3) await doorbell.ring('deploy', id, looks);
    });
    await doorbell.ring('deploy', 'a-222', 0);

    await vi.waitFor(() => expect(looks).toBe(3));
  });

  test('rings of one revision at the same time are one, and can be rung again later', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
    try {
      const heard: string[] = [];
      let open = (): void => undefined;
      const opened = new Promise<void>((done) => {
        open = done;
      });
      const { doorbell } = await rigged(async (_, id) => {
        heard.push(id);
        if (id === 'a-222') await opened;
      });
      for (let n = 0; n < 5; n += 1) await doorbell.ring('deploy', 'a-222', 7);
      await doorbell.ring('deploy', 'b-222', 7);
      await vi.waitFor(() => expect(heard).toContain('b-222'));
      expect(heard.filter((id) => id === 'a-222')).toHaveLength(1);

      vi.setSystemTime(1_700_000_000_600);
      await doorbell.ring('deploy', 'a-222', 7);
      await vi.waitFor(() => expect(heard.filter((id) => id === 'a-222')).toHaveLength(2));
      open();
    } finally {
      vi.useRealTimers();
    }
  });

  test('an answer that throws is told and forgotten: nothing is kept in Redis', async () => {
    const log = keptLog();
    const { doorbell, queues } = await rigged(() => Promise.reject(new Error('bad look')), log);
    await doorbell.ring('deploy', 'a-222', 1);

    await vi.waitFor(() =>
      expect(log.lines).toMatchObject([{ level: 'error', fields: { id: 'a-222', lane: 'deploy' } }]),
    );
    const redis = new Redis(server.url);
    toStop.push(async () => redis.disconnect());
    await vi.waitFor(async () => expect(await redis.keys(`${queues.prefix}:deploy:a-222*`)).toEqual([]));
  });
});

describe('stopping', () => {
  test('waits for the looks under way and then takes up none', async () => {
    const begun: string[] = [];
    const ended: string[] = [];
    const { doorbell, workers } = await rigged(async (_, id) => {
      begun.push(id);
      await pause(50);
      ended.push(id);
    });
    let n = 0;
    const ringing = setInterval(() => void doorbell.ring('deploy', `a-${++n}`, 1), 2);
    toStop.push(async () => clearInterval(ringing));
    await vi.waitFor(() => expect(ended.length).toBeGreaterThan(3));

    await stopJobs({ workers }, quiet, 5_000);

    const stopped = [...begun];
    expect(ended.toSorted()).toEqual(stopped.toSorted());
    const rung = n;
    await vi.waitFor(() => expect(n).toBeGreaterThan(rung + 20));
    expect(begun).toEqual(stopped);
  });

  test('leaves behind what does not end in time, and says so', async () => {
    const kept = keptLog();
    let begun = false;
    const { doorbell, workers } = await rigged(() => {
      begun = true;
      return new Promise<void>(() => undefined);
    });
    await doorbell.ring('deploy', 'a-222', 1);
    await vi.waitFor(() => expect(begun).toBe(true));
    const asked = performance.now();

    await stopJobs({ workers }, kept, 200);

    expect(performance.now() - asked).toBeLessThan(2_000);
    expect(kept.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('left behind') }]);
  });
});

describe('an outage of Redis', () => {
  test('costs rings, never an error, and work resumes within three seconds of its return', async () => {
    const log = keptLog();
    const heard: string[] = [];
    const { doorbell } = await rigged(async (_, id) => void heard.push(id), log);
    await doorbell.ring('deploy', 'before-222', 1);
    await vi.waitFor(() => expect(heard).toEqual(['before-222']));
    await server.kill();
    await doorbell.ring('deploy', 'too-early-222', 1);
    await vi.waitFor(
      () => expect(log.lines.some(({ message }) => message.includes('a ring was lost'))).toBe(true),
      6_000,
    );
    await server.restart();
    const back = performance.now();
    const ringing = setInterval(() => void doorbell.ring('deploy', 'after-222', 1), 100);
    toStop.push(async () => clearInterval(ringing));

    await vi.waitFor(() => expect(heard).toContain('after-222'), { timeout: 5_000, interval: 20 });

    expect(performance.now() - back).toBeLessThan(3_000);
  });

  test('that is short loses no ring: a look that it cut short goes on at once, not when its lease ends', async () => {
    const heard: string[] = [];
    const { doorbell } = await rigged(async (_, id) => void heard.push(id));
    await server.kill();
    await doorbell.ring('deploy', 'during-222', 1);
    await server.restart();

    await vi.waitFor(() => expect(heard).toEqual(['during-222']), { timeout: 6_000, interval: 20 });
  });
});
