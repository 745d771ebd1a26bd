import type { V1ControllerRevision, V1DaemonSetStatus, V1Pod, V1StatefulSetStatus } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { judge, type RolloutObjects } from '../../../adapters/kubernetes/rollout.ts';
import type { JudgeContext } from '../../../src/deployment/rollout.ts';
import { context, deployment, ended, event, node, pod, ready, replicaSet, t, t0, verdictOf } from './handmade.ts';

const waits = (objects: RolloutObjects, seconds = 20, more: Partial<JudgeContext> = {}) => {
  const rollout = judge(objects, context(seconds, more));
  return rollout.state === 'progressing' ? rollout.waitingFor : verdictOf(rollout);
};
const looping = (plan: object = {}) => pod({ container: { restartCount: 3, lastState: ended(9) }, ...plan });
const oldOne = () => ready('old', { created: -600, readySince: -590 });

describe('Deployment', () => {
  it('is settled only when old pods are gone and the controller says so, too', () => {
    const whole = deployment([ready(), ready(), ready()]);
    expect(waits(whole)).toBe('settled');
    expect(waits(deployment([ready(), ready(), ready(), oldOne()]))).toBe('1 old pod to end');
    expect(waits(deployment([ready(), ready(), pod()]))).toBe('1 of 3 new pods to become available');
    expect(waits(deployment([ready(), oldOne()]))).toBe('2 of 3 new pods to be created');
    whole.workload.status = { ...whole.workload.status, updatedReplicas: 2 };
    expect(waits(whole)).toBe("the controller's status to say so");
  });

  it('does not wait for pods that are already going away', () => {
    const going = { metadata: { deletionTimestamp: t(15) } };
    expect(waits(deployment([ready(), ready(), ready(), ready('old', going), ready('new', going)]))).toBe('settled');
  });

  it('believes nothing before the controller has seen the write', () => {
    expect(waits(deployment([looping(), ready(), ready()], { observed: 1 }))).toBe('the controller to see the change');
    expect(waits(deployment([ready(), ready(), ready()], { observed: 1 }))).toBe('the controller to see the change');
  });

  it('stands still while paused, beyond any deadline, but a doomed pod is doomed', () => {
    expect(
      waits(deployment([ready(), oldOne(), oldOne()], { paused: true }), 9_000, { best: { available: 1, at: t0 } }),
    ).toBe('paused');
    expect(waits(deployment([looping(), oldOne(), oldOne()], { paused: true }))).toBe('crash-loop');
  });

  it('is settled at no replicas', () => {
    expect(waits(deployment([], { replicas: 0 }))).toBe('settled');
    expect(waits(deployment([ready()], { replicas: 0 }))).toBe('1 surplus pod to end');
  });

  it('follows an autoscaler that changes replicas midway, up and down', () => {
    const best = { available: 3, at: t0 };
    expect(waits(deployment([ready(), ready(), ready(), pod()], { replicas: 4 }), 60, { best })).toBe(
      '1 of 4 new pods to become available',
    );
    expect(waits(deployment([ready(), ready()], { replicas: 2 }), 60, { best })).toBe('settled');
  });

  it('counts a pod as available only after minReadySeconds', () => {
    const objects = deployment([ready(), ready(), ready()]);
    objects.workload.spec = {
      ...objects.workload.spec,
      selector: {},
      template: objects.workload.spec?.template ?? {},
      replicas: 3,
      minReadySeconds: 30,
    };
    expect([waits(objects, 32), waits(objects, 33)]).toEqual(['3 of 3 new pods to become available', 'settled']);
  });

  it('finds the new ReplicaSet by its template, so a return to an old one is judged by that one', () => {
    const back = deployment([looping({ of: 'old' }), ready(), ready()]);
    back.workload.spec = {
      ...back.workload.spec,
      selector: {},
      template: replicaSet('old', 'demo/web:1', 1).spec?.template ?? {},
    };
    expect(judge(back, context(20))).toMatchObject({ state: 'doomed', revision: '1', counts: { updated: 1, old: 2 } });
  });

  it('falls back on the revision only when the controller has seen the write', () => {
    const defaulted = (observed: number) => {
      const objects = deployment([ready(), ready(), ready()], { observed });
      const [fresh] = objects.replicaSets;
      if (fresh?.spec)
        fresh.spec.template = { spec: { containers: [{ name: 'app', image: 'demo/web:2', tty: false }] } };
      return judge(objects, context(20));
    };
    expect(defaulted(2)).toMatchObject({ state: 'settled', revision: '2' });
    expect(defaulted(1)).toMatchObject({ state: 'progressing', revision: undefined, counts: { updated: 0, old: 3 } });
  });

  it('never counts pods of somebody else with the same labels', () => {
    const objects = deployment([ready(), ready(), ready()]);
    objects.pods.push(looping({ of: 'stranger' }));
    expect(waits(objects)).toBe('settled');
  });
});

