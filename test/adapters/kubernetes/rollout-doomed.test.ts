import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { judge, type RolloutObjects } from '../../../adapters/kubernetes/rollout.ts';
import {
  among,
  context,
  deployment,
  ended,
  event,
  failedPull,
  old,
  pair,
  pod,
  pulling,
  ready,
  t,
  unscheduled,
  verdictOf,
} from './handmade.ts';

/** What looked like a transient, once it cannot pass any more. */
const verdicts: [string, () => RolloutObjects, number, string][] = [
  [
    'a second crash, before its first back-off ends',
    () =>
      among(
        pod({
          container: { restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(4) },
        }),
      ),
    6,
    'crash-loop',
  ],
  [
    'a second crash, seen as terminated',
    () => among(pod({ container: { restartCount: 1, state: ended(4), lastState: ended(2) } })),
    6,
    'crash-loop',
  ],
  [
    'two restarts while it is Ready',
    () =>
      among(
        ready('new', {
          container: { restartCount: 2, lastState: ended(25), state: { running: { startedAt: t(26) } } },
        }),
      ),
    45,
    'crash-loop',
  ],
  [
    'an old pod of the revision we return to that loops now',
    () =>
      among(
        pod({
          created: -900,
          container: { restartCount: 9, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(4) },
        }),
      ),
    6,
    'crash-loop',
  ],
  [
    'a loop whose runs are longer than a minute',
    () =>
      among(
        ready('new', {
          container: {
            restartCount: 2,
            state: { running: { startedAt: t(180) } },
            lastState: { terminated: { exitCode: 1, startedAt: t(90), finishedAt: t(170) } },
          },
        }),
      ),
    250,
    'crash-loop',
  ],
  [
    'a command that does not exist, at the first attempt',
    () =>
      among(
        pod({
          container: {
            state: { waiting: { reason: 'RunContainerError', message: 'exec: "/srv": no such file or directory' } },
          },
        }),
      ),
    3,
    'cannot-start',
  ],
  [
    'a missing image that is named like an outage',
    () => among(pod({ container: pulling('ErrImagePull', 'failed to resolve docker.io/demo/timeout:429: not found') })),
    3,
    'image-not-found',
  ],
  [
    'a container that ends well again and again',
    () => among(pod({ container: { restartCount: 2, lastState: ended(4, 0, 'Completed') } })),
    6,
    'crash-loop',
  ],
  [
    'a second liveness kill by force',
    () =>
      pair(
        (p) => [event(p, 'Unhealthy', 'Liveness probe failed: timeout', { count: 6 })],
        pod({ container: { restartCount: 2, lastState: ended(40, 137) } }),
      ),
    45,
    'liveness-failing',
  ],
  [
    'a startup probe that never passes',
    () =>
      pair(
        (p) => [event(p, 'Killing', 'Container app failed startup probe, will be restarted', { count: 2 })],
        pod({ container: { restartCount: 2, lastState: ended(40, 143) } }),
      ),
    45,
    'liveness-failing',
  ],
  [
    'an image that is not there, at the first attempt',
    () =>
      among(
        pod({
          container: pulling('ErrImagePull', 'rpc error: code = NotFound desc = "docker.io/demo/web:2": not found'),
        }),
      ),
    3,
    'image-not-found',
  ],
  [
    'an image that is not there, seen in the back-off of a newer kubelet',
    () =>
      among(
        pod({
          container: pulling('ImagePullBackOff', 'Back-off pulling image "demo/web:2": ErrImagePull: manifest unknown'),
        }),
      ),
    3,
    'image-not-found',
  ],
  [
    'an image without a build for the node',
    () => among(pod({ container: pulling('ErrImagePull', 'no match for platform in manifest: not found') })),
    3,
    'image-not-found',
  ],
  [
    'a second 401',
    () => pair((p) => [failedPull(p, '401 Unauthorized', 2, 15)], pod({ container: pulling('ImagePullBackOff', '') })),
    16,
    'pull-unauthorized',
  ],
  [
    'a third 429',
    () =>
      pair((p) => [failedPull(p, '429 Too Many Requests', 3, 40)], pod({ container: pulling('ImagePullBackOff', '') })),
    41,
    'registry-unavailable',
  ],
  [
    'attempts told in two spellings',
    () =>
      pair(
        (p) => [failedPull(p, '429 Too Many Requests', 1, 5), failedPull(p, 'i/o timeout', 2, 40)],
        pod({ container: pulling('ImagePullBackOff', '') }),
      ),
    41,
    'registry-unavailable',
  ],
  [
    'a registry that is away for a minute',
    () => pair((p) => [failedPull(p, 'i/o timeout', 2, 40)], pod({ container: pulling('ImagePullBackOff', '') })),
    63,
    'registry-unavailable',
  ],
  [
    'a runtime that fails three times',
    () =>
      among(
        pod({
          container: {
            restartCount: 2,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: ended(30, 128, 'StartError'),
          },
        }),
      ),
    31,
    'cannot-start',
  ],
  [
    'a volume that cannot be mounted for a minute',
    () =>
      pair(
        (p) => [
          event(p, 'FailedMount', 'rpc error: code = Internal desc = mount failed', { count: 9, lastTimestamp: t(65) }),
        ],
        pod({ container: pulling('ContainerCreating', '') }),
      ),
    66,
    'volume-unavailable',
  ],
  [
    'no sandbox for a minute',
    () =>
      pair(
        (p) => [event(p, 'FailedCreatePodSandBox', 'failed to set up network', { count: 9, lastTimestamp: t(65) })],
        pod({ container: pulling('ContainerCreating', '') }),
      ),
    66,
    'node-trouble',
  ],
  ['waiting for a node beyond the budget', () => among(unscheduled('3 Insufficient cpu.')), 92, 'unschedulable'],
  [
    'a quota that leaves no room',
    () =>
      deployment([ready()], {
        events: [event({ kind: 'ReplicaSet', uid: 'new' }, 'FailedCreate', 'pods "x" is forbidden: exceeded quota: q')],
      }),
    8,
    'quota-exceeded',
  ],
  ['a quota on ReplicaSets', () => withoutReplicaSet(), 8, 'quota-exceeded'],
];

