import { setTimeout as pause } from 'node:timers/promises';
import type { Process } from '../chaos/process.ts';
import type { Figure } from './figure.ts';
import { openGround } from './ground.ts';
import { type Installation, newFolder, openInstallation } from './installation.ts';
import { shown, types } from './people.ts';

const rounds = 2;
/** How long a namespace is still watched after its last release; then nothing may be asked. */
const lingerMs = 60_000;
const idleMs = 60_000;
const perSecond = 0.2;

/** What we cost the API server, by the worker's own count: releases with the usual window, then nothing to do. */
export async function requestsBench(): Promise<Figure[]> {
  const undo: (() => unknown)[] = [];
  try {
    const ground = await openGround(await newFolder(undo));
    undo.push(() => ground.close());
    const services = Array.from({ length: rounds }, (_, n) => ({ name: `payments-${n}`, replicas: 4 }));
    const house = await openInstallation(ground, services);
    undo.push(() => house.close());
    return await measure(house, await house.startWorker());
  } finally {
    for (const one of undo.reverse()) await one();
  }
}

async function measure(house: Installation, worker: Process): Promise<Figure[]> {
  await settled(worker);
  const rollouts: Counted[] = [];
  for (let n = 0; n < rounds; n += 1) rollouts.push(await one(house, worker, n));
  await pause(lingerMs + 2_000);
  const before = await requests(worker);
  await pause(idleMs);
  const idle = difference(await requests(worker), before);
  const notes = rollouts.map(({ seconds, by }) => `${house.ground.name}, in ${Math.round(seconds)} s: ${words(by)}`);
  return [
    {
      name: `requests of a release beyond ${perSecond}/s`,
      unit: 'requests',
      target: { of: 'max', most: 10 },
      samples: rollouts.map(({ seconds, by }) => total(by) - perSecond * seconds),
      notes,
    },
    {
      name: `requests in ${idleMs / 1_000} idle seconds`,
      unit: 'requests',
      target: { of: 'max', most: 0 },
      samples: [total(idle)],
      notes: [house.ground.name],
    },
  ];
}

/** `list pods` → how often. */
type Requests = Map<string, number>;

interface Counted {
  seconds: number;
  /** Beside watches and writes. */
  by: Requests;
}

async function one(house: Installation, worker: Process, n: number): Promise<Counted> {
  await house.calm();
  const { ground, ledger } = house;
  const version = ground.kind === 'real' ? '2.4.1' : `2.4.${n}`;
  if (ground.kind !== 'real') ground.push(version);
  const before = await requests(worker);
  const release = await types(house, `deploy payments-${n} ${version} to prod`);
  await shown(house, release, /SUCCEEDED/, 180_000);
  const by = difference(await requests(worker), before);
  const { requestedAt, finishedAt = Number.NaN } = (await ledger.load(release))!.release;
  // The write, and the same without writing, which shows it to the API server first.
  by.delete('update deployments');
  for (const [key, count] of by) if (key.startsWith('watch ')) withoutWatch(by, key, count);
  return { seconds: (finishedAt - requestedAt) / 1_000, by };
}

/** A watch, and the list that it begins with. */
function withoutWatch(by: Requests, key: string, count: number): void {
  const list = key.replace('watch', 'list');
  by.set(list, Math.max(0, (by.get(list) ?? 0) - count));
  by.delete(key);
}

/** Waits until the worker has looked at its clusters once, as it does when it starts. */
async function settled(worker: Process): Promise<void> {
  for (let last = -1; ; await pause(1_500)) {
    const now = total(await requests(worker));
    if (now === last) return;
    last = now;
  }
}

async function requests(worker: Process): Promise<Requests> {
  const text = await (await fetch(`${worker.url()}/metrics`)).text();
  const line = /^release_engineer_cluster_requests_total\{.*?verb="([^"]+)",resource="([^"]+)".*?\} (\d+)/gm;
  return new Map([...text.matchAll(line)].map(([, verb, resource, count]) => [`${verb} ${resource}`, Number(count)]));
}

const difference = (after: Requests, before: Requests): Requests =>
  new Map([...after].map(([key, count]) => [key, count - (before.get(key) ?? 0)]));

const total = (by: Requests): number => [...by.values()].reduce((sum, count) => sum + count, 0);

const words = (by: Requests): string =>
  [...by]
    .filter(([, count]) => count > 0)
    .map(([key, count]) => `${count} ${key}`)
    .join(', ');