function statefulSet(pods: V1Pod[], spec: object = {}, status: Partial<V1StatefulSetStatus> = {}): RolloutObjects {
  return {
    kind: 'StatefulSet',
    workload: {
      metadata: { name: 'web', uid: 'sts', generation: 5 },
      spec: { replicas: 3, selector: {}, template: {}, serviceName: 'web', ...spec },
      status: {
        replicas: 3,
        observedGeneration: 5,
        updateRevision: 'new',
        currentRevision: 'old',
        updatedReplicas: 3,
        ...status,
      },
    },
    pods: pods.map((p) => ({
      ...p,
      metadata: {
        ...p.metadata,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'sts', controller: true }],
      },
    })),
    events: [],
  };
}

describe('StatefulSet', () => {
  const partition = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } };

  it('is settled when every ordinal is of the update revision and available', () => {
    expect(waits(statefulSet([ready(), ready(), ready()]))).toBe('settled');
    expect(waits(statefulSet([ready(), oldOne(), oldOne()]))).toBe('2 of 3 new pods to be created');
  });

  it('with a partition waits only for the ordinals above it', () => {
    expect(waits(statefulSet([ready(), oldOne(), oldOne()], partition, { updatedReplicas: 1 }))).toBe('settled');
    expect(waits(statefulSet([pod(), oldOne(), oldOne()], partition, { updatedReplicas: 1 }))).toBe(
      '1 of 1 new pod to become available',
    );
  });

  it('dooms by pods of the update revision, never by old ones', () => {
    expect(waits(statefulSet([looping(), oldOne(), oldOne()]))).toBe('crash-loop');
    expect(waits(statefulSet([ready(), looping({ of: 'old' }), oldOne()]))).toBe('2 of 3 new pods to be created');
  });

  it('does not trust an update revision from before the write', () => {
    expect(waits(statefulSet([looping(), ready(), ready()], {}, { observedGeneration: 4 }))).toBe(
      'the controller to see the change',
    );
    const before = judge(statefulSet([ready(), ready(), ready()], {}, { observedGeneration: 4 }), context(20));
    expect(before.counts).toMatchObject({ updated: 0, old: 3 });
  });

  it('with OnDelete is settled when the spec is seen', () => {
    const onDelete = { updateStrategy: { type: 'OnDelete' } };
    expect(waits(statefulSet([oldOne(), oldOne(), oldOne()], onDelete, { updatedReplicas: 0 }))).toBe('settled');
    expect(waits(statefulSet([oldOne()], onDelete, { observedGeneration: 4 }))).toBe(
      'the controller to see the change',
    );
  });

  it('reports a quota on itself', () => {
    const objects = statefulSet([ready(), ready()]);
    const events = [
      event({ kind: 'StatefulSet', uid: 'sts' }, 'FailedCreate', 'create Pod web-2 failed: exceeded quota: q'),
    ];
    expect(waits({ ...objects, events }, 8)).toBe('quota-exceeded');
  });
});

const revision = (hash: string, number: number): V1ControllerRevision => ({
  metadata: {
    name: `web-${hash}`,
    labels: { 'controller-revision-hash': hash },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'web', uid: 'ds', controller: true }],
  },
  revision: number,
});

