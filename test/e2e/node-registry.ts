import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type StandInRegistry, startRegistry } from '../servers/registry.ts';
import { applyAll, kubectlFor } from './kubectl.ts';

/**
 * Images have one name, and both the bot here and the kubelet there must find the same digests under it. A loopback
 * address does: on the node its own registry answers there, on this machine a stand-in that knows the same manifests.
 */
const port = 5000;
const repository = 'demo/payments';
export const image = `127.0.0.1:${port}/${repository}`;

/** What the images do is in their names; those of 2.4 are well. */
const versions = ['2.4.0', '2.4.1', '2.5.0-crash', '2.5.2-neverready', '2.5.3-slowready', '2.5.6-oom'];

/** Asks the node's registry for its manifests, and answers for it on this machine. */
export async function openRegistry(kubeconfig: string): Promise<StandInRegistry> {
  const manifests = await throughTheNode(kubeconfig, (origin) =>
    Promise.all(versions.map(async (version) => [version, await manifestOf(origin, version)] as const)),
  );
  const registry = await startRegistry({ port });
  for (const [version, { digest, manifest }] of manifests) {
    const pushed = registry.push(repository, version, manifest);
    if (pushed !== digest) throw new Error(`${image}:${version} is ${digest} on the node, and ${pushed} here`);
  }
  return registry;
}

async function manifestOf(origin: string, version: string): Promise<{ digest: string | null; manifest: object }> {
  const answer = await fetch(`${origin}/v2/${repository}/manifests/${version}`);
  if (!answer.ok) throw new Error(`the node has no ${repository}:${version} (HTTP ${answer.status})`);
  return { digest: answer.headers.get('docker-content-digest'), manifest: (await answer.json()) as object };
}

/** A pod in the node's own network sees the node's loopback; kubectl forwards a port of it to us. */
async function throughTheNode<T>(kubeconfig: string, ask: (origin: string) => Promise<T>): Promise<T> {
  const kubectl = kubectlFor(kubeconfig);
  const namespace = `e2e-door-${process.pid}`;
  await applyAll(kubeconfig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  try {
    await applyAll(kubeconfig, [door(namespace)]);
    await kubectl('-n', namespace, 'wait', '--for=condition=Ready', 'pod/door', '--timeout=30s');
    return await forwarded(kubeconfig, namespace, ask);
  } finally {
    await kubectl('delete', 'namespace', namespace, '--wait=false');
  }
}

const door = (namespace: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'door', namespace },
  spec: {
    hostNetwork: true,
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'door', image: `${image}:2.4.0`, env: [{ name: 'PORT', value: '18080' }] }],
  },
});

async function forwarded<T>(kubeconfig: string, namespace: string, ask: (origin: string) => Promise<T>): Promise<T> {
  const args = ['--kubeconfig', kubeconfig, '-n', namespace, 'port-forward', 'pod/door', `:${port}`];
  const child = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    for await (const line of createInterface(child.stdout)) {
      const [, here] = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (here) return await ask(`http://127.0.0.1:${here}`);
    }
    throw new Error('kubectl port-forward ended before it forwarded anything');
  } finally {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}
