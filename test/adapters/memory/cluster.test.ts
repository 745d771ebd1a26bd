import { describe, expect, it } from 'vitest';
import { memoryCluster } from '../../../adapters/memory/cluster.ts';
import { memoryDigest } from '../../../adapters/memory/digest.ts';
import { TransientError } from '../../../src/errors.ts';
import type { Expectation } from '../../../src/ports.ts';
import type { Place, WorkloadKind } from '../../../src/release/plan.ts';
import { clusterContract } from '../../contracts/cluster.ts';
import type { ClusterLab } from '../../contracts/cluster-lab.ts';

/** A lab whose clock jumps to whatever happens next. */
async function memoryLab(): Promise<ClusterLab> {
  let clock = Date.UTC(2026, 0, 5, 9);
  let made = 0;
  const now = () => clock;
  const cluster = memoryCluster({ now, workloads: [], name: 'eu' });
  const image = (version: string) => `demo/payments:${version}`;
  return {
    cluster,
    image,
    now,
    async make(kind: WorkloadKind, { replicas = 2, version = '2.4.0' } = {}): Promise<Place> {
      made += 1;
      const place: Place = { cluster: 'eu', namespace: `n${made}`, kind, name: 'payments' };
      const containers = [true, false].map((init) => ({ name: init ? 'migrate' : 'app', init, image: image(version) }));
      cluster.disturb.create({ place, containers, replicas });
      return place;
    },
    setImage: async (...args) => cluster.disturb.setImage(...args),
    mark: async (place, mark) => cluster.disturb.mark(place, mark),
    recreate: async (place) => cluster.disturb.replace(place),
    remove: async (place) => cluster.disturb.remove(place),
    autoscale: async (place) => cluster.disturb.autoscale(place, place.name),
    loseReply() {
      cluster.disturb.loseReplies(1);
      return () => {};
    },
    async until(what, ask) {
      for (let round = 0; round < 1_000; round++) {
        const answer = await ask();
        if (answer !== false && answer !== undefined) return answer;
        clock = Math.min(cluster.nextChange() ?? Number.POSITIVE_INFINITY, clock + 1_000);
      }
      throw new Error(`waited 1000 rounds for ${what}`);
    },
    close: async () => cluster.close(),
  };
}

clusterContract('memory', memoryLab, { digests: true, logs: true, pulls: true, faults: true });

const place: Place = { cluster: 'eu', namespace: 'prod', kind: 'deployment', name: 'payments' };
const image = 'registry.example.com/payments';

/** A cluster with one workload, a clock that is moved by hand, and one deploy to a version, by digest. */
function world(replicas = 3) {
  let clock = 1_000_000;
  const versions = ['2.4.0', '2.4.1', '2.5.0-crash', '2.5.1-oom', '2.5.2-flaky', '2.5.3-slowready', '2.5.4-config'];
  const workloads = [{ place, containers: [{ name: 'app', image: `${image}:2.4.0` }], replicas }];
  const cluster = memoryCluster({ now: () => clock, workloads, images: { [image]: versions } });
  const appliedAt = clock;
  const look = async (expect: Expectation, settledAt?: number, now = clock) =>
    cluster.observe(
      place,
      expect,
      {
        now,
        appliedAt,
        settledAt,
        best: { available: 0, at: appliedAt },
        progressDeadline: 60_000,
        schedulingBudget: 60_000,
        tolerateBadPods: 0,
      },
      true,
    );
  const apply = async (version: string): Promise<Expectation> => {
    const { uid, containers } = (await cluster.inspect(place))!;
    const wanted = [{ name: 'app', init: false, image: `${image}@${memoryDigest(image, version)}` }];
    const expect = containers.map(({ name, init, image: ref }) => ({ name, init, image: ref }));
    const base = { release: 'payments-1', op: `op-${version}`, fence: 1 };
    const set = { what: 'images' as const, containers: wanted, expect };
    await cluster.apply({ place, uid, planHash: 'h', ...base, set });
    return { ...base, containers: wanted };
  };
  const wait = (ms: number) => {
    clock += ms;
  };
  /** Jumps from change to change until the rollout has an end. */
  const outcome = async (expect: Expectation) => {
    for (let n = 0; n < 200; n++) {
      const { rollout } = await look(expect);
      if (rollout.state !== 'progressing') return rollout;
      clock = cluster.nextChange() ?? clock + 1_000;
    }
    throw new Error('the rollout never ended');
  };
  return { cluster, apply, look, wait, outcome, now: () => clock, since: () => clock - appliedAt };
}

