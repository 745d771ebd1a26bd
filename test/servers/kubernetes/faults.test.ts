import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { as, deployment, eventually, namespace, realClient } from './real-client.ts';
import { type Kubernetes, type KubernetesOptions, startKubernetes } from './server.ts';

let kubernetes: Kubernetes;
afterEach(() => kubernetes.close());

async function start(options: KubernetesOptions = {}) {
  kubernetes = await startKubernetes({ readyMs: 5, terminateMs: 2, ...options });
  return realClient(kubernetes);
}

const one = { name: 'payments', namespace };
const body = deployment('demo/payments:1');
const outcome = (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => 'ok',
    (error: { code?: number | string; cause?: { code?: string } }) => String(error.code ?? error.cause?.code),
  );

describe('faults', () => {
  it('lose the reply after the write happened', async () => {
    const client = await start();
    await client.apps.createNamespacedDeployment({ namespace, body });
    kubernetes.control({ faults: { rules: { write: { lostReply: 1 } } } });
    const annotations = { 'release-engineer.dev/operation': 'op-1' };
    const run = client.apps.patchNamespacedDeployment(
      { ...one, body: { metadata: { annotations } } },
      as('MergePatch'),
    );
    await expect(run).rejects.toThrow('fetch failed');
    kubernetes.control({ faults: {} });
    const after = await client.apps.readNamespacedDeployment(one);
    expect(after.metadata?.annotations).toMatchObject(annotations);
    expect(kubernetes.mutations().at(-1)?.annotations.after).toEqual(annotations);
    expect(kubernetes.stats().faults).toEqual({ lostReply: 1 });
  });

  it('answer 500, 503 or 429 before anything is written', async () => {
    const client = await start({ faults: { rules: { create: { error500: 1 } } } });
    const create = () => client.apps.createNamespacedDeployment({ namespace, body });
    expect(await outcome(create())).toBe('500');
    kubernetes.control({ faults: { rules: { '*': { error503: 1 } } } });
    expect(await outcome(create())).toBe('503');
    kubernetes.control({ faults: { rules: { write: { tooMany: 1 } }, retryAfterSeconds: 7 } });
    const refused = await create().catch(
      (error: { code: number; headers: { [name: string]: string }; body: string }) => error,
    );
    expect(refused).toMatchObject({ code: 429, headers: { 'retry-after': '7' } });
    expect(kubernetes.store.list('deployments')).toEqual([]);
    expect(kubernetes.mutations()).toEqual([]);
  });

  it('strike the same requests again for the same seed, whatever other targets do', async () => {
    const tell = async (noise: boolean) => {
      const client = await start({
        seed: 'x',
        faults: { seed: 42, rules: { get: { error500: 0.3, lostReply: 0.3 } } },
      });
      const story: string[] = [];
      for (let n = 0; n < 20; n++) {
        if (noise) await outcome(client.apps.readNamespacedDeployment({ ...one, name: 'other' }));
        story.push(await outcome(client.apps.readNamespacedDeployment(one)));
      }
      await kubernetes.close();
      return story;
    };
    const story = await tell(false);
    expect(await tell(true)).toEqual(story);
    expect(new Set(story)).toEqual(new Set(['500', '404', 'UND_ERR_SOCKET']));
  });

  it('slow requests down within their range, and hang the next ones', async () => {
    const client = await start({ faults: { rules: { read: { latencyMs: [40, 60] } } } });
    const began = performance.now();
    await client.core.listNode();
    expect(performance.now() - began).toBeGreaterThan(35);
    kubernetes.control({ faults: {}, hang: 1 });
    const patience = AbortSignal.timeout(100);
    const hung = fetch(`${kubernetes.url}/api/v1/nodes`, { signal: patience });
    await expect(hung).rejects.toThrow('timeout');
    expect((await client.core.listNode()).items).toHaveLength(2);
  });
});

describe('access', () => {
  it('is denied as said, and a review says so', async () => {
    const client = await start({ deny: [{ resource: 'pods', subresource: 'log' }] });
    const review = (subresource?: string) =>
      client.authorization.createSelfSubjectAccessReview({
        body: { spec: { resourceAttributes: { verb: 'get', group: '', resource: 'pods', subresource, namespace } } },
      });
    expect((await review('log')).status?.allowed).toBe(false);
    expect((await review()).status?.allowed).toBe(true);
    expect(await outcome(client.core.readNamespacedPodLog({ name: 'x', namespace }))).toBe('403');
  });

  it('finds a group version absent, as on an older cluster', async () => {
    const client = await start({ absent: ['autoscaling/v2'] });
    const list = () => client.autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace });
    expect(await outcome(list())).toBe('404');
    kubernetes.control({ absent: [] });
    expect((await list()).items).toEqual([]);
  });
});

describe('the process', () => {
  it('serves by itself, takes control over HTTP, and ends on SIGTERM', async () => {
    await start();
    const child = spawn(process.execPath, ['test/servers/kubernetes/main.ts', '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { url } = JSON.parse(line) as { url: string };
    const post = (control: object) => fetch(`${url}/__control`, { method: 'POST', body: JSON.stringify(control) });
    expect((await post({ fault: {} })).status).toBe(400);
    expect((await post({ faults: { rules: { list: { error500: 1 } } } })).status).toBe(200);
    const nodes = await fetch(`${url}/api/v1/nodes`);
    expect([nodes.status, nodes.headers.has('date')]).toEqual([500, true]);
    const stats = await fetch(`${url}/__control/stats`).then((reply) => reply.json());
    expect(stats).toMatchObject({ requests: { 'list nodes': 1 }, watches: {}, faults: { error500: 1 } });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('discovery', () => {
  it('tells its version and groups', async () => {
    const client = await start();
    expect((await client.version.getCode()).gitVersion).toMatch(/^v1\.33/);
    const groups = (await fetch(`${kubernetes.url}/apis`).then((reply) => reply.json())) as {
      groups: { name: string }[];
    };
    expect(groups.groups.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['apps', 'autoscaling', 'authorization.k8s.io']),
    );
    const apps = (await fetch(`${kubernetes.url}/apis/apps/v1`).then((reply) => reply.json())) as {
      resources: { name: string }[];
    };
    expect(apps.resources.map(({ name }) => name)).toContain('deployments/scale');
    expect((await fetch(`${kubernetes.url}/apis/nothing/v1/things`)).status).toBe(404);
  });

  it('stamps answers with its own clock, which may be ahead', async () => {
    await start({ skewMs: 60_000 });
    const reply = await eventually(
      () => fetch(`${kubernetes.url}/version`),
      ({ ok }) => ok,
    );
    expect(Date.parse(reply.headers.get('date')!) - Date.now()).toBeGreaterThan(55_000);
  });
});
