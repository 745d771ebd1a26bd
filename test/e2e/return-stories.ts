import { expect, test } from 'vitest';
import { customerOf } from './customer.ts';
import { isReturn } from './diary.ts';
import { figure } from './figures.ts';
import type { House, Open } from './house.ts';

/** Bad versions, and the way back. */
export function returnStories(open: Open): void {
  test('a version that crashes is rolled back while people are served; the thread says why', async () => {
    const house = await open();
    const customer = await customerOf(await house.address());
    await house.types('ann', 'deploy payments 2.5.0-crash to prod');

    const line = await house.shows(/ROLLED BACK/);
    expect(line).toMatch(/ROLLED BACK · serving 2\.4\.0, healthy · cause: container app exits with code 1/);
    await customer.leave();
    expect(customer.failures).toEqual([]);
    expect([...customer.served.keys()]).toEqual(['2.4.0']);
    expect(customer.served.get('2.4.0')).toBeGreaterThan(100);
    await house.until(() => /relation ledger_entries does not exist/.test(house.thread().join('\n')), {
      what: 'the last log lines in the thread',
    });
    expect(house.thread().join('\n')).toMatch(/Evidence: container app exits with code 1/);
    expect(figure('crash: first return write after the fact', afterFact(house))).toBeLessThan(5_000);

    await house.types('ann', 'deploy payments 2.5.0-crash to prod');
    expect(await house.shows(/REFUSED/)).toMatch(/2\.5\.0-crash failed on payments@prod/);
    expect(house.card()).toContain('quarantine');
  });

  test('a press on roll back in the stability window is written within 2 s', async () => {
    const house = await open({ health: { stability: '10m' } });
    await house.types('ann', 'deploy payments 2.4.1 to prod');
    await house.shows(/ROLLED OUT, WATCHING/);
    const pressed = Date.now();
    await house.presses('bob', 'Roll back to 2.4.0');

    await house.shows(/ROLLED BACK · serving 2\.4\.0, healthy/);
    const back = house.diary.writes().find(isReturn);
    expect(figure('button: first return write after the click', back!.at - pressed)).toBeLessThan(2_000);
    expect(house.diary.running().map((pod) => pod.spec?.containers[0]?.image)).toEqual([
      back?.images[0],
      back?.images[0],
    ]);
    expect(back?.images[0]).toContain(':2.4.0');
  });

  test('a version that never gets ready is rolled back at its deadline', async () => {
    const house = await open({ health: { progressDeadline: '10s' } });
    await house.types('ann', 'deploy payments 2.5.2-neverready to prod');

    const line = await house.shows(/ROLLED BACK · serving 2\.4\.0, healthy/);
    expect(line).toMatch(/cause: pod \S+ did not become available within 1\d s/);
    const [forth, back] = house.diary.writes();
    expect(figure('never ready: first return write after the first write', back!.at - forth!.at)).toBeLessThan(20_000);
  });

  test('a version that needs too much memory is rolled back, and the cause says so', async () => {
    // It takes a second to reach its limit and is ready until then, so what catches it is the stability window.
    const house = await open({ health: { stability: '30s' } });
    await house.types('ann', 'deploy payments 2.5.6-oom to prod');

    const line = await house.shows(/ROLLED BACK · serving 2\.4\.0, healthy/);
    expect(line).toContain('killed for using more memory than its limit of 64Mi');
    expect(figure('out of memory: first return write after the fact', afterFact(house))).toBeLessThan(5_000);
  });

  test('an ordered StatefulSet that is stuck on a bad pod comes back', async () => {
    const house = await open({ kind: 'statefulset' });
    await house.types('ann', 'deploy payments 2.5.0-crash to prod');
    await house.shows(/ROLLED BACK · serving 2\.4\.0, healthy/);

    const back = house.diary.writes().find(isReturn)!;
    const stuck = house.diary.pods.find(
      ({ type, object }) => type === 'DELETED' && isBad(object.spec?.containers[0]?.image),
    );
    expect(stuck?.object.metadata?.name).toBe('payments-1');
    expect(stuck?.at).toBeGreaterThan(back.at);
    const thread = await house.until(() => house.thread().find((line) => line.includes('Evidence:')), {
      what: 'the evidence',
    });
    // That was the pod of the same name before it.
    expect(thread).not.toContain('Stopping container');
    expect(house.diary.running().map((pod) => pod.spec?.containers[0]?.image)).toEqual([
      back.images[0],
      back.images[0],
    ]);
  });
}

const isBad = (image = ''): boolean => image.includes(':2.5.');

/** From the second end of a container, which makes it a loop, until the first return write; both as the API server told. */
function afterFact({ diary }: House): number {
  const fact = diary.pods.find(({ object }) =>
    (object.status?.containerStatuses ?? []).some(
      ({ restartCount, state, image }) => isBad(image) && restartCount + (state?.running ? 0 : 1) >= 2,
    ),
  );
  const back = diary.writes().find(isReturn);
  if (!fact || !back) throw new Error(`there is ${fact ? 'no return' : 'no fact'} in the diary`);
  return back.at - fact.at;
}
