import type { KubernetesObject } from '@kubernetes/client-node';
import { afterEach, describe, expect, it } from 'vitest';
import { as, deployment, eventually, namespace, type RealClient, realClient } from './real-client.ts';
import { type Kubernetes, type KubernetesOptions, startKubernetes } from './server.ts';

let kubernetes: Kubernetes;
let client: RealClient;
const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
const one = { name: 'payments', namespace };
afterEach(() => kubernetes.close());

async function start(options: KubernetesOptions = {}) {
  kubernetes = await startKubernetes({ readyMs: 5, terminateMs: 2, bookmarkMs: 20, ...options });
  client = realClient(kubernetes);
}

interface Heard {
  events: { type: string; object: KubernetesObject & { code?: number } }[];
  /** undefined while open, then the error or null. */
  end?: Error | null;
  stop: () => void;
}

/** Opens a real watch and collects what it hears. */
async function listen(query: object, at = path): Promise<Heard> {
  const heard: Heard = { events: [], stop: () => {} };
  const controller = await client.watch.watch(
    at,
    query as Record<string, string>,
    (type, object) => heard.events.push({ type, object }),
    (error: Error | null) => {
      heard.end = error;
    },
  );
  heard.stop = () => controller.abort();
  return heard;
}

const types = ({ events }: Heard) => events.map(({ type }) => type);
const create = () =>
  client.apps.createNamespacedDeployment({ namespace, body: deployment('demo/payments:1', { paused: true }) });
const annotate = (value: string) =>
  client.apps.patchNamespacedDeployment({ ...one, body: { metadata: { annotations: { value } } } }, as('MergePatch'));
const version = async () => (await client.apps.listNamespacedDeployment({ namespace })).metadata!.resourceVersion!;

