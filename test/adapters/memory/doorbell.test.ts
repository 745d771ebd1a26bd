import { describe, expect, test, vi } from 'vitest';
import { memoryDoorbell } from '../../../adapters/memory/doorbell.ts';

describe('a doorbell in memory', () => {
  test('drains in order, with what is rung on the way and by a sweep, until it is quiet', async () => {
    const bell = memoryDoorbell();
    const heard: string[] = [];
    let swept = 0;
    await bell.ring('deploy', 'a', 1);
    await bell.ring('chat', 'a.0', 1);
    await bell.ring('deploy', 'a', 2);

    await bell.drain({
      answer: async (lane, id) => {
        heard.push(`${lane} ${id}`);
        if (heard.length === 1) await bell.ring('deploy', 'a', 3);
      },
      sweep: async () => {
        swept += 1;
        if (swept === 1) await bell.ring('recover', 'b', 1);
      },
    });

    expect(heard).toEqual(['deploy a', 'chat a.0', 'deploy a', 'recover b']);
    expect(swept).toBe(2);
  });

  test('says when it never becomes quiet', async () => {
    const bell = memoryDoorbell();
    await bell.ring('deploy', 'a', 1);

    await expect(bell.drain({ answer: (lane, id) => bell.ring(lane, id, 1) })).rejects.toThrow('rings itself for ever');
  });

  test('with a timer answers at once, one thing once at a time, and sweeps', async () => {
    const bell = memoryDoorbell();
    const log: string[] = [];
    let open = (): void => undefined;
    const opened = new Promise<void>((done) => {
      open = done;
    });
    let swept = 0;
    await bell.ring('deploy', 'early', 1);
    const stop = bell.start(
      {
        answer: async (_, id) => {
          log.push(`begin ${id}`);
          if (id === 'slow') await opened;
          log.push(`end ${id}`);
        },
        sweep: async () => {
          swept += 1;
        },
      },
      1,
    );
    await bell.ring('deploy', 'slow', 1);
    await bell.ring('deploy', 'slow', 2);
    await bell.ring('deploy', 'quick', 1);
    const slow = () => log.filter((line) => line.endsWith('slow'));
    await vi.waitFor(() => expect(log).toContain('end quick'));
    expect(log).toContain('end early');
    expect(slow()).toEqual(['begin slow']);
    open();
    await vi.waitFor(() => expect(slow()).toEqual(['begin slow', 'end slow', 'begin slow', 'end slow']));
    await vi.waitFor(() => expect(swept).toBeGreaterThan(1));
    await stop();
    const before = swept;
    await new Promise((done) => setTimeout(done, 10));
    expect(swept).toBe(before);
  });
});
