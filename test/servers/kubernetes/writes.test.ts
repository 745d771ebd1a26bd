import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Deployment } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mutation } from './mutations.ts';
import {
  as,
  deployment,
  eventually,
  imagePatch,
  isSettled,
  namespace,
  type RealClient,
  realClient,
} from './real-client.ts';
import { type Kubernetes, startKubernetes } from './server.ts';

let kubernetes: Kubernetes;
let client: RealClient;
let folder: string;
const name = 'payments';
const one = { name, namespace };
const fieldManager = 'release-engineer';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stand-in-'));
  kubernetes = await startKubernetes({ readyMs: 5, terminateMs: 2, log: join(folder, 'mutations.jsonl') });
  client = realClient(kubernetes);
  await client.apps.createNamespacedDeployment({
    namespace,
    body: deployment('demo/payments:1'),
    fieldManager: 'kubectl',
  });
  await settled();
});
afterEach(async () => {
  await kubernetes.close();
  rmSync(folder, { recursive: true });
});

const read = () => client.apps.readNamespacedDeployment(one);
const settled = () => eventually(read, isSettled);
const image = (object: V1Deployment, at = 0) => object.spec?.template.spec?.containers[at]?.image;
const problem = (run: Promise<unknown>) =>
  run.then(
    () => expect.fail('the API server should have refused'),
    (error: { code: number; body: string }) => ({ code: error.code, ...JSON.parse(error.body) }),
  );
const strategic = (body: object, more = {}) =>
  client.apps.patchNamespacedDeployment({ ...one, body, fieldManager, ...more }, as('StrategicMergePatch'));
const apply = (body: object, more = {}) =>
  client.apps.patchNamespacedDeployment(
    { ...one, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, ...body }, fieldManager, ...more },
    as('ServerSideApply'),
  );

describe('compare and set', () => {
  it('refuses a PUT on an old resourceVersion with 409 Conflict, and takes it on the current one', async () => {
    const before = await read();
    await strategic({ metadata: { annotations: { 'release-engineer.dev/fence': '1' } } });
    const body = { ...before, spec: { ...before.spec!, replicas: 2 } };
    const refused = await problem(client.apps.replaceNamespacedDeployment({ ...one, body, fieldManager }));
    expect(refused).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on deployments.apps "payments": the object has been modified; please apply your changes to the latest version and try again',
      details: { name, group: 'apps', kind: 'deployments' },
    });
    const current = await settled();
    const after = await client.apps.replaceNamespacedDeployment({
      ...one,
      body: { ...body, metadata: current.metadata },
      fieldManager,
    });
    expect(after.spec?.replicas).toBe(2);
  });

  it.each(['StrategicMergePatch', 'MergePatch', 'ServerSideApply'] as const)(
    'refuses a %s on an old resourceVersion',
    async (type) => {
      const body = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, resourceVersion: '1' },
        spec: { replicas: 2 },
      };
      const run = client.apps.patchNamespacedDeployment(
        { ...one, body, fieldManager, force: type === 'ServerSideApply' || undefined },
        as(type),
      );
      expect(await problem(run)).toMatchObject({ code: 409, reason: 'Conflict' });
    },
  );

  it('refuses a JSON patch whose test fails', async () => {
    const body = [
      { op: 'test', path: '/metadata/resourceVersion', value: '1' },
      { op: 'replace', path: '/spec/replicas', value: 2 },
    ];
    expect(await problem(client.apps.patchNamespacedDeployment({ ...one, body }))).toMatchObject({ code: 422 });
    const after = await client.apps.patchNamespacedDeployment({ ...one, body: body.slice(1) });
    expect(after.spec?.replicas).toBe(2);
  });

  it('refuses to delete another pod under the same name', async () => {
    const [pod] = (await client.core.listNamespacedPod({ namespace })).items;
    const of = { name: pod!.metadata!.name!, namespace, body: { preconditions: { uid: 'other' } } };
    expect(await problem(client.core.deleteNamespacedPod(of))).toMatchObject({ code: 409 });
  });
});

describe('patches', () => {
  it('change one container by name and leave the others', async () => {
    const after = await strategic(imagePatch('demo/payments:2'));
    expect([image(after), image(after, 1)]).toEqual(['demo/payments:2', 'demo/proxy:1']);
    expect(after.spec?.template.spec?.containers[0]?.ports).toMatchObject([{ containerPort: 8080 }]);
    const init = await strategic({
      spec: { template: { spec: { initContainers: [{ name: 'migrate', image: 'demo/migrate:2' }] } } },
    });
    expect(init.spec?.template.spec?.initContainers?.[0]?.image).toBe('demo/migrate:2');
  });

  it('count up the generation for a changed spec only, and are no write when nothing changes', async () => {
    const annotated = await strategic({ metadata: { annotations: { a: '1' } } });
    expect(annotated.metadata?.generation).toBe(1);
    const changed = await strategic(imagePatch('demo/payments:2'));
    expect(changed.metadata?.generation).toBe(2);
    const still = await settled();
    const again = await strategic(imagePatch('demo/payments:2'));
    expect(again.metadata?.resourceVersion).toBe(still.metadata?.resourceVersion);
  });

  it('are refused when they are not valid, with every cause', async () => {
    const missingImage = { spec: { template: { spec: { containers: [{ name: 'new' }] } }, replicas: -1 } };
    const refused = await problem(strategic(missingImage));
    expect(refused).toMatchObject({ code: 422, reason: 'Invalid', details: { kind: 'Deployment' } });
    expect(refused.details.causes.map(({ field }: { field: string }) => field)).toEqual([
      'spec.replicas',
      'spec.template.spec.containers[0].image',
    ]);
    const selector = await problem(strategic({ spec: { selector: { matchLabels: { app: 'x' } } } }));
    expect(selector.message).toContain('field is immutable');
  });
});

