import { describe, expect, test, vi } from 'vitest';
import { keepTidy, tidy } from '../jobs/tidy.ts';
import { TerminalError, TransientError } from '../src/errors.ts';
import { forgetOld, keptMs, keptOfTarget } from '../src/forget.ts';
import { happen, refused, request } from './contracts/ledger-writes.ts';
import { type House, house, noApproval, ok, prod } from './stories/house.ts';

const day = 24 * 3_600_000;

/** So many releases that ended at once, without a write. */
async function crowd({ ledger }: House, count: number, name = 'r', service = 'payments'): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await request(ledger, `${name}-${n}`, { service, announce: [] });
    await happen(ledger, `${name}-${n}`, refused, { dueAt: null });
  }
}

const has = async ({ ledger }: House, id: string): Promise<boolean> => (await ledger.load(id)) !== undefined;

describe('what is forgotten', () => {
  test('a finished release goes when it is neither among the newest of its target nor young', async () => {
    const home = house();
    await crowd(home, keptOfTarget + 3);

    home.clock.now += keptMs;
    expect(await forgetOld(home.world)).toBe(0);
    home.clock.now += 1;
    expect(await forgetOld(home.world)).toBe(3);

    expect(await Promise.all(['r-0', 'r-2', 'r-3'].map((id) => has(home, id)))).toEqual([false, false, true]);
    expect(await forgetOld(home.world)).toBe(0);
  });

  test('it goes with its events, its card and every template of every plan that was made for it', async () => {
    const home = house((raw) => {
      raw.clusters.us = { context: 'us' };
      raw.environments.prod.places.push({ cluster: 'us', namespace: 'prod' });
    });
    const { says, until, setCatalog, ledger, clock } = home;
    const id = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
    await until(id, 'awaiting-approval');
    setCatalog((raw) => raw.environments.prod.places.pop());
    await says('bob', `approve ${id}`);
    expect((await until(id, 'awaiting-approval')).plan?.places).toHaveLength(1);
    await says('ann', `abort ${id}`);
    await until(id, 'cancelled');
    const templates = [`template:${id}:0`, `template:${id}:1`];
    const kept = async () => (await ledger.read(templates)).records.map(({ value }) => value !== undefined);
    expect(await kept()).toEqual([true, true]);

    clock.now += keptMs + day;
    await crowd(home, keptOfTarget);
    expect(await forgetOld(home.world)).toBe(1);

    expect(await kept()).toEqual([false, false]);
    expect(await has(home, id)).toBe(false);
    expect(await ledger.events(id)).toEqual([]);
    expect(await ledger.claimCard(`${id}.0`, 1_000)).toBeUndefined();
  });

  test('the last one that wrote stays, however old: the workload carries its name, and the next deploy is no stranger', async () => {
    const home = house(noApproval);
    const { says, until, clock, cluster } = home;
    const first = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
    await until(first, 'succeeded');
    const last = ok(await says('ann', 'deploy payments 2.4.2 to prod'));
    await until(last, 'succeeded');
    clock.now += keptMs + day;
    await crowd(home, keptOfTarget + 10);
    clock.now += keptMs + day;

    await forgetOld(home.world);

    expect(await has(home, first)).toBe(false);
    expect((await cluster.inspect(prod))?.mark.release).toBe(last);
    await until(ok(await says('ann', 'deploy payments 2.3.9 to prod')), 'succeeded');
    await until(ok(await says('ann', 'roll back payments in prod')), 'succeeded');
    expect((await cluster.inspect(prod))?.containers[0]?.image).toContain(':2.4.2');
  });

  test('the same for each place: one that only an old release reached still knows it', async () => {
    const home = house((raw) => {
      noApproval(raw);
      raw.clusters.us = { context: 'us' };
      raw.environments.prod.places.push({ cluster: 'us', namespace: 'prod' });
    });
    const { says, until, clock, setCatalog } = home;
    const both = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
    await until(both, 'succeeded');
    setCatalog((raw) => raw.environments.prod.places.pop());
    await until(ok(await says('ann', 'deploy payments 2.4.2 to prod')), 'succeeded');
    clock.now += keptMs + day;
    await crowd(home, keptOfTarget + 10);

    await forgetOld(home.world);
    expect(await has(home, both)).toBe(true);

    setCatalog((raw) => raw.environments.prod.places.push({ cluster: 'us', namespace: 'prod' }));
    await until(ok(await says('ann', 'deploy payments 2.3.9 to prod')), 'succeeded');
  });

  test('what only meant to write is not taken for the last one that wrote', async () => {
    const home = house(noApproval);
    const { says, until, clock, cluster } = home;
    const wrote = ok(await says('ann', 'deploy payments 2.4.1 to prod'));
    await until(wrote, 'succeeded');
    const meant = ok(await says('ann', 'deploy payments 2.4.2 to prod'));
    await home.reaches(meant, 'deploying');
    cluster.disturb.unreachable(day);
    await home.passes(30_000);
    expect((await home.release(meant)).touched).toEqual([0]);
    await says('bob', `take over ${meant}`);
    clock.now += keptMs + day;
    await crowd(home, keptOfTarget);

    await forgetOld(home.world);

    expect((await cluster.inspect(prod))?.mark.release).toBe(wrote);
    expect(await has(home, wrote)).toBe(true);
    await until(ok(await says('ann', 'deploy payments 2.3.9 to prod')), 'succeeded');
  });

  test('one that is not finished is never forgotten, and keeps nothing else', async () => {
    const home = house();
    const waits = ok(await home.says('ann', 'deploy payments 2.4.1 to prod at 2027-06-01 10:00'));
    await crowd(home, keptOfTarget + 1);
    home.clock.now += keptMs + day;

    expect(await forgetOld(home.world)).toBe(1);
    expect(await has(home, waits)).toBe(true);
  });

  test('one that cannot be read stays, and keeps no other from going', async () => {
    const home = house();
    await crowd(home, keptOfTarget + 3);
    await crowd(home, keptOfTarget + 1, 's', 'search');
    home.clock.now += keptMs + 1;
    const { load } = home.ledger;
    const ledger = {
      ...home.ledger,
      load: async (id: string) => {
        if (id === 'r-0') throw new TerminalError('misconfigured', 'damaged', 'restore it');
        return load(id);
      },
    };

    expect(await forgetOld({ ...home.world, ledger })).toBe(3);
    expect(await Promise.all(['r-0', 'r-1', 'r-2', 's-0'].map((id) => has(home, id)))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(home.errors).toMatchObject([{ fields: { release: 'r-0' } }]);
  });

  test('many go in several runs, so that nobody waits for us', async () => {
    const home = house();
    await crowd(home, keptOfTarget + 520);
    home.clock.now += keptMs + 1;

    expect([await forgetOld(home.world), await forgetOld(home.world), await forgetOld(home.world)]).toEqual([
      500, 20, 0,
    ]);
  });
});

describe('tidying', () => {
  test('one worker does it, once an hour', async () => {
    const home = house();
    await crowd(home, keptOfTarget + 2);
    home.clock.now += keptMs + 1;
    let runs = 0;
    const targets = async () => {
      runs += 1;
      return home.ledger.targets();
    };
    const ledger = { ...home.ledger, targets };
    const world = { ...home.world, ledger };

    await Promise.all([tidy(world), tidy(world), tidy(world)]);
    expect(runs).toBe(1);
    home.clock.now += 3_600_000;
    await tidy(world);
    expect(runs).toBe(2);
  });

  test('goes on after an outage, and ends when told', async () => {
    const home = house();
    let asked = 0;
    const ledger = {
      ...home.ledger,
      once: async () => {
        asked += 1;
        throw new TransientError('the ledger is not answering');
      },
    };
    const stop = new AbortController();
    const running = keepTidy({ ...home.world, ledger }, stop.signal, 1);
    await vi.waitFor(() => expect(asked).toBeGreaterThan(2));
    stop.abort();
    await running;
  });
});