function daemonSet(pods: V1Pod[], status: Partial<V1DaemonSetStatus> = {}, more: object = {}): RolloutObjects {
  const scheduled = { currentNumberScheduled: 3, desiredNumberScheduled: 3, numberMisscheduled: 0, numberReady: 3 };
  return {
    kind: 'DaemonSet',
    workload: {
      metadata: { name: 'web', uid: 'ds', generation: 2 },
      spec: { selector: {}, template: {} },
      status: { ...scheduled, observedGeneration: 2, updatedNumberScheduled: 3, numberAvailable: 3, ...status },
    },
    controllerRevisions: [revision('old', 1), revision('new', 2)],
    pods: pods.map((p) => ({
      ...p,
      metadata: {
        ...p.metadata,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'web', uid: 'ds', controller: true }],
      },
    })),
    events: [],
    nodes: [node('n1'), node('n2'), node('n3')],
    ...more,
  } as RolloutObjects;
}

describe('DaemonSet', () => {
  const on = (name: string, of = 'new') => ready(of, { node: name, created: of === 'new' ? 1 : -600 });

  it('is settled when every node runs the newest ControllerRevision', () => {
    expect(judge(daemonSet([on('n1'), on('n2'), on('n3')]), context(20))).toMatchObject({
      state: 'settled',
      revision: '2',
    });
    expect(waits(daemonSet([on('n1'), on('n2'), on('n3', 'old')]))).toBe('1 of 3 new pods to be created');
  });

  it('does not wait for a node that is not healthy', () => {
    const nodes = [node('n1'), node('n2'), node('n3', 'Unknown')];
    const sick = pod({ node: 'n3', of: 'old', created: -600 });
    const status = { updatedNumberScheduled: 2, numberAvailable: 2 };
    expect(waits(daemonSet([on('n1'), on('n2'), sick], status, { nodes }))).toBe('settled');
    expect(waits(daemonSet([on('n1'), on('n2')], status, { nodes }))).toBe('settled');
  });

  it('does not wait for a node that joined meanwhile, but judges what fails there', () => {
    const nodes = [node('n1'), node('n2'), node('n3'), node('n4', 'True', 30)];
    const status = { desiredNumberScheduled: 4, updatedNumberScheduled: 4, numberAvailable: 3 };
    const three = [on('n1'), on('n2'), on('n3')];
    expect(waits(daemonSet([...three, pod({ node: 'n4', created: 31 })], status, { nodes }), 40)).toBe('settled');
    expect(waits(daemonSet([...three, on('n4')], { ...status, numberAvailable: 4 }, { nodes }), 40)).toBe('settled');
    expect(waits(daemonSet([...three, looping({ node: 'n4' })], status, { nodes }), 40)).toBe('crash-loop');
  });

  it('does wait for a pod that is missing on a healthy node', () => {
    expect(waits(daemonSet([on('n1'), on('n2')], { updatedNumberScheduled: 2, numberAvailable: 2 }))).toBe(
      '1 of 3 new pods to be created',
    );
  });

  it('without ControllerRevisions goes by the generation of the template', () => {
    const objects = daemonSet([on('n1'), on('n2'), on('n3')], {}, { controllerRevisions: undefined });
    objects.workload.metadata = {
      ...objects.workload.metadata,
      annotations: { 'deprecated.daemonset.template.generation': '7' },
    };
    expect(waits(objects)).toBe('3 of 3 new pods to be created');
    for (const p of objects.pods) p.metadata = { ...p.metadata, labels: { 'pod-template-generation': '7' } };
    expect(waits(objects)).toBe('settled');
  });
});

it('reads nothing but its arguments: the same twice, and no object is changed', () => {
  const objects = deployment([looping(), ready(), oldOne()], {
    events: [event({ kind: 'ReplicaSet', uid: 'new' }, 'FailedCreate', 'x', { lastTimestamp: t(4) })],
  });
  const before = JSON.stringify(objects);
  expect(judge(objects, context(20))).toEqual(judge(objects, context(20)));
  expect(JSON.stringify(objects)).toBe(before);
});
