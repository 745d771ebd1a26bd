/**
 * The naive engine: a step job as BullMQ documents it. The step lives in job.data, a failed attempt is tried again, a
 * target is locked by a key that expires, and maxStalledCount is the default. Nothing here is foolish, and it loses.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DelayedError, type Job, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { connection, type DeployJob, queueName } from './deploy-job.ts';

const api = process.env.API_URL!;
const redis = new Redis(connection.url!, { maxRetriesPerRequest: null, retryStrategy: () => 200 });
redis.on('error', () => undefined);

interface Deployment {
  metadata: { annotations?: Record<string, string>; generation: number };
  spec: { replicas: number; template: { spec: { containers: { image: string }[] } } };
  status: { observedGeneration?: number; updatedReplicas?: number; availableReplicas?: number; replicas?: number };
}

async function call(target: string, method: string, body?: object): Promise<Deployment> {
  const [namespace, name] = target.split('/');
  const url = `${api}/apis/apps/v1/namespaces/${namespace}/deployments/${name}?fieldManager=naive`;
  const headers = { 'content-type': 'application/merge-patch+json' };
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status}`);
  return (await answer.json()) as Deployment;
}

const steps: Record<DeployJob['step'], ((job: DeployJob) => Promise<DeployJob['step']>) | undefined> = {
  apply: async ({ id, target, image }) => {
    const mark = { release: id, op: id };
    const annotations = Object.fromEntries(
      Object.entries(mark).map(([key, value]) => [`release-engineer.dev/${key}`, value]),
    );
    // As `kubectl rollout restart` does it: a tag that was pushed again must be pulled again.
    const restarted = { annotations: { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() } };
    const template = { metadata: restarted, spec: { containers: [{ name: 'app', image }] } };
    await call(target, 'PATCH', { metadata: { annotations }, spec: { template } });
    return 'watch';
  },
  watch: async ({ target }) => {
    for (let look = 0; look < 40; look += 1) {
      const { metadata, spec, status } = await call(target, 'GET');
      const settled = status.observedGeneration === metadata.generation && status.updatedReplicas === spec.replicas;
      if (settled && status.availableReplicas === spec.replicas && status.replicas === spec.replicas) return 'bake';
      await pause(500);
    }
    throw new Error(`${target} does not settle`);
  },
  bake: async () => {
    await pause(1_000);
    return 'done';
  },
  done: undefined,
};

async function deploy(job: Job<DeployJob>, token?: string): Promise<void> {
  const lock = `naive-lock:${job.data.target}`;
  const mine = (await redis.set(lock, job.data.id, 'PX', 30_000, 'NX')) ?? (await redis.get(lock)) === job.data.id;
  if (!mine) {
    await job.moveToDelayed(Date.now() + 500, token);
    throw new DelayedError();
  }
  for (let step = steps[job.data.step]; step; step = steps[job.data.step])
    await job.updateData({ ...job.data, step: await step(job.data) });
  await redis.del(lock);
}

const worker = new Worker<DeployJob>(queueName, deploy, {
  connection,
  concurrency: 20,
  lockDuration: 3_000,
  stalledInterval: 2_000,
});
worker.on('error', () => undefined);
await worker.waitUntilReady();
console.log(JSON.stringify({ msg: 'ready', url: 'http://127.0.0.1:0' }));
