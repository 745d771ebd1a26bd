import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TerminalError, TransientError } from '../../../src/errors.ts';
import type { ClusterChange } from '../../../src/ports.ts';
import type { Place } from '../../../src/release/plan.ts';
import { type KubernetesLab, kubernetesLab } from '../../servers/cluster.ts';
import { type Kubernetes, startKubernetes } from '../../servers/kubernetes/server.ts';

let kubernetes: Kubernetes;
let lab: KubernetesLab;

beforeEach(async () => {
  kubernetes = await startKubernetes({ readyMs: 5, terminateMs: 2, backoffMs: 20 });
  lab = kubernetesLab({ content: kubernetes.kubeconfig });
});
afterEach(async () => {
  await lab.close();
  await kubernetes.close();
});

const change = async (place: Place, version: string, op: string): Promise<ClusterChange> => {
  const workload = (await lab.cluster.inspect(place))!;
  const from = workload.containers.find((c) => c.name === 'app')!;
  const set = {
    what: 'images' as const,
    containers: [{ name: 'app', init: false, image: lab.image(version) }],
    expect: [{ name: 'app', init: false, image: from.image }],
  };
  return { place, uid: workload.uid, release: 'payments-1', op, fence: 1, planHash: 'h', set };
};

/** Tries again as the engine does: only what may pass. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let round = 0; ; round++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransientError) || round > 200) throw error;
    }
  }
}

describe('writing through trouble', () => {
  it('applies each operation once, whatever gets lost', async () => {
    const place = await lab.make('deployment');
    const rule = { error500: 0.15, error503: 0.1, tooMany: 0.1, lostReply: 0.25 };
    kubernetes.control({ faults: { seed: 7, rules: { '*': rule } } });
    const ops = Array.from({ length: 30 }, (_, n) => `payments-1:${n}`);
    for (const [n, op] of ops.entries()) {
      const next = await insist(() => change(place, `3.0.${n}`, op));
      await insist(() => lab.cluster.apply(next));
    }
    kubernetes.control({ faults: {} });
    const written = kubernetes
      .mutations()
      .map((m) => m.annotations.after['release-engineer.dev/op'])
      .filter((op) => op !== undefined);
    expect([...new Set(written)]).toEqual(ops);
    expect((await lab.cluster.inspect(place))?.containers.at(-1)?.image).toBe(lab.image('3.0.29'));
    expect(kubernetes.stats().faults.lostReply).toBeGreaterThan(3);
    const updates = kubernetes.mutations().filter((m) => m.verb === 'update' && m.fieldManager === 'release-engineer');
    expect(updates).toHaveLength(ops.length);
  });

  it('judges again after every lost race, and leaves the rest to the next look', async () => {
    const place = await lab.make('deployment');
    const changes = await Promise.all(
      Array.from({ length: 4 }, async (_, n): Promise<ClusterChange> => {
        const base = await change(place, '2.4.1', `payments-1:${n}`);
        return { ...base, set: { what: 'replicas', replicas: n + 1 } };
      }),
    );
    await Promise.all(changes.map((c) => insist(() => lab.cluster.apply(c))));
    const ours = kubernetes.mutations().filter((m) => m.verb === 'update' && m.fieldManager === 'release-engineer');
    expect(ours).toHaveLength(4);
  });
});

describe('missing rights', () => {
  const crash = async (place: Place) => {
    const next = await change(place, '2.4.1-crash', 'op-1');
    await lab.cluster.apply(next);
    return lab.until('the verdict', async () => {
      const rollout = (await lab.cluster.inspect(place))!.rollout;
      return rollout.state === 'doomed' && rollout.finding;
    });
  };

  it('name the verb, the resource and the rule', async () => {
    const place = await lab.make('deployment');
    const next = await change(place, '2.4.1', 'op-1');
    kubernetes.control({ deny: [{ verb: 'update', resource: 'deployments' }] });
    const error = await lab.cluster.apply(next).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TerminalError);
    expect(error).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('update deployments payments'),
      hint: expect.stringContaining('{apiGroups: ["apps"], resources: ["deployments"], verbs: ["update"]}'),
    });
    await expect(lab.cluster.dryRun(next)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('cost only what they are for: no events, nodes or autoscalers is less to see', async () => {
    const place = await lab.make('deployment');
    kubernetes.control({
      deny: [{ resource: 'events' }, { resource: 'nodes' }, { resource: 'horizontalpodautoscalers' }],
    });
    expect((await lab.cluster.inspect(place))?.rollout.state).toBe('settled');
    const base = await change(place, '2.4.1', 'op-1');
    const back = {
      ...base,
      set: { what: 'template' as const, template: (await lab.cluster.inspect(place))!.template, replicas: 5 },
    };
    expect(await lab.cluster.apply(back)).toEqual({ applied: true });
    expect((await lab.cluster.inspect(place))?.replicas).toBe(2);
    const scale = { ...base, op: 'op-2', set: { what: 'replicas' as const, replicas: 5 } };
    await expect(lab.cluster.apply(scale)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('are found before they are needed', async () => {
    const { namespace } = await lab.make('deployment');
    kubernetes.control({
      deny: [
        { verb: 'update', resource: 'deployments' },
        { verb: 'watch', resource: 'deployments' },
        { resource: 'pods', subresource: 'log' },
      ],
    });
    expect(await lab.cluster.missingRights([namespace])).toEqual([
      `${namespace}: not allowed to watch, update deployments: deployments cannot be released`,
      `${namespace}: not allowed to get pods/log: evidence comes without logs`,
    ]);
  });

  it('are named in the evidence', async () => {
    const place = await lab.make('deployment');
    const finding = await crash(place);
    kubernetes.control({ deny: [{ resource: 'events' }, { resource: 'pods', subresource: 'log' }] });
    const evidence = await lab.cluster.evidence(place, finding, 2_000);
    expect(evidence.logs).toEqual([]);
    expect(evidence.missing.sort()).toEqual([
      'no events: not allowed to list events',
      'no logs: not allowed to read pods/log',
    ]);
    expect(evidence.finding.cause).toBe('crash-loop');
  });

  it('read an older autoscaling API where the newer one is absent', async () => {
    const place = await lab.make('deployment');
    kubernetes.control({ absent: ['autoscaling/v2'] });
    expect((await lab.cluster.inspect(place))?.autoscaler).toBeUndefined();
  });
});

describe('evidence', () => {
  it('holds the last words of the run that failed, and its events', async () => {
    const place = await lab.make('deployment');
    await lab.cluster.apply(await change(place, '2.4.1-crash', 'op-1'));
    const finding = await lab.until('the verdict', async () => {
      const rollout = (await lab.cluster.inspect(place))!.rollout;
      return rollout.state === 'doomed' && rollout.finding;
    });
    const { logs, missing, finding: shown } = await lab.cluster.evidence(place, finding, 2_000);
    expect(missing).toEqual([]);
    expect(logs).toHaveLength(1);
    expect(logs[0]).toMatchObject({ pod: finding.pod, container: 'app' });
    expect(logs[0]?.lines.join('\n')).toContain('cannot run migrations');
    expect(shown.events.map((e) => e.reason)).toContain('BackOff');
  });

  it('comes in time, with what it has, when the cluster hangs', async () => {
    const place = await lab.make('deployment');
    kubernetes.control({ hang: 10 });
    const began = performance.now();
    const finding = { cause: 'crash-loop' as const, message: 'it crashed', pod: 'payments-x', events: [] };
    const evidence = await lab.cluster.evidence(place, finding, 300);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(evidence.missing).toEqual(['what the cluster did not say within 0.3 s']);
  });
});
