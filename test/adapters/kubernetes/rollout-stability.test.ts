import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { stability } from '../../../adapters/kubernetes/rollout-stability.ts';
import type { Finding, JudgeContext } from '../../../src/deployment/rollout.ts';
import { context, deployment, ended, event, node, pod, ready, t0 } from './handmade.ts';
import { afterNodeLoss, at, patience, recording } from './recordings.ts';

const settledAt = t0 + 30_000;
const look = (pods: V1Pod[], more: object = {}, asked: Partial<JudgeContext> = {}): Finding | undefined =>
  stability(deployment(pods, more), context(60, { settledAt, ...asked }));

const restartedAt = (seconds: number, plan: object = {}) =>
  ready('new', { container: { restartCount: 1, lastState: ended(seconds, 137, 'OOMKilled') }, ...plan });

describe('the stability window', () => {
  it('sees a restart, and how the container ended', () => {
    expect(look([restartedAt(45), ready(), ready()])).toMatchObject({
      cause: 'unstable',
      container: 'app',
      exitCode: 137,
      reason: 'OOMKilled',
      restarts: 1,
      since: t0 + 45_000,
    });
  });

  it('sees lost readiness, and also when it came back', () => {
    const lost = pod({ readySince: 3, lostAt: 50 });
    const said = event(lost, 'Unhealthy', 'Readiness probe failed: 503', {
      count: 3,
      lastTimestamp: new Date(t0 + 50_000),
    });
    expect(look([lost, ready()], { events: [said] })).toMatchObject({
      cause: 'unstable',
      pod: lost.metadata?.name,
      events: [{ reason: 'Unhealthy' }],
    });
    expect(look([ready('new', { readySince: 50 })])?.message).toMatch(/for a moment/);
  });

  it('is silent without a window', () => {
    expect(look([restartedAt(45)], {}, { settledAt: undefined })).toBeUndefined();
  });

  const calm: [string, V1Pod[], object?][] = [
    ['a quiet rollout', [ready(), ready(), ready()]],
    ['a restart before the window', [restartedAt(20)]],
    ['a pod being deleted', [restartedAt(45, { metadata: { deletionTimestamp: new Date(t0 + 46_000) } })]],
    ['an evicted pod', [pod({ readySince: 3, lostAt: 50, status: { phase: 'Failed', reason: 'Evicted' } })]],
    [
      'a pod being moved',
      [restartedAt(45, { status: { conditions: [{ type: 'DisruptionTarget', status: 'True' }] } })],
    ],
    ['a newly scaled pod that is not ready yet', [ready(), pod({ created: 40 })]],
    ['a newly scaled pod that restarted once', [ready(), restartedAt(50, { created: 40, readySince: 55 })]],
    ['a pod made in the second in which the window began', [ready(), pod({ created: 30 })]],
    ['a pod of an older revision', [restartedAt(45, { of: 'old', created: -600 })]],
    ['a node that is not ready', [pod({ readySince: 3, lostAt: 50, node: 'n2' })], { nodes: [node('n2', 'False')] }],
  ];
  it.each(calm)('%s is no instability', (_what, pods, more) => {
    expect(look(pods, more)).toBeUndefined();
  });

  it('does not hold a node’s absence against a pod that is back', () => {
    const back = ready('new', { readySince: 50 });
    const gone = event(back, 'NodeNotReady', 'Node is not ready', { lastTimestamp: new Date(t0 + 40_000) });
    expect(look([back], { events: [gone] })).toBeUndefined();
  });

  it('leaves out as many pods as may be bad', () => {
    expect(look([restartedAt(45), ready()], {}, { tolerateBadPods: 1 })).toBeUndefined();
    expect(look([restartedAt(45), restartedAt(46)], {}, { tolerateBadPods: 1 })?.cause).toBe('unstable');
  });
});

describe('the stability window over recordings', () => {
  const window = (time: string) => ({ settledAt: at(time) });

  it('sees a container that dies 20 s after it was Ready', () => {
    const dies = recording('early/crash-20s');
    const finding = stability(dies, patience(at('07:39:30'), at('07:38:29'), window('07:38:35')));
    expect(finding).toMatchObject({ cause: 'unstable', exitCode: 1, container: 'payments', restarts: 2 });
  });

  it.each(['ok', 'slow-ready', 'error-rate', 'slow-responses'])('%s is stable', (fault) => {
    expect(
      stability(recording(`late/${fault}`), patience(at('07:41:44'), at('07:38:26'), window('07:38:53'))),
    ).toBeUndefined();
  });

  it.each(['ok', 'slow-ready', 'error-rate', 'slow-responses'])(
    '%s is not unstable because its node is gone',
    (fault) => {
      const objects = afterNodeLoss(fault);
      const context = patience(at('07:43:40'), at('07:38:26'), window('07:38:53'));
      expect(stability(objects, context)).toBeUndefined();
      expect(stability({ ...objects, nodes: undefined }, context)).toBeUndefined();
    },
  );
});
