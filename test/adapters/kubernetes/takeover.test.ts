import type { V1Deployment } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { knowsOurWrite } from '../../../adapters/kubernetes/takeover.ts';

const carrying = (op: string | undefined, fence: number): V1Deployment => ({
  metadata: {
    annotations: { 'release-engineer.dev/fence': String(fence), ...(op && { 'release-engineer.dev/op': op }) },
  },
});

const expected = { release: 'payments-7f3', op: 'payments-7f3.0.0.apply', fence: 4, containers: [] };

describe('an object knows our write', () => {
  it.each([
    ['carries its id', 'payments-7f3.0.0.apply', 4],
    ['was paused since', 'payments-7f3.0.0.apply.pause.5', 5],
    ['goes on since', 'payments-7f3.0.0.apply.go.4', 4],
    ['was written by somebody newer', 'search-2k8.0.0.apply', 5],
  ])('when it %s', (_, op, fence) => {
    expect(knowsOurWrite(carrying(op, fence), expected)).toBe(true);
  });

  it.each([
    ['carries nothing of ours', undefined, 0],
    ['is from the step before', 'payments-7f3.0.0.scale', 4],
    ['is from another step whose number begins alike', 'payments-7f3.0.0.applying', 4],
  ])('not when it %s', (_, op, fence) => {
    expect(knowsOurWrite(carrying(op, fence), expected)).toBe(false);
  });
});
