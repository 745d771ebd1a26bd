import type {
  CoreV1Event,
  V1ContainerStatus,
  V1Node,
  V1ObjectMeta,
  V1Pod,
  V1PodStatus,
  V1ReplicaSet,
} from '@kubernetes/client-node';
import type { RolloutObjects } from '../../../adapters/kubernetes/rollout.ts';
import type { JudgeContext, Rollout } from '../../../src/deployment/rollout.ts';

/** When our write was applied in every hand-made case; times below are seconds after it. */
export const t0 = Date.parse('2026-11-23T12:00:00Z');
export const t = (seconds: number): Date => new Date(t0 + seconds * 1000);

export const context = (seconds: number, more: Partial<JudgeContext> = {}): JudgeContext => ({
  now: t0 + seconds * 1000,
  appliedAt: t0,
  best: { available: 0, at: t0 },
  progressDeadline: 120_000,
  schedulingBudget: 90_000,
  tolerateBadPods: 0,
  ...more,
});

type Status = Partial<V1ContainerStatus>;

export interface PodPlan {
  name?: string;
  /** Its owner's uid and revision hash; the new ReplicaSet's unless told. */
  of?: string;
  created?: number;
  /** Seconds after our write; undefined: not ready. */
  readySince?: number;
  lostAt?: number;
  container?: Status;
  init?: Status;
  status?: Partial<V1PodStatus>;
  metadata?: Partial<V1ObjectMeta>;
  node?: string;
}

let serial = 0;

/** A pod of the new revision, running; ready where `readySince` says so. */
export function pod(plan: PodPlan = {}): V1Pod {
  const { of = 'new', created = 1, readySince, lostAt, node = 'n1' } = plan;
  serial += 1;
  const name = plan.name ?? `web-${of}-${serial}`;
  const isReady = readySince !== undefined && lostAt === undefined;
  const changed = t(lostAt ?? readySince ?? created);
  const status = isReady ? 'True' : 'False';
  return {
    metadata: {
      name,
      uid: name,
      creationTimestamp: t(created),
      labels: { 'controller-revision-hash': of },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Owner', name: of, uid: of, controller: true }],
      ...plan.metadata,
    },
    spec: {
      nodeName: node,
      initContainers: plan.init ? [{ name: 'migrate', image: 'demo/web:2' }] : undefined,
      containers: [{ name: 'app', image: 'demo/web:2', readinessProbe: { failureThreshold: 3 } }],
    },
    status: {
      phase: 'Running',
      conditions: ['Ready', 'ContainersReady'].map((type) => ({ type, status, lastTransitionTime: changed })),
      initContainerStatuses: plan.init ? [containerStatus('migrate', false, created, plan.init)] : undefined,
      containerStatuses: [containerStatus('app', isReady, created, plan.container)],
      ...plan.status,
    },
  };
}

const containerStatus = (name: string, ready: boolean, created: number, status: Status = {}): V1ContainerStatus => ({
  name,
  ready,
  image: 'demo/web:2',
  imageID: '',
  restartCount: 0,
  state: { running: { startedAt: t(created + 1) } },
  lastState: {},
  ...status,
});

export const ready = (of = 'new', more: PodPlan = {}): V1Pod => pod({ of, readySince: 3, ...more });

export const ended = (seconds: number, exitCode = 1, reason = 'Error') => ({
  terminated: { exitCode, reason, startedAt: t(seconds - 1), finishedAt: t(seconds) },
});

export function event(
  about: V1Pod | { kind: string; uid: string },
  reason: string,
  message: string,
  more: Partial<CoreV1Event> = {},
): CoreV1Event {
  const isPod = 'spec' in about || 'metadata' in about;
  const involvedObject = isPod
    ? { kind: 'Pod', name: (about as V1Pod).metadata?.name, uid: (about as V1Pod).metadata?.uid }
    : { kind: (about as { kind: string }).kind, name: 'web', uid: (about as { uid: string }).uid };
  return {
    metadata: {},
    type: 'Warning',
    reason,
    message,
    involvedObject,
    count: 1,
    firstTimestamp: t(2),
    lastTimestamp: t(2),
    ...more,
  };
}

