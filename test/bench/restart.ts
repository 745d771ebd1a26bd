import { setTimeout as pause } from 'node:timers/promises';
import type { Process } from '../chaos/process.ts';
import type { Figure } from './figure.ts';
import { openGate } from './gate.ts';
import { standInGround } from './ground.ts';
import { type Installation, newFolder, openInstallation } from './installation.ts';
import { shown, types } from './people.ts';

/** How long the look was under way when its worker died, ms: a claim is taken over when its lease ends. */
const holds = [0, 500, 2_000, 4_000, 8_000];
const rounds = 4;
const seconds15 = { of: 'max', most: 15_000 } as const;

/** Two workers, one is killed in the middle of a release: how long until the next step. */
export async function restartBench(): Promise<Figure[]> {
  const undo: (() => unknown)[] = [];
  try {
    const ground = await standInGround(await newFolder(undo));
    undo.push(() => ground.close());
    const gate = await openGate();
    undo.push(() => gate.close());
    const held = holds.map((_, n) => ({ name: `held-${n}`, replicas: 2, stability: '0s', gate: gate.url }));
    const anytime = Array.from({ length: rounds }, (_, n) => ({ name: `any-${n}`, replicas: 6, stability: '0s' }));
    const house = await openInstallation(ground, [...held, ...anytime]);
    undo.push(() => house.close());
    return [await killedHoldingTheLook(house, gate), await killedAnytime(house)];
  } finally {
    for (const one of undo.reverse()) await one();
  }
}

/** The worst moment: the worker that dies is the one that looks, and nobody else knows how far it came. */
async function killedHoldingTheLook(house: Installation, gate: Awaited<ReturnType<typeof openGate>>): Promise<Figure> {
  const samples: number[] = [];
  let worker = await house.startWorker();
  for (const [n, held] of holds.entries()) {
    await house.calm();
    house.ground.push(`4.${n}.0`);
    const began = Date.now();
    const release = await types(house, `deploy held-${n} 4.${n}.0 to prod`);
    await gate.asked(began);
    const other = await house.startWorker();
    await pause(held);
    const killed = await kill(worker);
    samples.push((await gate.asked(killed)) - killed);
    gate.open();
    await shown(house, release, /SUCCEEDED/);
    worker = other;
  }
  await kill(worker);
  return {
    name: 'worker killed in a look: the same look again',
    unit: 'ms',
    target: seconds15,
    samples,
    notes: [house.ground.name],
  };
}

async function kill(worker: Process): Promise<number> {
  const at = Date.now();
  worker.kill();
  await worker.exited;
  return at;
}

/** Any moment of a rollout, either worker. */
async function killedAnytime(house: Installation): Promise<Figure> {
  const samples: number[] = [];
  let workers = [await house.startWorker(), await house.startWorker()];
  for (let n = 0; n < rounds; n += 1) {
    await house.calm();
    house.ground.push(`5.${n}.0`);
    const release = await types(house, `deploy any-${n} 5.${n}.0 to prod`);
    await house.slack.until(() => house.diary.writes().some(({ op }) => op.startsWith(`${release}.`)), {
      within: 30_000,
      what: 'the write',
    });
    await pause(400 * n);
    const killed = await kill(workers[n % 2]!);
    samples.push((await nextEvent(house, release, killed)) - killed);
    workers[n % 2] = await house.startWorker();
    await shown(house, release, /SUCCEEDED/);
  }
  workers = [];
  return {
    name: 'one of two workers killed in a rollout: next event',
    unit: 'ms',
    target: seconds15,
    samples,
    notes: [house.ground.name],
  };
}

async function nextEvent({ ledger }: Installation, release: string, since: number): Promise<number> {
  for (;;) {
    const event = (await ledger.events(release)).find(({ at }) => at > since);
    if (event) return event.at;
    await pause(20);
  }
}
