import { describe, expect, test, vi } from 'vitest';
import { memoryLedger } from '../../adapters/memory/ledger.ts';
import { startSweeper, sweep } from '../../jobs/sweep.ts';
import { TransientError } from '../../src/errors.ts';
import type { Ledger } from '../../src/ports.ts';
import { keptLog } from '../adapters/redis/quiet.ts';
import { happen, loaded, queued, request, retrying, running } from '../contracts/ledger-writes.ts';
import { bareWorld, listening } from './world.ts';

function set(change: (ledger: Ledger) => Partial<Ledger> = () => ({})) {
  let at = 1_000_000;
  const memory = memoryLedger({ now: () => at });
  const ledger: Ledger = { ...memory, ...change(memory) };
  const [bell, log] = [listening(), keptLog()];
  const pass = (ms: number) => {
    at += ms;
  };
  return { ledger, bell, log, pass, world: bareWorld(ledger, bell, log) };
}

const me = { worker: 'one' };

describe('a sweep', () => {
  test('rings for what is due on the lane of its phase, and for cards that show less than is known', async () => {
    const { ledger, bell, world } = set();
    await request(ledger, 'a-222');
    await running(ledger, 'b-222');

    await sweep(world, me);

    expect(bell.rung).toEqual([
      { lane: 'deploy', id: 'a-222', rev: 1 },
      { lane: 'validate', id: 'b-222', rev: 4 },
      { lane: 'chat', id: 'a-222.0', rev: 0 },
      { lane: 'chat', id: 'b-222.0', rev: 0 },
    ]);
    expect(await ledger.workers()).toEqual(['one']);
  });

  test('rings again for a release whose worker died, when its claim ran out', async () => {
    const { ledger, bell, world, pass } = set();
    await request(ledger, 'a-222', { announce: [] });
    await sweep(world, me);
    await sweep(world, me);
    expect(bell.rung).toHaveLength(1);

    pass(10_000);
    await sweep(world, { worker: 'two' });
    expect(bell.rung).toHaveLength(2);
  });

  test('rings for more than one batch', async () => {
    const { ledger, bell, world } = set();
    for (let n = 0; n < 250; n += 1) await request(ledger, `a-${n}`, { announce: [] });

    await sweep(world, me);

    expect(new Set(bell.rung.map(({ id }) => id)).size).toBe(250);
  });

  test('a release that cannot be read keeps nobody waiting', async () => {
    const { ledger, bell, log, world } = set((memory) => ({
      load: (id) => (id === 'a-222' ? Promise.reject(new Error('damaged')) : memory.load(id)),
    }));
    await request(ledger, 'a-222', { announce: [] });
    await request(ledger, 'b-222', { announce: [] });

    await sweep(world, me);

    expect(bell.rung.map(({ id }) => id)).toEqual(['b-222']);
    expect(log.lines).toMatchObject([{ level: 'error', fields: { release: 'a-222' } }]);
  });
});

describe('after an old backup was put back', () => {
  const restored = (memory: Ledger): Partial<Ledger> => ({
    epochs: async () => ({ epoch: 2, held: (await memory.epochs()).held }),
  });

  test('every running release is held before anything is rung, and waiting ones are left', async () => {
    const { ledger, bell, world } = set(restored);
    await running(ledger, 'a-222');
    await queued(ledger, 'b-222');
    await queued(ledger, 's-222', { service: 'search' });

    await sweep(world, me);

    const { release } = await loaded(ledger, 'a-222');
    expect(release).toMatchObject({
      phase: 'errored',
      resumeTo: 'validating-before',
      trouble: { code: 'ledger-restored' },
      fence: 2,
    });
    expect((await loaded(ledger, 'b-222')).release.phase).toBe('queued');
    expect((await loaded(ledger, 's-222')).release.phase).toBe('queued');
    expect(bell.rung.filter(({ lane, id }) => lane !== 'chat' && id === 'a-222')).toEqual([]);
    expect(await ledger.epochs()).toEqual({ epoch: 2, held: 2 });
  });

  test('it is done once: what a person resumed is not held again', async () => {
    const { ledger, world } = set(restored);
    await running(ledger, 'a-222');
    await sweep(world, me);
    const by = {
      principal: 'bob',
      name: 'Bob',
      actor: { surface: 'slack' as const, tenant: 'T1', id: 'U2', name: 'Bob' },
    };
    await happen(ledger, 'a-222', { type: 'controlled', verb: 'resume', by, fence: 3 });

    await sweep(world, me);

    expect((await loaded(ledger, 'a-222')).release.phase).toBe('validating-before');
  });

  test('a commit in between does not save a release from being held', async () => {
    let interfered = false;
    const { ledger, world } = set((memory) => ({
      ...restored(memory),
      commit: async (write) => {
        if (write.release?.event.type === 'errored' && !interfered) {
          interfered = true;
          await happen(memory, 'a-222', retrying);
        }
        return memory.commit(write);
      },
    }));
    await running(ledger, 'a-222');

    await sweep(world, me);

    expect(interfered).toBe(true);
    expect((await loaded(ledger, 'a-222')).release).toMatchObject({ phase: 'errored', rev: 6 });
  });
});

describe('a sweeper', () => {
  test('goes on through an outage of the ledger, saying so once, and stops when told', async () => {
    let away = true;
    let asked = 0;
    const { ledger, bell, log, world } = set((memory) => ({
      beat: (worker, ttlMs) => {
        asked += 1;
        return away ? Promise.reject(new TransientError('the ledger is not answering')) : memory.beat(worker, ttlMs);
      },
    }));
    await request(ledger, 'a-222', { announce: [] });
    const sweeper = startSweeper(world, { ...me, everyMs: 1 });
    await vi.waitFor(() => expect(asked).toBeGreaterThan(3));
    expect(log.lines.map(({ level }) => level)).toEqual(['warn']);

    away = false;
    await vi.waitFor(() => expect(bell.rung).toHaveLength(1));
    await sweeper.stop();

    const before = asked;
    await new Promise((done) => setTimeout(done, 20));
    expect(asked).toBe(before);
    expect(log.lines.map(({ message }) => message).at(-1)).toBe('sweeping again');
  });
});
