import { afterEach, describe, expect, it, vi } from 'vitest';
import type { KubernetesOptions } from '../../../adapters/kubernetes/cluster.ts';
import type { ClusterChange, Expectation } from '../../../src/ports.ts';
import type { Place } from '../../../src/release/plan.ts';
import { eventually, type KubernetesLab, kubernetesLab } from '../../servers/cluster.ts';
import { type Kubernetes, startKubernetes } from '../../servers/kubernetes/server.ts';

let kubernetes: Kubernetes;
let lab: KubernetesLab;
let place: Place;
let asked: string[] = [];
let troubles: unknown[] = [];
let wakes = 0;

const watchPace = { lifeMs: 240_000, silenceMs: 75_000, firstBackoffMs: 5, lastBackoffMs: 40 };

async function start(options: Partial<KubernetesOptions> = {}, bookmarkMs = 50): Promise<void> {
  kubernetes = await startKubernetes({ readyMs: 5, terminateMs: 2, bookmarkMs });
  asked = [];
  troubles = [];
  wakes = 0;
  const onRequest = (verb: string, resource: string) => asked.push(`${verb} ${resource}`);
  const onTrouble = (error: unknown) => troubles.push(error);
  lab = kubernetesLab({ content: kubernetes.kubeconfig }, { watchPace, onRequest, onTrouble, ...options });
  place = await lab.make('deployment');
}

const clock = performance.now.bind(performance);

/** Lets it be so much later than it is. */
const later = (ms: number) => void vi.spyOn(performance, 'now').mockImplementation(() => clock() + ms);

afterEach(async () => {
  vi.restoreAllMocks();
  await lab.close();
  await kubernetes.close();
});

const watch = async () => {
  lab.cluster.watch(place, 'payments-1', () => {
    wakes += 1;
  });
  await eventually('four watches', async () => kubernetes.stats().openWatches === 4);
  await calm();
};

/** Until nobody has been woken for a while, so that what follows is caused by what follows. */
async function calm(): Promise<void> {
  let before = -1;
  await eventually('quiet', async () => {
    const quiet = before === wakes;
    before = wakes;
    // Quiet is that nothing comes for a while: there is no event to wait for.
    await new Promise((resolve) => setTimeout(resolve, 300));
    return quiet && before === wakes;
  });
}

const deploy = async (version: string, op: string): Promise<{ change: ClusterChange; expect: Expectation }> => {
  const workload = (await lab.cluster.inspect(place))!;
  const from = workload.containers.find((c) => c.name === 'app')!;
  const containers = [{ name: 'app', init: false, image: lab.image(version) }];
  const set = { what: 'images' as const, containers, expect: [{ name: 'app', init: false, image: from.image }] };
  const base = { release: 'payments-1', op, fence: 1 };
  return { change: { place, uid: workload.uid, planHash: 'h', ...base, set }, expect: { ...base, containers } };
};

const context = () => ({
  now: Date.now(),
  appliedAt: Date.now() - 1_000,
  best: { available: 0, at: Date.now() },
  progressDeadline: 60_000,
  schedulingBudget: 60_000,
  tolerateBadPods: 0,
});

const wakesAgain = async (what: string) => {
  const before = wakes;
  await lab.setImage(place, 'app', lab.image(`2.5.${Date.now()}`), 'kubectl-set');
  await eventually(what, async () => wakes > before);
};

