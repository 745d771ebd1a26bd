import { setTimeout as pause } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { startBalancer } from '../balancer.ts';
import { type Violation, violation } from '../check.ts';
import { interleaved, repeated } from '../check-cluster.ts';
import type { Cleanup } from '../cleanup.ts';
import type { ClusterWrite } from '../cluster-log.ts';
import { average, type Crew, startCrew } from '../crew.ts';
import { type Lab, openLab } from '../lab.ts';
import type { Figures } from '../table.ts';
import { apiFaults, pick, startTrouble } from '../trouble.ts';
import { type DeployJob, queueName } from './deploy-job.ts';

/** One request of the client, by its own clock. */
interface Asked {
  id: string;
  target: string;
  invoked: number;
  acked?: number;
  retries: number;
}

export interface NaiveOutcome {
  folder: string;
  figures: Figures;
  violations: Violation[];
}

const together = 30;

/** The control: the naive engine under the same faults, before the same checker. It must be seen to fail. */
export async function runNaive(seed: string, releases: number, cleanup: Cleanup): Promise<NaiveOutcome> {
  const began = performance.now();
  const lab = await openLab({ seed, releases: 200 }, cleanup);
  const env = { REDIS_URL: lab.redis.url, API_URL: lab.apiUrl ?? '' };
  const crew = startCrew({
    folder: lab.folder,
    chance: lab.chance,
    calm: false,
    spawns: ['worker', 'worker', 'worker', 'gateway', 'gateway'].map((role) => ({
      role,
      script: `test/chaos/naive/${role}.ts`,
      env,
    })),
  });
  cleanup.add(() => crew.stop());
  const gateways = () => crew.seats.filter(({ role }) => role === 'gateway').flatMap((seat) => seat.url() ?? []);
  const balancer = await startBalancer(gateways);
  cleanup.add(() => balancer.close());
  await Promise.all(crew.seats.map(({ current }) => current.ready));

  await lab.faults(apiFaults(seed));
  const trouble = startTrouble(lab.redis, undefined, lab.chance);
  const asked = await askAll(lab, balancer.url, releases);
  await pause(10_000);
  await trouble.stop();
  crew.spare();
  await lab.faults({});
  const drained = performance.now();
  const states = await settle(lab.redis.url, asked);
  const writes = await lab.log.read();
  return {
    folder: lab.folder,
    violations: [...lost(asked, states), ...judge(asked, writes)],
    figures: figuresOf(crew, asked, trouble.counts.redis, performance.now() - drained, performance.now() - began),
  };
}

function figuresOf(crew: Crew, asked: Asked[], redisKills: number, drainMs: number, wallMs: number): Figures {
  return {
    releases: asked.length,
    asked: asked.length,
    ...crew.counts,
    startMs: Math.round(average(crew.counts.startMs)),
    redisKills,
    slackFaults: 0,
    retries: asked.reduce((sum, { retries }) => sum + retries, 0),
    drainMs,
    wallMs,
  };
}

/** A steady stream: every client asks again with the same id until it is acknowledged. */
async function askAll(lab: Lab, url: string, releases: number): Promise<Asked[]> {
  const deployments = lab.estate.workloads.filter(({ kind }) => kind === 'deployment');
  const asked: Asked[] = [];
  let begun = 0;
  const client = async (): Promise<void> => {
    while (begun < releases) {
      begun += 1;
      const { namespace, name } = pick(lab.chance, 'naive target', deployments);
      const version = `2.0.${begun}`;
      const image = `${lab.registry.host}/${name}:${version}`;
      const one: Asked = { id: `r-${begun}`, target: `${namespace}/${name}`, invoked: Date.now(), retries: 0 };
      asked.push(one);
      await insist(url, one, image);
      await pause(together * 150);
    }
  };
  await Promise.all(Array.from({ length: together }, client));
  return asked;
}

async function insist(url: string, one: Asked, image: string): Promise<void> {
  const body = JSON.stringify({ id: one.id, target: one.target, image });
  for (const until = Date.now() + 60_000; Date.now() < until; one.retries += 1) {
    const answer = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(3_000) }).catch(
      () => undefined,
    );
    if (answer?.status === 202) {
      one.acked = Date.now();
      return;
    }
    await pause(300);
  }
}

/** Waits until no job moves any more, 60 s at most. */
async function settle(url: string, asked: Asked[]): Promise<Map<string, string>> {
  const queue = new Queue<DeployJob>(queueName, { connection: { url } });
  try {
    for (const until = Date.now() + 60_000; ; await pause(500)) {
      const states = new Map<string, string>();
      for (const { id } of asked) states.set(id, await queue.getJobState(id));
      const moving = [...states.values()].some((state) => !['completed', 'failed', 'unknown'].includes(state));
      if (!moving || Date.now() > until) return states;
    }
  } finally {
    await queue.close();
  }
}

const lost = (asked: Asked[], states: Map<string, string>): Violation[] =>
  asked.flatMap(({ id, acked }) =>
    acked !== undefined && states.get(id) !== 'completed'
      ? [violation('lost', `${id} was acknowledged and is ${states.get(id)}`)]
      : [],
  );

function judge(asked: Asked[], writes: ClusterWrite[]): Violation[] {
  const workloads = new Set(writes.map(({ workload }) => workload));
  return [
    ...repeated(writes),
    ...[...workloads].flatMap((workload) => {
      const all = writes.filter((write) => write.workload === workload);
      return [...interleaved(workload, all), ...disordered(workload, all, asked)];
    }),
  ];
}

/** Acknowledged before the other was asked for, yet written after it. */
function disordered(workload: string, writes: ClusterWrite[], asked: Asked[]): Violation[] {
  const order = [...new Set(writes.map(({ after }) => after.release))];
  const byId = new Map(asked.map((one) => [one.id, one]));
  return order.slice(1).flatMap((id, n) => {
    const [later, earlier] = [byId.get(id ?? ''), byId.get(order[n] ?? '')];
    const wrong = later?.acked !== undefined && earlier && later.acked < earlier.invoked;
    return wrong ? [violation('out of order', `${workload}: ${id} was written after ${earlier.id}`)] : [];
  });
}
