import type { V1PodSpec } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { Open } from './house.ts';
import { image } from './node-registry.ts';
import { serving } from './objects.ts';

/** Good versions, on every kind of workload. */
export function deployStories(open: Open): void {
  test('a good version, approved by somebody else with a click, runs with the planned digest', async () => {
    const house = await open({ approvals: 1 });
    await house.types('ann', 'deploy payments 2.4.1 to prod because the tax rate changes');
    await house.shows(/AWAITING APPROVAL/);
    await house.presses('bob', 'Approve');

    expect(await house.shows(/SUCCEEDED/)).toContain('payments prod · SUCCEEDED · serving 2.4.1, healthy');

    const [written, ...more] = house.diary.writes();
    expect(more).toEqual([]);
    expect(written?.images[0]).toMatch(new RegExp(`^${image}:2\\.4\\.1@sha256:[0-9a-f]{64}$`));
    const digest = written?.images[0]?.split('@')[1];
    expect(house.thread().join('\n')).toContain(`→ ${image}:2.4.1@${digest}`);
    expect(house.diary.running().map((pod) => pod.status?.containerStatuses?.[0]?.imageID)).toEqual([
      `${image}@${digest}`,
      `${image}@${digest}`,
    ]);
  });

  test('a version that is not there is refused at planning, with the near ones', async () => {
    const house = await open();
    await house.types('ann', 'deploy payments 2.4.2 to prod');

    expect(await house.shows(/REFUSED/)).toContain(`${image} has no version 2.4.2`);
    expect(house.card()).toMatch(/Near it are: 2\.4\.1, 2\.4\.0/);
    expect(house.diary.writes()).toEqual([]);
  });

  test('container and init container of the image change together; others stay as they are', async () => {
    const house = await open({ pod: threeContainers });
    await house.types('ann', 'deploy payments 2.4.1 to prod');
    await house.shows(/SUCCEEDED · serving 2\.4\.1, healthy/);

    const [written] = house.diary.writes();
    const [migrate, app, proxy] = written!.images;
    expect(migrate).toMatch(/:2\.4\.1@sha256:/);
    expect(app).toBe(migrate);
    expect(proxy).toBe(other);
    const { initContainerStatuses: [init] = [], containerStatuses = [] } = house.diary.running()[0]!.status!;
    expect(init?.state?.terminated?.exitCode).toBe(0);
    expect(init?.imageID).toBe(containerStatuses.find(({ name }) => name === 'app')?.imageID);
  });

  test('a DaemonSet is rolled out', async () => {
    const house = await open({ kind: 'daemonset' });
    await house.types('ann', 'deploy payments 2.4.1 to prod');
    await house.shows(/SUCCEEDED · serving 2\.4\.1, healthy/);

    expect(house.diary.running().map((pod) => pod.spec?.containers[0]?.image)).toEqual([
      house.diary.writes()[0]?.images[0],
    ]);
  });

  test('two places are carried out one after another', async () => {
    const house = await open({ places: 2 });
    const [first, second] = house.namespaces;
    await house.types('ann', 'deploy payments 2.4.1 to prod');
    await house.shows(/SUCCEEDED · serving 2\.4\.1, healthy/);

    const writes = house.diary.writes();
    expect(writes.map(({ namespace }) => namespace)).toEqual([first, second]);
    const readyInFirst = house.diary.pods.filter(
      ({ at, object }) =>
        at <= writes[1]!.at &&
        object.metadata?.namespace === first &&
        object.spec?.containers[0]?.image === writes[0]!.images[0] &&
        object.status?.containerStatuses?.[0]?.ready,
    );
    expect(new Set(readyInFirst.map(({ object }) => object.metadata?.name)).size).toBe(2);
  });
}

const other = image.replace('payments', 'checkout').concat(':1.0.0');

/** The image has nothing but a server in it, so its init container runs `true` from the node. */
const fromTheNode = ['/usr', '/lib', '/lib64'].map((path) => ({ name: path.slice(1), path }));
const threeContainers: Partial<V1PodSpec> = {
  initContainers: [
    {
      name: 'migrate',
      image: `${image}:2.4.0`,
      command: ['/usr/bin/true'],
      volumeMounts: fromTheNode.map(({ name, path }) => ({ name, mountPath: path, readOnly: true })),
    },
  ],
  containers: [serving('2.4.0'), { name: 'proxy', image: other, env: [{ name: 'PORT', value: '8081' }] }],
  volumes: fromTheNode.map(({ name, path }) => ({ name, hostPath: { path } })),
};
