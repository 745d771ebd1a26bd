import { describe, expect, it } from 'vitest';
import { judge, type RolloutObjects } from '../../../adapters/kubernetes/rollout.ts';
import type { JudgeContext } from '../../../src/deployment/rollout.ts';
import {
  among,
  context,
  deployment,
  ended,
  event,
  failedPull,
  node,
  old,
  pair,
  pod,
  pulling,
  ready,
  t,
  unscheduled,
  verdictOf,
} from './handmade.ts';

const ofReplicaSet = event.bind(null, { kind: 'ReplicaSet', uid: 'new' });
const creating = () => pod({ container: pulling('ContainerCreating', '') });

/** What happens in every healthy cluster. None may be a verdict; the last column is the trouble that is shown. */
const transients: [string, () => RolloutObjects, number, string[]?, Partial<JudgeContext>?][] = [
  [
    'one restart',
    () => among(ready('new', { container: { restartCount: 1, lastState: ended(2) } })),
    20,
    ['crash-loop'],
  ],
  [
    'a restart of an older pod that had others long ago',
    () =>
      among(
        ready('new', {
          created: -900,
          readySince: 12,
          container: { restartCount: 8, state: { running: { startedAt: t(10) } }, lastState: ended(9) },
        }),
      ),
    20,
    ['crash-loop'],
  ],
  [
    'a failed creation that is not missed any more',
    () =>
      deployment([ready(), ready(), pod()], {
        events: [ofReplicaSet('FailedCreate', 'exceeded quota: q')],
      }),
    20,
    [],
  ],
  [
    'one out-of-memory kill',
    () => among(ready('new', { container: { restartCount: 1, lastState: ended(2, 137, 'OOMKilled') } })),
    20,
    ['out-of-memory'],
  ],
  [
    'one liveness kill',
    () =>
      pair(
        (p) => [
          event(p, 'Unhealthy', 'Liveness probe failed: timeout'),
          event(p, 'Killing', 'Container app failed liveness probe, will be restarted'),
        ],
        ready('new', { container: { restartCount: 1, lastState: ended(3, 0, 'Completed') } }),
      ),
    20,
    ['liveness-failing'],
  ],
  [
    'restarts of an older pod that belong to the past',
    () =>
      among(ready('new', { created: -900, readySince: -100, container: { restartCount: 7, lastState: ended(-120) } })),
    20,
    [],
  ],
  [
    'two quick restarts that it got over a minute ago',
    () =>
      among(
        ready('new', { container: { restartCount: 2, lastState: ended(5), state: { running: { startedAt: t(6) } } } }),
      ),
    70,
    ['crash-loop'],
  ],
  [
    'an init container that failed once and then did its work',
    () => among(ready('new', { init: { restartCount: 3, state: ended(4, 0, 'Completed'), lastState: ended(3) } })),
    20,
    [],
  ],
  [
    'one ErrImagePull, 429',
    () =>
      among(
        pod({
          container: pulling('ErrImagePull', 'rpc error: unexpected status code [manifests 2]: 429 Too Many Requests'),
        }),
      ),
    10,
    ['registry-unavailable'],
  ],
  [
    'two attempts at a registry that times out',
    () =>
      pair(
        (p) => [failedPull(p, 'dial tcp 10.0.0.1:443: i/o timeout', 2, 20)],
        pod({ container: pulling('ImagePullBackOff', 'Back-off pulling image "demo/web:2"') }),
      ),
    25,
    ['registry-unavailable'],
  ],
  [
    'one 401 before the pull token is refreshed',
    () => among(pod({ container: pulling('ErrImagePull', 'failed to authorize: 401 Unauthorized') })),
    10,
    ['pull-unauthorized'],
  ],
  [
    'an outage named like a missing image',
    () =>
      among(
        pod({
          container: pulling(
            'ErrImagePull',
            'failed to resolve reference "demo/not-found:401": dial tcp: lookup registry.example.com: no such host',
          ),
        }),
      ),
    10,
    ['registry-unavailable'],
  ],
  [
    'the kubelet’s config cache',
    () =>
      among(
        pod({
          container: pulling(
            'CreateContainerConfigError',
            'failed to sync configmap cache: timed out waiting for the condition',
          ),
        }),
      ),
    10,
    [],
  ],
  [
    'a kubelet that just started',
    () =>
      among(
        pod({
          container: pulling(
            'CreateContainerConfigError',
            'services have not yet been read at least once, cannot construct envvars',
          ),
        }),
      ),
    10,
    [],
  ],
  [
    'the kubelet’s mount cache',
    () =>
      pair(
        (p) => [
          event(
            p,
            'FailedMount',
            'MountVolume.SetUp failed for volume "tls" : failed to sync secret cache: timed out waiting for the condition',
            { count: 5 },
          ),
        ],
        creating(),
      ),
    10,
    [],
  ],
  [
    'a new namespace’s root certificate',
    () =>
      pair(
        (p) => [
          event(
            p,
            'FailedMount',
            'MountVolume.SetUp failed for volume "kube-api-access-x" : configmap "kube-root-ca.crt" not found',
            { count: 3 },
          ),
        ],
        creating(),
      ),
    10,
    [],
  ],
  [
    'a secret that came before the image was asked for',
    () =>
      pair(
        (p) => [
          event(p, 'FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "tls" not found'),
          event(p, 'Pulling', 'Pulling image', { type: 'Normal', lastTimestamp: t(4), firstTimestamp: t(4) }),
        ],
        creating(),
      ),
    10,
    [],
  ],
  [
    'a volume that is still attached elsewhere',
    () =>
      pair(
        (p) => [
          event(p, 'FailedAttachVolume', 'Multi-Attach error for volume "pv"', { count: 4, lastTimestamp: t(30) }),
        ],
        creating(),
      ),
    35,
    ['volume-unavailable'],
  ],
  [
    'a storage driver that is starting',
    () =>
      pair(
        (p) => [
          event(p, 'FailedMount', 'driver name ebs.csi not found in the list of registered CSI drivers', { count: 2 }),
        ],
        creating(),
      ),
    10,
    [],
  ],
  [
    'a sandbox at the second try',
    () => pair((p) => [event(p, 'FailedCreatePodSandBox', 'failed to set up network', { count: 2 })], creating()),
    10,
    [],
  ],
  [
    'unhealthy below the probe’s threshold',
    () => pair((p) => [event(p, 'Unhealthy', 'Readiness probe failed: 503', { count: 2 })], pod()),
    10,
    [],
  ],
  [
    'unhealthy above it, within its deadline',
    () => pair((p) => [event(p, 'Unhealthy', 'Readiness probe failed: 503', { count: 12 })], pod()),
    60,
    ['not-ready'],
  ],
  [
    'unhealthy, and ready since',
    () => pair((p) => [event(p, 'Unhealthy', 'Readiness probe failed: 503', { count: 12 })], ready()),
    60,
    [],
  ],
  [
    'waiting for a node for ten seconds',
    () => among(unscheduled('0/3 nodes are available: 3 Insufficient cpu.')),
    11,
    [],
  ],
  [
    'waiting for a node for a minute',
    () => among(unscheduled('0/3 nodes are available: 3 Insufficient cpu.')),
    61,
    ['unschedulable'],
  ],
  [
    'a claim that the scheduler has not seen yet',
    () => among(unscheduled('persistentvolumeclaim "data" not found')),
    5,
    ['volume-missing'],
  ],
  [
    'a claim that is not bound yet',
    () => among(unscheduled('pod has unbound immediate PersistentVolumeClaims')),
    61,
    ['unschedulable'],
  ],
  [
    'an evicted pod',
    () =>
      among(
        pod({
          status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
          container: { restartCount: 5, lastState: ended(4) },
        }),
      ),
    20,
    ['node-trouble'],
  ],
  [
    'a preempted pod',
    () =>
      among(
        pod({
          container: { restartCount: 3, lastState: ended(4) },
          status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }] },
        }),
      ),
    20,
    ['node-trouble'],
  ],
  [
    'a drained pod that ends badly',
    () =>
      deployment([
        pod({ metadata: { deletionTimestamp: t(10) }, container: { restartCount: 4, state: ended(11, 137) } }),
        ready(),
        old(),
      ]),
    20,
    [],
  ],
  [
    'a pod that was rescheduled',
    () => deployment([pod({ metadata: { deletionTimestamp: t(100) } }), ready(), pod({ created: 100 })]),
    130,
    [],
    { best: { available: 1, at: t(3).getTime() } },
  ],
  [
    'crashes on a node that is not ready',
    () =>
      deployment([pod({ node: 'n2', container: { restartCount: 5, lastState: ended(9) } }), ready(), old()], {
        nodes: [node('n1'), node('n2', 'Unknown')],
      }),
    20,
    ['node-trouble'],
  ],
  [
    'a crash loop of the old revision',
    () =>
      deployment([
        pod({ of: 'old', created: -600, container: { restartCount: 40, lastState: ended(9) } }),
        ready(),
        ready(),
      ]),
    20,
    [],
  ],
  [
    'a full quota while old pods go',
    () =>
      deployment([ready(), pod({ of: 'old', metadata: { deletionTimestamp: t(5) } })], {
        events: [ofReplicaSet('FailedCreate', 'Error creating: pods "x" is forbidden: exceeded quota: q')],
      }),
    20,
    ['quota-exceeded'],
  ],
  [
    'an admission webhook that is away',
    () =>
      deployment([ready()], {
        events: [
          ofReplicaSet(
            'FailedCreate',
            'Error creating: Internal error: failed calling webhook "x": context deadline exceeded',
            { count: 14 },
          ),
        ],
      }),
    20,
    ['quota-exceeded'],
  ],
  [
    'a full quota that had room again',
    () =>
      deployment([ready(), ready()], {
        events: [
          ofReplicaSet('FailedCreate', 'exceeded quota'),
          ofReplicaSet('SuccessfulCreate', 'Created pod', {
            lastTimestamp: t(6),
            firstTimestamp: t(6),
          }),
        ],
      }),
    20,
    [],
  ],
  [
    'the autoscaler adding pods long after',
    () => deployment([ready(), ready(), ready(), pod({ created: 195 }), pod({ created: 195 })], { replicas: 5 }),
    200,
    [],
    { best: { available: 3, at: t(3).getTime() } },
  ],
];

describe('what happens in healthy clusters is no verdict', () => {
  it.each(transients)('%s', (_what, make, seconds, troubles = [], more = {}) => {
    const rollout = judge(make(), context(seconds, more));
    expect(verdictOf(rollout)).toBe('progressing');
    expect(rollout.troubles?.map((f) => f.cause)).toEqual(troubles);
  });
});