describe('a version that is named only by its digest', () => {
  it.each([
    ['2.5.0-crash', 'crash-loop', 1],
    ['2.5.1-oom', 'out-of-memory', 137],
    ['2.5.4-config', 'config-error', undefined],
  ])('%s fails by %s, soon, while the old one serves', async (version, cause, exitCode) => {
    const { apply, outcome, cluster, since } = world();
    const rollout = await outcome(await apply(version));
    expect(rollout).toMatchObject({ state: 'doomed', finding: { cause, exitCode, container: 'app' } });
    expect(rollout.counts.oldAvailable).toBe(3);
    expect(since()).toBeLessThan(5_000);
    if (rollout.state !== 'doomed') return;
    const evidence = await cluster.evidence(place, rollout.finding, 2_000);
    expect(evidence.logs.length + evidence.finding.events.length).toBeGreaterThan(0);
  });

  it('2.5.3-slowready takes its time, and settles', async () => {
    const { apply, outcome, since } = world();
    expect(await outcome(await apply('2.5.3-slowready'))).toMatchObject({ state: 'settled' });
    expect(since()).toBeGreaterThan(10_000);
  });

  it('2.5.2-flaky settles, then restarts in its stability window', async () => {
    const { apply, outcome, look, wait, now } = world(1);
    const expectation = await apply('2.5.2-flaky');
    expect(await outcome(expectation)).toMatchObject({ state: 'settled' });
    const settledAt = now();
    expect((await look(expectation, settledAt)).instability).toBeUndefined();
    wait(30_000);
    const { instability } = await look(expectation, settledAt);
    expect(instability).toMatchObject({ cause: 'unstable', restarts: 1, exitCode: 1, container: 'app' });
  });
});

describe('disturbances of a simulated cluster', () => {
  it('a node that goes bad is no fault of the version', async () => {
    const { apply, outcome, cluster, wait, look } = world();
    for (const node of ['node-1', 'node-2', 'node-3']) cluster.disturb.node(node, false);
    const expectation = await apply('2.4.1');
    wait(61_000);
    expect((await look(expectation)).rollout).toMatchObject({ state: 'doomed', finding: { cause: 'node-trouble' } });
    for (const node of ['node-1', 'node-2', 'node-3']) cluster.disturb.node(node, true);
    expect(await outcome(expectation)).toMatchObject({ state: 'settled', counts: { updatedAvailable: 3 } });
  });

  it('is unreachable for as long as it is told', async () => {
    const { cluster, wait } = world();
    cluster.disturb.unreachable(5_000);
    await expect(cluster.inspect(place)).rejects.toThrow(TransientError);
    wait(5_000);
    expect(await cluster.inspect(place)).toBeDefined();
  });

  it('hangs until it is released, and judges what it then finds', async () => {
    const { cluster, apply } = world();
    const release = cluster.disturb.hang();
    const late = apply('2.4.1');
    const outcome = late.then(
      () => 'done',
      () => 'failed',
    );
    const soon = new Promise((resolve) => setImmediate(() => resolve('waiting')));
    expect(await Promise.race([outcome, soon])).toBe('waiting');
    cluster.disturb.mark(place, { release: 'payments-2', op: 'other', fence: 9 });
    release();
    await expect(late).rejects.toMatchObject({ code: 'stale-fence' });
    expect(cluster.writes).toEqual([]);
  });

  it('is at rest when nothing is under way', async () => {
    const { cluster, apply, outcome } = world();
    expect(cluster.nextChange()).toBeUndefined();
    await outcome(await apply('2.4.1'));
    expect(cluster.nextChange()).toBeUndefined();
    expect(cluster.writes).toHaveLength(1);
  });

  it('wakes by itself where the clock runs', async () => {
    const workloads = [{ place, containers: [{ name: 'app', image: `${image}:2.4.0` }], replicas: 1 }];
    const cluster = memoryCluster({ now: Date.now, workloads, wakeTimers: true });
    const { uid } = (await cluster.inspect(place))!;
    const woken = new Promise<void>((resolve) => {
      let wakes = 0;
      cluster.watch(place, 'payments-1', () => {
        wakes += 1;
        if (wakes === 2) resolve();
      });
    });
    const set = {
      what: 'images' as const,
      containers: [{ name: 'app', init: false, image: `${image}:2.4.1` }],
      expect: [{ name: 'app', init: false, image: `${image}:2.4.0` }],
    };
    await cluster.apply({ place, uid, release: 'payments-1', op: 'op', fence: 1, planHash: 'h', set });
    await woken;
    cluster.close();
    expect((await cluster.inspect(place))?.rollout.counts.updatedAvailable).toBe(1);
  });
});