export const node = (name: string, status = 'True', created = -3600): V1Node => ({
  metadata: { name, creationTimestamp: t(created) },
  status: { conditions: [{ type: 'Ready', status }] },
});

const template = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'app', image }] },
});

export function replicaSet(
  uid: string,
  image: string,
  replicas: number,
  more: Partial<V1ReplicaSet> = {},
): V1ReplicaSet {
  const hashed = template(image);
  return {
    metadata: {
      name: `web-${uid}`,
      uid,
      creationTimestamp: t(uid === 'new' ? 0 : -3600),
      annotations: { 'deployment.kubernetes.io/revision': uid === 'new' ? '2' : '1' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'web', controller: true }],
    },
    spec: {
      replicas,
      selector: {},
      template: { ...hashed, metadata: { labels: { ...hashed.metadata.labels, 'pod-template-hash': uid } } },
    },
    ...more,
  };
}

type DeploymentObjects = Extract<RolloutObjects, { kind: 'Deployment' }>;

/** A Deployment rolling from image 1 to 2 whose controller status agrees with its pods. */
export function deployment(
  pods: V1Pod[],
  more: Partial<DeploymentObjects> & { replicas?: number; paused?: boolean; observed?: number } = {},
): DeploymentObjects {
  const { replicas = 3, paused, observed = 2, ...rest } = more;
  const standing = pods.filter((p) => !p.metadata?.deletionTimestamp && p.status?.phase !== 'Failed');
  const isOf = (uid: string) => (p: V1Pod) => p.metadata?.ownerReferences?.[0]?.uid === uid;
  const isReady = (p: V1Pod) => p.status?.conditions?.find((c) => c.type === 'Ready')?.status === 'True';
  return {
    kind: 'Deployment',
    workload: {
      metadata: {
        name: 'web',
        uid: 'web',
        generation: 2,
        annotations: { 'deployment.kubernetes.io/revision': '2' },
      },
      spec: { replicas, paused, selector: {}, template: template('demo/web:2') },
      status: {
        observedGeneration: observed,
        replicas: standing.length,
        updatedReplicas: standing.filter(isOf('new')).length,
        readyReplicas: standing.filter(isReady).length,
        availableReplicas: standing.filter(isReady).length,
      },
    },
    replicaSets: [
      replicaSet('new', 'demo/web:2', replicas),
      replicaSet('old', 'demo/web:1', standing.filter(isOf('old')).length),
    ],
    pods,
    events: [],
    nodes: [node('n1')],
    ...rest,
  };
}

/** The verdict in one word: the cause, or the state. */
export const verdictOf = (rollout: Rollout): string =>
  rollout.state === 'doomed' ? rollout.finding.cause : rollout.state;

export const pulling = (reason: string, message: string) => ({ state: { waiting: { reason, message } } });
export const old = () => ready('old', { created: -600, readySince: -590 });

/** One pod that may be bad among healthy ones, at `seconds` after our write. */
export const among = (bad: V1Pod, ...events: CoreV1Event[]) => deployment([bad, ready(), old()], { events });
export const failedPull = (p: V1Pod, said: string, count: number, last: number) =>
  event(p, 'Failed', `Failed to pull image "demo/web:2": rpc error: ${said}`, { count, lastTimestamp: t(last) });

export const pair = (make: (p: V1Pod) => CoreV1Event[], p: V1Pod) => among(p, ...make(p));

/** A pod that no node has taken since our write. */
export function unscheduled(message: string): V1Pod {
  const scheduled = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    lastTransitionTime: t(1),
  };
  const p = pod({ status: { phase: 'Pending', conditions: [scheduled], containerStatuses: [] } });
  p.spec = { ...p.spec, nodeName: undefined, containers: p.spec?.containers ?? [] };
  return p;
}