function withoutReplicaSet(): RolloutObjects {
  const objects = deployment([ready('old')]);
  objects.workload.status = {
    ...objects.workload.status,
    conditions: [
      {
        type: 'Progressing',
        status: 'False',
        reason: 'ReplicaSetCreateError',
        message: 'exceeded quota: rs',
        lastTransitionTime: t(1),
      },
    ],
  };
  return { ...objects, replicaSets: objects.replicaSets.filter((rs) => rs.metadata?.uid === 'old') };
}

describe('a fatal fact is a verdict at once', () => {
  it.each(verdicts)('%s', (_what, make, seconds, cause) => {
    expect(verdictOf(judge(make(), context(seconds)))).toBe(cause);
  });
});

describe('k bad pods of N', () => {
  const bad = () => pod({ container: { restartCount: 3, lastState: ended(20) } });
  const at = (tolerateBadPods: number, pods: V1Pod[], seconds = 30) =>
    judge(deployment(pods), context(seconds, { tolerateBadPods, best: { available: 2, at: t(3).getTime() } }));

  it('dooms at once when none is tolerated', () => {
    expect(verdictOf(at(0, [bad(), ready(), old()]))).toBe('crash-loop');
  });
  it('goes on while no more are bad than tolerated, and says so', () => {
    const rollout = at(1, [bad(), ready(), old()]);
    expect([verdictOf(rollout), rollout.troubles?.map((f) => f.cause)]).toEqual(['progressing', ['crash-loop']]);
  });
  it('is settled with tolerated bad pods once the others are available', () => {
    const rollout = at(1, [bad(), ready(), ready()]);
    expect([verdictOf(rollout), rollout.troubles?.length]).toEqual(['settled', 1]);
  });
  it('dooms when one more is bad', () => {
    expect(verdictOf(at(1, [bad(), bad(), ready()]))).toBe('crash-loop');
  });
  it('dooms at the deadline when the old pods stay because of the tolerated one', () => {
    expect(verdictOf(at(1, [bad(), ready(), old()], 130))).toBe('crash-loop');
  });
  it('takes the most specific cause when pods differ, and the version’s before the platform’s', () => {
    const pods = [unscheduled('3 Insufficient cpu.'), bad(), pod({ container: pulling('InvalidImageName', 'x') })];
    const rollout = at(0, pods, 95);
    expect([verdictOf(rollout), rollout.troubles?.map((f) => f.cause)]).toEqual([
      'invalid-image',
      ['crash-loop', 'unschedulable'],
    ]);
  });
});
