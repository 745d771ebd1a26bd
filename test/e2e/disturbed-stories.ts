import { expect, test } from 'vitest';
import { figure } from './figures.ts';
import type { Open } from './house.ts';

/** Rollouts that somebody or something comes into the middle of. 2.5.3 takes 10 s until it is ready. */
export function disturbedStories(open: Open): void {
  test('after kubectl rollout undo it stands back and writes nothing more', async () => {
    const house = await open();
    const [namespace] = house.namespaces as [string];
    await house.types('ann', 'deploy payments 2.5.3-slowready to prod');
    await house.until(() => house.diary.writes().length === 1, { within: 20_000, what: 'the write' });
    await house.shows(/DEPLOYING .*waiting for/);

    const undone = Date.now();
    await house.kubectl('-n', namespace, 'rollout', 'undo', 'deployment/payments');
    expect(await house.shows(/ERRORED/)).toMatch(/taken over by kubectl/);
    figure('by hand: standing back after kubectl', Date.now() - undone);

    await house.kubectl('-n', namespace, 'rollout', 'status', 'deployment/payments', '--timeout=30s');
    await house.presses('ann', 'Stop, I');
    await house.shows(/TAKEN OVER/);
    const { generation } = house.diary.workloads.at(-1)!.object.metadata;
    expect(house.diary.writes()).toHaveLength(1);
    expect(generation).toBe(house.diary.writes()[0]!.generation + 1);
    expect(house.diary.running().map((pod) => pod.spec?.containers[0]?.image)).toEqual([
      expect.stringMatching(/:2\.4\.0$/),
      expect.stringMatching(/:2\.4\.0$/),
    ]);
  });

  test('when a worker is killed, the next one goes on within 15 s, and it ends as it would have', async () => {
    const house = await open({ places: 2 });
    await house.types('ann', 'deploy payments 2.4.1 to prod');
    await house.until(() => house.diary.writes().length === 1, { within: 20_000, what: 'the first write' });
    await house.worker.kill();
    const killed = Date.now();
    await house.startWorker();

    await house.shows(/SUCCEEDED · serving 2\.4\.1, healthy/);
    const writes = house.diary.writes();
    expect(writes.map(({ namespace, generation }) => ({ namespace, generation }))).toEqual(
      house.namespaces.map((namespace) => ({ namespace, generation: 2 })),
    );
    expect(figure('killed worker: the next write after it', writes[1]!.at - killed)).toBeLessThan(15_000);
  });

  test('pause stops the replacing of pods in the cluster; resume goes on', async () => {
    const house = await open();
    await house.types('ann', 'deploy payments 2.5.3-slowready to prod');
    await house.until(() => house.diary.writes().length === 1, { within: 20_000, what: 'the write' });
    await house.shows(/DEPLOYING .*waiting for/);

    const isPaused = () => house.diary.workloads.at(-1)?.object.spec.paused ?? false;
    const asked = Date.now();
    await house.presses('bob', 'Pause steps');
    const stopped = await house.until(() => isPaused() && Date.now(), { what: 'spec.paused' });
    figure('pause: told to the cluster after the click', stopped - asked);
    await house.shows(/PAUSED/);
    const slow = () => house.diary.running().filter((pod) => pod.spec?.containers[0]?.image?.includes('slowready'));
    await house.until(() => slow()[0]?.status?.containerStatuses?.[0]?.ready, { within: 20_000, what: 'a new pod' });
    await house.until(() => house.diary.workloads.at(-1)?.object.status?.availableReplicas === 3, {
      what: 'three available pods',
    });
    expect(slow()).toHaveLength(1);
    expect(isPaused()).toBe(true);

    const resumed = Date.now();
    await house.presses('bob', 'Resume');
    const goesOn = await house.until(() => !isPaused() && Date.now(), { what: 'spec.paused to go' });
    expect(figure('resume: told to the cluster after the click', goesOn - resumed)).toBeLessThan(4_000);
    await house.shows(/SUCCEEDED · serving 2\.5\.3-slowready, healthy/);
    expect(isPaused()).toBe(false);
    expect(slow()).toHaveLength(2);
  });
}