describe('a watch', () => {
  it('begins after the given resourceVersion, and tells every change and bookmarks', async () => {
    await start();
    const from = await version();
    await create();
    const heard = await listen({ resourceVersion: from, allowWatchBookmarks: true });
    await annotate('1');
    await client.apps.deleteNamespacedDeployment(one);
    await eventually(
      () => types(heard),
      (seen) => seen.includes('DELETED') && seen.at(-1) === 'BOOKMARK',
    );
    expect(types(heard)[0]).toBe('ADDED');
    const versions = heard.events.map(({ object }) => Number(object.metadata?.resourceVersion));
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    const bookmark = heard.events.at(-1)!.object;
    expect(bookmark).toMatchObject({ kind: 'Deployment', apiVersion: 'apps/v1' });
    expect(Number(bookmark.metadata?.resourceVersion)).toBeGreaterThanOrEqual(Number(from));
    expect(kubernetes.stats()).toMatchObject({ watches: { 'watch deployments': 1 }, openWatches: 1 });
    heard.stop();
    await eventually(
      () => kubernetes.stats().openWatches,
      (open) => open === 0,
    );
  });

  it('begins with what is there when no resourceVersion is given, through a selector', async () => {
    await start();
    await create();
    const other = deployment('demo/other:1', { paused: true });
    await client.apps.createNamespacedDeployment({ namespace, body: { ...other, metadata: { name: 'other' } } });
    const heard = await listen({ fieldSelector: 'metadata.name=other' });
    await eventually(
      () => types(heard),
      (seen) => seen.length > 0,
    );
    expect(new Set(heard.events.map(({ object }) => object.metadata?.name))).toEqual(new Set(['other']));
  });

  it('sees an object that leaves its selector as DELETED', async () => {
    await start();
    await create();
    const heard = await listen({ labelSelector: 'app in (payments)' });
    await eventually(
      () => types(heard),
      (seen) => seen.includes('ADDED'),
    );
    const body = { metadata: { labels: { app: null } } };
    await client.apps.patchNamespacedDeployment({ ...one, body }, as('MergePatch'));
    await eventually(
      () => types(heard),
      (seen) => seen.at(-1) === 'DELETED',
    );
  });

  it('hears 410 Gone when history no longer reaches back', async () => {
    await start();
    const from = await version();
    await create();
    kubernetes.control({ compact: true });
    const heard = await listen({ resourceVersion: from });
    await eventually(
      () => heard.end,
      (end) => end !== undefined,
    );
    expect(heard.events).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
    const fresh = await listen({ resourceVersion: await version() });
    await annotate('1');
    await eventually(
      () => types(fresh),
      (seen) => seen.includes('MODIFIED'),
    );
  });

  it('ends by itself after timeoutSeconds, well', async () => {
    await start();
    const heard = await listen({ timeoutSeconds: 1, allowWatchBookmarks: true });
    await eventually(
      () => heard.end,
      (end) => end !== undefined,
    );
    expect(heard.end).toBeNull();
    expect(types(heard).at(-1)).toBe('BOOKMARK');
  });

  it('is cut by a reset', async () => {
    await start();
    const heard = await listen({});
    kubernetes.control({ watches: 'reset' });
    await eventually(
      () => heard.end,
      (end) => end !== undefined,
    );
    expect(heard.end).toBeInstanceOf(Error);
  });

  it('is cut some time after it opened, or refused, as the faults say', async () => {
    await start({ faults: { watch: { reset: 1, resetAfterMs: [1, 20] } } });
    const heard = await listen({});
    await eventually(
      () => heard.end,
      (end) => end instanceof Error,
    );
    kubernetes.control({ faults: { rules: { watch: { error503: 1 } } } });
    const refused = await listen({});
    expect(refused.end).toMatchObject({ statusCode: 503 });
  });

  it('stays open and says nothing when half open', async () => {
    await start({ faults: { watch: { halfOpen: 1 } } });
    await create();
    const silent = await listen({ allowWatchBookmarks: true });
    kubernetes.control({ faults: {} });
    const live = await listen({ allowWatchBookmarks: true });
    await annotate('1');
    await eventually(
      () => types(live),
      (seen) => seen.includes('BOOKMARK') && seen.includes('MODIFIED'),
    );
    expect([silent.events, silent.end]).toEqual([[], undefined]);
    expect(kubernetes.stats()).toMatchObject({ openWatches: 2, faults: { halfOpen: 1 } });
    kubernetes.control({ watches: 'silence' });
    const heard = live.events.length;
    await annotate('2');
    const witness = await listen({ allowWatchBookmarks: true });
    await eventually(
      () => types(witness),
      (seen) => seen.filter((type) => type === 'BOOKMARK').length > 2,
    );
    expect(live.events).toHaveLength(heard);
  });
});

describe('lists', () => {
  it('come in pages, and refuse a page of a forgotten past', async () => {
    await start();
    await create();
    const page = (more = {}) => client.core.listNode({ limit: 1, ...more });
    const first = await page();
    expect(first).toMatchObject({ items: [{ metadata: { name: 'node-1' } }], metadata: { remainingItemCount: 1 } });
    const rest = { _continue: first.metadata!._continue };
    expect((await page(rest)).items.map(({ metadata }) => metadata?.name)).toEqual(['node-2']);
    kubernetes.control({ compact: true });
    await expect(page(rest)).rejects.toMatchObject({ code: 410 });
  });

  it('refuse a field that the kind does not index', async () => {
    await start();
    await expect(client.core.listNode({ fieldSelector: 'spec.x=1' })).rejects.toThrow(
      'field label not supported: spec.x',
    );
  });

  it('find the events of one object', async () => {
    await start();
    await client.apps.createNamespacedDeployment({ namespace, body: deployment('demo/payments:1') });
    const fieldSelector = 'involvedObject.kind=Deployment,involvedObject.name=payments';
    const events = async () => (await client.core.listNamespacedEvent({ namespace, fieldSelector })).items;
    const [event] = await eventually(events, (items) => items.length > 0);
    expect(event).toMatchObject({ reason: 'ScalingReplicaSet', source: { component: 'deployment-controller' } });
  });
});
