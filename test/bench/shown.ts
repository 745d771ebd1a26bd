import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Figure } from './figure.ts';
import { openGround } from './ground.ts';
import { type Installation, newFolder, openInstallation } from './installation.ts';
import { shown, types } from './people.ts';

const rounds = 8;
const windowMs = 6_000;

/** How soon people read it: `rolled out` beside kubectl on the same rollout, `succeeded` beside the window's end. */
export async function shownBench(): Promise<Figure[]> {
  const undo: (() => unknown)[] = [];
  try {
    const ground = await openGround(await newFolder(undo));
    undo.push(() => ground.close());
    const services = Array.from({ length: rounds }, (_, n) => ({
      name: `payments-${n}`,
      replicas: 2 + (n % 4),
      stability: `${windowMs}ms`,
    }));
    const house = await openInstallation(ground, services);
    undo.push(() => house.close());
    await house.startWorker();
    return await measure(house);
  } finally {
    for (const one of undo.reverse()) await one();
  }
}

async function measure(house: Installation): Promise<Figure[]> {
  const seen: Seen[] = [];
  for (let n = 0; n < rounds; n += 1) seen.push(await one(house, n));
  const notes = [house.ground.name];
  const target = { of: 'max', most: 1_000 } as const;
  const ours = seen.map(({ rolledOut, write }) => rolledOut - write);
  const kubectl = seen.map(({ exit, write }) => exit - write);
  return [
    {
      name: '`rolled out` shown after kubectl knew',
      unit: 'ms',
      target,
      samples: seen.map(({ rolledOut, exit }) => rolledOut - exit),
      notes,
    },
    {
      name: '`rolled out` shown after our write',
      unit: 'ms',
      samples: ours,
      peer: { name: 'kubectl', samples: kubectl },
      notes,
    },
    {
      name: '`succeeded` shown after the window ended',
      unit: 'ms',
      target,
      samples: seen.map(({ succeeded, windowEnd }) => succeeded - windowEnd),
      notes,
    },
  ];
}

/** All instants, ms. */
interface Seen {
  write: number;
  exit: number;
  rolledOut: number;
  windowEnd: number;
  succeeded: number;
}

async function one(house: Installation, n: number): Promise<Seen> {
  const { ground, diary, slack, ledger, namespace } = house;
  await house.calm();
  const version = ground.kind === 'real' ? '2.4.1' : `2.4.${n}`;
  if (ground.kind !== 'real') ground.push(version);
  const release = await types(house, `deploy payments-${n} ${version} to prod`);
  const written = () => diary.writes().find(({ op }) => op.startsWith(`${release}.`));
  const write = await slack.until(written, { within: 30_000, what: 'the write' });
  const exit = await rolloutStatus(ground.kubeconfig, namespace, `deployment/payments-${n}`);
  const rolledOut = await shown(house, release, /ROLLED OUT/);
  const succeeded = await shown(house, release, /SUCCEEDED/);
  const rolledOutAt = (await ledger.load(release))?.release.rolledOutAt ?? Number.NaN;
  return { write: write.at, exit, rolledOut, windowEnd: rolledOutAt + windowMs, succeeded };
}

/** When `kubectl rollout status` says that it is done, ms. */
async function rolloutStatus(kubeconfig: string, namespace: string, workload: string): Promise<number> {
  const args = ['--kubeconfig', kubeconfig, '-n', namespace, 'rollout', 'status', workload, '--timeout=60s'];
  const child = spawn('kubectl', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`kubectl rollout status ended with ${code}`);
  return Date.now();
}
