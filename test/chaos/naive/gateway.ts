/** The naive engine's front: a request becomes a job, and is acknowledged. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Queue } from 'bullmq';
import { connection, type DeployJob, queueName } from './deploy-job.ts';

const queue = new Queue<DeployJob>(queueName, {
  connection: { ...connection, maxRetriesPerRequest: 1, enableOfflineQueue: false },
});
queue.on('error', () => undefined);

async function accept(message: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const asked = JSON.parse(Buffer.concat(chunks).toString()) as Omit<DeployJob, 'step'>;
  const options = { jobId: asked.id, attempts: 3, backoff: { type: 'exponential', delay: 500 } };
  await queue.add('deploy', { ...asked, step: 'apply' }, options);
}

const server = createServer((message, response) => {
  accept(message).then(
    () => response.writeHead(202).end(),
    () => response.writeHead(503).end(),
  );
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}` }));
});
