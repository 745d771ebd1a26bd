import { expect, test } from 'vitest';
import { memoryLedger } from '../../adapters/memory/ledger.ts';
import { tick } from '../../jobs/tick.ts';
import { TransientError } from '../../src/errors.ts';
import type { Doorbell } from '../../src/ports.ts';
import { keptLog } from '../adapters/redis/quiet.ts';
import { loaded, request } from '../contracts/ledger-writes.ts';
import { bareWorld } from './world.ts';

const late = (): Doorbell & { rung: unknown[] } => {
  const rung: unknown[] = [];
  return { rung, ring: async (...ring) => void rung.push(ring) };
};

test('a look that the ledger cuts short is rung again in a second, not when its lease ends', async () => {
  const memory = memoryLedger({ now: () => 1_000_000 });
  await request(memory, 'a-222', { announce: [] });
  const away = async () => {
    throw new TransientError('the ledger is not answering');
  };
  const bell = late();

  await tick(bareWorld({ ...memory, commit: away }, bell, keptLog()), 'recover', 'a-222');

  expect(bell.rung).toEqual([['recover', 'a-222', 0, 1_000]]);
  expect(await memory.claimDue(10, 1_000)).toEqual([]);
});

test('what changes while a look is under way makes it due at once', async () => {
  const memory = memoryLedger({ now: () => 1_000_000 });
  await request(memory, 'a-222', { announce: [] });
  const ledger: typeof memory = {
    ...memory,
    commit: async (write) => {
      await memory.wake('a-222');
      return memory.commit(write);
    },
  };

  await tick(bareWorld(ledger, late(), keptLog()), 'deploy', 'a-222');

  expect((await loaded(memory, 'a-222')).release.phase).toBe('planning');
  expect(await memory.claimDue(10, 1_000)).toEqual(['a-222']);
});
