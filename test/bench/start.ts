import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startProcess } from '../chaos/process.ts';
import { freePort } from '../servers/redis.ts';
import { startBenchTeams } from './connector.ts';
import type { Figure } from './figure.ts';
import { standInGround } from './ground.ts';
import { type Installation, newFolder, openInstallation, stopped } from './installation.ts';

const rounds = 5;

/** From the birth of a process to the first 200 of its /readyz; beside it what Node alone takes, or a start without Teams. */
export async function startBench(): Promise<Figure[]> {
  const undo: (() => unknown)[] = [];
  try {
    const ground = await standInGround(await newFolder(undo));
    undo.push(() => ground.close());
    const house = await openInstallation(ground, [{ name: 'payments', replicas: 1 }]);
    undo.push(() => house.close());
    // A gateway is ready only where a worker lives.
    await house.startWorker();
    const teams = await startBenchTeams();
    undo.push(() => teams.close());
    return await measure(house, teams.settings);
  } finally {
    for (const one of undo.reverse()) await one();
  }
}

async function measure(house: Installation, teams: Record<string, string>): Promise<Figure[]> {
  const took = { gateway: [] as number[], worker: [] as number[], teams: [] as number[], node: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    took.node.push(await bareNode());
    took.gateway.push(await startOne(house, 'gateway'));
    took.worker.push(await startOne(house, 'worker'));
    took.teams.push(await startOne(house, 'worker', teams));
  }
  const node = { name: 'node -e 0', samples: took.node };
  return [
    figure('gateway', took.gateway, node),
    figure('worker', took.worker, node),
    figure('worker with Teams', took.teams, { name: 'without Teams', samples: took.worker }),
  ];
}

const figure = (who: string, samples: number[], peer: Figure['peer']): Figure => ({
  name: `start to ready, ${who}`,
  unit: 'ms',
  target: { of: 'max', most: 3_000 },
  samples,
  peer,
  notes: [],
});

async function startOne(
  house: Installation,
  role: 'gateway' | 'worker',
  more: Record<string, string> = {},
): Promise<number> {
  const port = await freePort();
  const env = { ...house.settings(role), ...more, PORT: String(port) };
  const born = performance.now();
  const child = startProcess({ name: role, script: 'src/main.ts', env, log: join(house.folder, 'start.log') });
  try {
    while (!(await isReady(port))) {
      if (performance.now() - born > 60_000) throw new Error(`a ${role} is not ready after a minute`);
      await pause(10);
    }
    return performance.now() - born;
  } finally {
    await stopped(child);
  }
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  );

async function bareNode(): Promise<number> {
  const born = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - born;
}