describe('a watch', () => {
  it('asks nothing more when nothing happens, and is shared by all releases of a namespace', async () => {
    await start();
    await watch();
    lab.cluster.watch(place, 'payments-2', () => {});
    asked.length = 0;
    // That nothing is asked shows only in a stretch of time.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(asked).toEqual([]);
    expect(kubernetes.stats().openWatches).toBe(4);
  });

  it('wakes for its own workload only', async () => {
    await start();
    await watch();
    const other: Place = { ...place, name: 'other' };
    const before = wakes;
    await lab.hands.create({ group: 'apps', version: 'v1', plural: 'deployments' }, place.namespace, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: other.name },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'other' } },
        template: {
          metadata: { labels: { app: 'other' } },
          spec: { containers: [{ name: 'app', image: 'demo/other:1' }] },
        },
      },
    });
    await eventually('the other', async () => (await lab.cluster.inspect(other))?.rollout.counts.available === 2);
    await calm();
    expect(wakes).toBe(before);
    await wakesAgain('its own');
  });

  it('comes back after resets, again and again', async () => {
    await start();
    await watch();
    for (let round = 0; round < 5; round++) {
      kubernetes.control({ watches: 'reset' });
      await eventually('four watches', async () => kubernetes.stats().openWatches === 4);
      await wakesAgain(`a wake after reset ${round}`);
    }
    expect(troubles.length).toBeGreaterThan(0);
  });

  it('lists again when history is gone, and wakes for what it missed', async () => {
    await start();
    await watch();
    asked.length = 0;
    kubernetes.control({ compact: true, watches: 'reset' });
    await eventually('new lists', async () => asked.filter((a) => a === 'list pods').length === 1);
    await eventually('four watches', async () => kubernetes.stats().openWatches === 4);
    await wakesAgain('a wake after the relist');
  });

  it('survives errors of every kind', async () => {
    await start();
    await watch();
    kubernetes.control({ faults: { rules: { '*': { error500: 0.3, error503: 0.3, tooMany: 0.2 } } } });
    await eventually('troubles', async () => {
      kubernetes.control({ watches: 'reset' });
      return troubles.length > 20;
    });
    kubernetes.control({ faults: {} });
    await eventually('four watches', async () => kubernetes.stats().openWatches === 4);
    await wakesAgain('a wake after the storm');
  });

  it('does not believe a silence that is too long', async () => {
    await start({ watchPace: { ...watchPace, silenceMs: 200 } });
    await watch();
    kubernetes.control({ watches: 'silence' });
    await lab.setImage(place, 'app', lab.image('2.5.0'), 'kubectl-set');
    const before = wakes;
    await eventually('a wake through new watches', async () => wakes > before);
    expect(troubles.map(String).join()).toContain('the watch fell silent');
  });

  it('survives a handler that throws', async () => {
    await start();
    await watch();
    lab.cluster.watch(place, 'payments-3', () => {
      throw new Error('handler');
    });
    await wakesAgain('a wake beside the one that throws');
    await eventually('the report', async () => troubles.map(String).includes('Error: handler'));
    await wakesAgain('a wake after it');
  });

  it('ends a while after the last release left, and not before', async () => {
    await start({ lingerMs: 300 });
    await watch();
    lab.cluster.unwatch('payments-1');
    lab.cluster.watch(place, 'payments-2', () => {});
    // Longer than it lingers: a watch that ended now would have ended by mistake.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(kubernetes.stats().openWatches).toBe(4);
    lab.cluster.unwatch('payments-2');
    expect(kubernetes.stats().openWatches).toBe(4);
    await eventually('all watches to end', async () => kubernetes.stats().openWatches === 0);
  });
});

describe('observing', () => {
  it('asks nothing while the watch is young, then for the pods alone, and for what is around them after 40 s', async () => {
    await start({}, 60_000);
    await watch();
    const { change, expect: wanted } = await deploy('2.4.1', 'op-1');
    await lab.cluster.apply(change);
    await eventually('settled', async () => {
      const { rollout } = await lab.cluster.observe(place, wanted, context(), false);
      return rollout.state === 'settled';
    });
    asked.length = 0;
    const look = async () => {
      asked.length = 0;
      for (let n = 0; n < 20; n++) await lab.cluster.observe(place, wanted, context(), false);
      return asked;
    };
    expect(await look()).toEqual([]);
    later(11_000);
    expect(await look()).toEqual(['list pods']);
    later(41_000);
    expect((await look()).toSorted()).toEqual(['get deployments', 'list events', 'list pods', 'list replicasets']);
  });

  it('never takes a cache from before our own write for a takeover', async () => {
    await start();
    await watch();
    kubernetes.control({ watches: 'silence' });
    const { change, expect: wanted } = await deploy('2.4.1', 'op-1');
    await lab.cluster.apply(change);
    const { takenOverBy, rollout } = await lab.cluster.observe(place, wanted, context(), false);
    expect(takenOverBy).toBeUndefined();
    expect(rollout.counts.desired).toBe(2);
  });

  it('costs so many requests', async () => {
    await start();
    const cost = async (work: () => Promise<unknown>) => {
      asked.length = 0;
      await work();
      return [...asked].sort();
    };
    const around = ['get deployments', 'list events', 'list pods', 'list replicasets'];
    const plain = ['get deployments', 'list horizontalpodautoscalers', 'list pods', 'list replicasets'];
    expect(await cost(() => lab.cluster.inspect(place))).toEqual(plain);
    expect(await cost(() => lab.cluster.inspect(place, 5_000))).toEqual([]);
    expect(await cost(() => lab.cluster.inspect(place, 0))).toEqual(plain);
    const { change, expect: wanted } = await deploy('2.4.1', 'op-1');
    expect(await cost(() => lab.cluster.dryRun(change))).toEqual(['get deployments', 'update deployments']);
    expect(await cost(() => lab.cluster.apply(change))).toEqual(['get deployments', 'update deployments']);
    expect(await cost(() => lab.cluster.apply(change))).toEqual(['get deployments']);
    await lab.until('settled', async () => (await lab.cluster.inspect(place))?.rollout.state === 'settled');
    const confirm = () => lab.cluster.observe(place, wanted, context(), true);
    expect(await cost(confirm)).toEqual(around);
    await watch();
    expect(await cost(confirm)).toEqual(['get deployments', 'list pods']);
    const other = { ...wanted, containers: [{ name: 'app', init: false, image: lab.image('2.4.9') }] };
    const alarm = () => lab.cluster.observe(place, other, context(), true);
    expect(await cost(alarm)).toEqual([...around, 'get deployments', 'list pods'].sort());
  });
});