describe('a dry run', () => {
  it('answers with what would be, and writes nothing', async () => {
    const before = await read();
    const would = await strategic(imagePatch('demo/payments:2'), { dryRun: 'All' });
    expect(image(would)).toBe('demo/payments:2');
    expect(would.metadata?.generation).toBe(2);
    expect(await read()).toEqual(before);
    expect(kubernetes.mutations()).toHaveLength(1);
  });

  it.each([
    ['an unreadable image reference', imagePatch('demo/Payments:2'), 'spec.template.spec.containers[0].image'],
    ['an unknown container', imagePatch('demo/payments:2', 'sidecar'), 'spec.template.spec.containers[0].name'],
  ])('refuses %s', async (_what, body, field) => {
    const refused = await problem(strategic(body, { dryRun: 'All' }));
    expect(refused).toMatchObject({ code: 422, details: { causes: [{ field }] } });
  });
});

describe('managedFields', () => {
  const managers = (object: V1Deployment) =>
    Object.fromEntries(
      object.metadata!.managedFields!.filter(({ subresource }) => !subresource).map((entry) => [entry.manager!, entry]),
    );

  it('record who changed what, and when', async () => {
    const { kubectl, [fieldManager]: ours } = managers(await strategic(imagePatch('demo/payments:2')));
    expect(ours).toMatchObject({ operation: 'Update', apiVersion: 'apps/v1', fieldsType: 'FieldsV1' });
    expect(ours?.fieldsV1).toEqual({
      'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': { 'f:image': {} } } } } },
    });
    expect(JSON.stringify(kubectl?.fieldsV1)).toContain('f:replicas');
    const app = JSON.stringify(kubectl?.fieldsV1)
      .split('k:{\\"name\\":\\"app\\"}')[1]!
      .split('k:{\\"name\\":\\"proxy')[0];
    expect(app).not.toContain('"f:image":');
    expect(Math.abs(Date.now() - new Date(ours!.time!).getTime())).toBeLessThan(3000);
  });

  it("make an apply conflict with another manager's field, unless forced", async () => {
    const refused = await problem(apply(imagePatch('demo/payments:2')));
    const field = '.spec.template.spec.containers[name="app"].image';
    expect(refused).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: `Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: ${field}`,
      details: { causes: [{ reason: 'FieldManagerConflict', field }] },
    });
    const twice = await problem(apply({ spec: { ...imagePatch('demo/payments:2').spec, replicas: 2 } }));
    expect(twice.message).toBe(
      `Apply failed with 2 conflicts: conflicts with "kubectl" using apps/v1:\n- .spec.replicas\n- ${field}`,
    );
    const forced = await apply(imagePatch('demo/payments:2'), { force: true });
    expect(image(forced)).toBe('demo/payments:2');
    expect(managers(forced)[fieldManager]).toMatchObject({ operation: 'Apply' });
    expect(image(await apply(imagePatch('demo/payments:3')))).toBe('demo/payments:3');
  });

  it('let an apply remove what it applied before and names no more', async () => {
    await apply({ metadata: { name, annotations: { 'release-engineer.dev/fence': '1', keep: 'x' } } });
    const after = await apply({ metadata: { name, annotations: { keep: 'x' } } });
    expect(after.metadata?.annotations).toMatchObject({ keep: 'x' });
    expect(after.metadata?.annotations).not.toHaveProperty('release-engineer.dev/fence');
    expect(after.spec?.replicas).toBe(3);
  });
});

describe('the mutation log', () => {
  it('holds each write that changed a workload, in memory and as JSON lines', async () => {
    await strategic({
      ...imagePatch('demo/payments:2'),
      metadata: { annotations: { 'release-engineer.dev/fence': '7', other: 'x' } },
    });
    await strategic({ metadata: { annotations: { other: 'y' } } });
    const lines = readFileSync(join(folder, 'mutations.jsonl'), 'utf8').trim().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as Mutation);
    expect(entries).toEqual(kubernetes.mutations());
    expect(entries).toHaveLength(2);
    expect(entries[1]).toMatchObject({
      ...{ n: 2, verb: 'patch', namespace, kind: 'Deployment', name, generation: 2, changed: ['spec', 'annotations'] },
      annotations: { before: {}, after: { 'release-engineer.dev/fence': '7' } },
      images: {
        before: { app: 'demo/payments:1' },
        after: { migrate: 'demo/payments-migrate:1', app: 'demo/payments:2' },
      },
      replicas: 3,
      fieldManager,
    });
    expect(entries[1]!.userAgent).not.toBe('');
  });
});
