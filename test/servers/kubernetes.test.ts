import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  as,
  daemonSet,
  deployment,
  eventually,
  imagePatch,
  isSettled,
  namespace,
  type RealClient,
  realClient,
  statefulSet,
} from './kubernetes/real-client.ts';
import { type Kubernetes, startKubernetes } from './kubernetes/server.ts';

let kubernetes: Kubernetes;
let client: RealClient;
const name = 'payments';
const one = { name, namespace };

beforeEach(async () => {
  kubernetes = await startKubernetes({ readyMs: 10, backoffMs: 20, terminateMs: 5 });
  client = realClient(kubernetes);
});
afterEach(() => kubernetes.close());

const read = () => client.apps.readNamespacedDeployment(one);
const settled = () => eventually(read, isSettled);
const pods = async () => (await client.core.listNamespacedPod({ namespace, labelSelector: 'app=payments' })).items;

async function running(image = 'demo/payments:2.4.0', spec = {}) {
  await client.apps.createNamespacedDeployment({ namespace, body: deployment(image, spec) });
  return settled();
}

const setImage = (image: string) =>
  client.apps.patchNamespacedDeployment({ ...one, body: imagePatch(image) }, as('StrategicMergePatch'));

describe('a Deployment', () => {
  it('rolls a good image out through a new ReplicaSet and keeps the old one as a revision', async () => {
    await running();
    await setImage('demo/payments:2.4.1');
    const after = await settled();
    expect(after.metadata?.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
    expect(after.metadata?.generation).toBe(2);
    const conditions = Object.fromEntries(after.status!.conditions!.map(({ type, reason }) => [type, reason]));
    expect(conditions).toEqual({ Available: 'MinimumReplicasAvailable', Progressing: 'NewReplicaSetAvailable' });
    const sets = (await client.apps.listNamespacedReplicaSet({ namespace })).items;
    const sizes = sets.map(({ metadata, spec }) => [
      metadata?.annotations?.['deployment.kubernetes.io/revision'],
      spec?.replicas,
    ]);
    expect(sizes.sort()).toEqual([
      ['1', 0],
      ['2', 3],
    ]);
    const live = await eventually(pods, (items) => items.length === 3);
    expect(live.every(({ metadata }) => metadata?.labels?.['pod-template-hash'])).toBe(true);
    expect(live[0]?.status?.containerStatuses?.[0]?.imageID).toMatch(
      /^docker\.io\/demo\/payments@sha256:[0-9a-f]{64}$/,
    );
    expect(live[0]?.status?.initContainerStatuses?.[0]?.state?.terminated?.reason).toBe('Completed');
  });

  it('never goes below maxUnavailable nor above maxSurge', async () => {
    await running('demo/payments:2.4.0', {
      replicas: 5,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } },
    });
    const seen: [ready: number, all: number][] = [];
    const stop = kubernetes.store.subscribe(({ plural }) => {
      const all = kubernetes.store.list('pods', namespace).filter(({ metadata }) => !metadata.deletionTimestamp);
      const ready = all.filter(({ status }) => JSON.stringify(status).includes('"type":"Ready","status":"True"'));
      if (plural === 'pods') seen.push([ready.length, all.length]);
    });
    await setImage('demo/payments:2.4.1');
    await settled();
    stop();
    expect(seen.length).toBeGreaterThan(10);
    expect(Math.min(...seen.map(([ready]) => ready))).toBe(5);
    expect(Math.max(...seen.map(([, all]) => all))).toBe(7);
  });

  it('is held up by a crash loop while the old pods go on serving, and returns to the old revision', async () => {
    const before = await running();
    await setImage('demo/payments:2.5.0-crash');
    const restarts = async () =>
      (await pods())
        .flatMap(({ status }) => status?.containerStatuses ?? [])
        .filter(({ restartCount }) => restartCount > 2);
    const [crashing] = await eventually(restarts, (statuses) => statuses.length > 0);
    expect(crashing?.lastState?.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
    const stuck = await read();
    expect(stuck.status).toMatchObject({ updatedReplicas: 1, availableReplicas: 3, unavailableReplicas: 1 });
    const warnings = (await client.core.listNamespacedEvent({ namespace, fieldSelector: 'type=Warning' })).items;
    expect(warnings.map(({ reason, message }) => `${reason}: ${message}`)).toContain(
      'BackOff: Back-off restarting failed container',
    );
    await client.apps.replaceNamespacedDeployment({ ...one, body: { ...stuck, spec: before.spec } });
    const back = await settled();
    expect(back.metadata?.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
    expect((await client.apps.listNamespacedReplicaSet({ namespace })).items).toHaveLength(2);
  });

  it.each([
    ['missing', 'ErrImagePull', 'Failed', /: not found/],
    ['config', 'CreateContainerConfigError', 'Failed', /configmap "app-config" not found/],
  ])('shows tag %s as waiting %s', async (tag, reason, event, message) => {
    await client.apps.createNamespacedDeployment({ namespace, body: deployment(`demo/payments:${tag}`) });
    const waiting = async () => (await pods()).map(({ status }) => status?.containerStatuses?.[0]?.state?.waiting);
    await eventually(waiting, (states) => states.some((state) => state?.reason === reason));
    const events = (await client.core.listNamespacedEvent({ namespace })).items.filter((each) => each.reason === event);
    expect(events.map((each) => each.message).join('\n')).toMatch(message);
  });

  it('shows oom as OOMKilled 137 and unready as running but never ready', async () => {
    await client.apps.createNamespacedDeployment({ namespace, body: deployment('demo/payments:oom', { replicas: 1 }) });
    const last = async () => (await pods()).map(({ status }) => status?.containerStatuses?.[0]?.lastState?.terminated);
    const killed = await eventually(last, ([state]) => state !== undefined);
    expect(killed[0]).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    await setImage('demo/payments:unready');
    const unhealthy = async () =>
      (await client.core.listNamespacedEvent({ namespace })).items.find(({ reason }) => reason === 'Unhealthy');
    expect((await eventually(unhealthy, Boolean))?.message).toBe(
      'Readiness probe failed: HTTP probe failed with statuscode: 503',
    );
  });

  it('exceeds its progress deadline', async () => {
    const body = deployment('demo/payments:unready', { progressDeadlineSeconds: 1 });
    await client.apps.createNamespacedDeployment({ namespace, body });
    const late = await eventually(read, ({ status }) =>
      Boolean(status?.conditions?.some(({ reason }) => reason === 'ProgressDeadlineExceeded')),
    );
    expect(late.status?.conditions?.find(({ type }) => type === 'Progressing')?.status).toBe('False');
  });

  it('does not roll while paused, but still scales', async () => {
    await running();
    await client.apps.patchNamespacedDeployment({ ...one, body: { spec: { paused: true } } }, as('MergePatch'));
    await setImage('demo/payments:2.4.1');
    await client.apps.patchNamespacedDeploymentScale({ ...one, body: { spec: { replicas: 4 } } }, as('MergePatch'));
    const scaled = await eventually(read, ({ status }) => status?.availableReplicas === 4);
    expect(scaled.status?.updatedReplicas).toBeUndefined();
    expect(scaled.status?.conditions?.find(({ type }) => type === 'Progressing')?.reason).toBe('DeploymentPaused');
    await client.apps.patchNamespacedDeployment({ ...one, body: { spec: { paused: false } } }, as('MergePatch'));
    expect((await settled()).status?.updatedReplicas).toBe(4);
  });

  it('recreates: never two versions at once', async () => {
    await running('demo/payments:2.4.0', { strategy: { type: 'Recreate' } });
    const versions: number[] = [];
    const stop = kubernetes.store.subscribe(({ plural }) => {
      const hashes = kubernetes.store
        .list('pods', namespace)
        .map(({ metadata }) => metadata.labels?.['pod-template-hash']);
      if (plural === 'pods') versions.push(new Set(hashes).size);
    });
    await setImage('demo/payments:2.4.1');
    await settled();
    stop();
    expect(Math.max(...versions)).toBe(1);
    expect(Math.min(...versions)).toBe(0);
  });

  it('forgets revisions beyond revisionHistoryLimit', async () => {
    await running('demo/payments:0', { revisionHistoryLimit: 1 });
    for (const version of [1, 2, 3]) {
      await setImage(`demo/payments:${version}`);
      await settled();
    }
    const sets = async () => (await client.apps.listNamespacedReplicaSet({ namespace })).items;
    expect(await eventually(sets, (items) => items.length === 2)).toHaveLength(2);
  });

  it('takes its ReplicaSets and pods with it when it is deleted', async () => {
    await running();
    await client.apps.deleteNamespacedDeployment(one);
    expect(await eventually(pods, (items) => items.length === 0)).toEqual([]);
    expect((await client.apps.listNamespacedReplicaSet({ namespace })).items).toEqual([]);
  });
});

describe('a StatefulSet', () => {
  const readSet = () => client.apps.readNamespacedStatefulSet(one);
  const setImages = (image: string) =>
    client.apps.patchNamespacedStatefulSet({ ...one, body: imagePatch(image) }, as('StrategicMergePatch'));
  const whole = () =>
    eventually(
      readSet,
      ({ metadata, status }) =>
        status?.observedGeneration === metadata?.generation &&
        status?.readyReplicas === 3 &&
        status.updatedReplicas === 3,
    );

  it('goes from the highest pod down, and does not replace a broken pod by itself', async () => {
    await client.apps.createNamespacedStatefulSet({ namespace, body: statefulSet('demo/payments:2.4.0') });
    const first = (await whole()).status!.updateRevision;
    await setImages('demo/payments:2.5.0-crash');
    const broken = async () => (await pods()).find(({ metadata }) => metadata?.name === 'payments-2');
    const restarting = (pod: Awaited<ReturnType<typeof broken>>) =>
      (pod?.status?.containerStatuses?.[0]?.restartCount ?? 0) > 1;
    const stuck = await eventually(broken, restarting);
    expect(await readSet()).toMatchObject({ status: { readyReplicas: 2, updatedReplicas: 1, currentRevision: first } });

    await setImages('demo/payments:2.4.0');
    await eventually(readSet, ({ status }) => status?.updateRevision === first);
    const restarts = stuck?.status?.containerStatuses?.[0]?.restartCount ?? 0;
    const still = await eventually(
      broken,
      (pod) => (pod?.status?.containerStatuses?.[0]?.restartCount ?? 0) > restarts + 1,
    );
    expect(still?.metadata?.uid).toBe(stuck?.metadata?.uid);

    await client.core.deleteNamespacedPod({ name: 'payments-2', namespace });
    expect((await whole()).status).toMatchObject({ currentRevision: first, updateRevision: first, currentReplicas: 3 });
    expect((await client.apps.listNamespacedControllerRevision({ namespace })).items).toHaveLength(2);
  });

  it('rolls a good image out completely', async () => {
    await client.apps.createNamespacedStatefulSet({ namespace, body: statefulSet('demo/payments:2.4.0') });
    await whole();
    await setImages('demo/payments:2.4.1');
    const after = await whole();
    expect(after.status?.currentRevision).toBe(after.status?.updateRevision);
    expect((await pods()).map(({ metadata }) => metadata?.name)).toEqual(['payments-0', 'payments-1', 'payments-2']);
  });
});

describe('a DaemonSet', () => {
  it('has one pod a node and replaces them one by one', async () => {
    await client.apps.createNamespacedDaemonSet({ namespace, body: daemonSet('demo/payments:2.4.0') });
    const readSet = () => client.apps.readNamespacedDaemonSet(one);
    const isWhole = (set: Awaited<ReturnType<typeof readSet>>) =>
      set.status?.observedGeneration === set.metadata?.generation &&
      set.status?.updatedNumberScheduled === 2 &&
      set.status.numberAvailable === 2;
    await eventually(readSet, isWhole);
    await client.apps.patchNamespacedDaemonSet(
      { ...one, body: imagePatch('demo/payments:2.4.1') },
      as('StrategicMergePatch'),
    );
    expect((await eventually(readSet, isWhole)).status).toMatchObject({ desiredNumberScheduled: 2, numberReady: 2 });
    const live = await eventually(pods, (items) => items.length === 2);
    expect(live.map(({ spec }) => spec?.nodeName).sort()).toEqual(['node-1', 'node-2']);
    expect(live.map(({ spec }) => spec?.containers[0]?.image)).toEqual(['demo/payments:2.4.1', 'demo/payments:2.4.1']);
  });
});

describe('logs', () => {
  it('tells what the image wrote, the previous run too, and why there is nothing', async () => {
    await client.apps.createNamespacedDeployment({
      namespace,
      body: deployment('demo/payments:2.5.0-crash', { replicas: 1 }),
    });
    const [pod] = await eventually(pods, ([first]) => (first?.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0);
    const of = { name: pod!.metadata!.name!, namespace, previous: true };
    const text = await client.core.readNamespacedPodLog({ ...of, container: 'app', tailLines: 1 });
    expect(text).toContain('cannot run migrations');
    expect(text).not.toContain('starting');
    await expect(client.core.readNamespacedPodLog({ ...of, container: 'proxy' })).rejects.toThrow(
      /previous terminated container/,
    );
    await expect(client.core.readNamespacedPodLog(of)).rejects.toThrow(/choose one of: \[app proxy\]/);
  });
});

describe('endpoints', () => {
  it('hold the ready pods that a Service selects', async () => {
    await client.core.createNamespacedService({
      namespace,
      body: { metadata: { name }, spec: { selector: { app: 'payments' }, ports: [{ port: 80, targetPort: 8080 }] } },
    });
    await running();
    const addresses = async () => (await client.core.readNamespacedEndpoints(one)).subsets?.[0]?.addresses ?? [];
    expect(await eventually(addresses, (found) => found.length === 3)).toHaveLength(3);
  });
});
