import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TransientError } from '../../src/errors.ts';
import { type Place, placeKey } from '../../src/release/plan.ts';
import {
  type ClusterLab,
  changeOf,
  codeOf,
  context,
  deploy,
  expectation,
  type Get,
  inspected,
  type LabTraits,
  settled,
} from './cluster-lab.ts';

/** One suite for every implementation of the Cluster port. */
export function clusterContract(name: string, open: () => Promise<ClusterLab>, traits: LabTraits): void {
  const title = traits.unavailable ? `Cluster on ${name} (skipped: ${traits.unavailable})` : `Cluster on ${name}`;
  describe.skipIf(traits.unavailable !== undefined)(title, { timeout: 60_000 }, () => {
    let lab: ClusterLab;
    beforeAll(async () => {
      lab = await open();
    });
    afterAll(() => lab?.close());
    const get = () => lab;
    inspecting(get, traits);
    writing(get, traits);
    fencing(get);
    returning(get);
    observing(get, traits);
    explaining(get, traits);
    watching(get);
  });
}

function inspecting(get: Get, traits: LabTraits): void {
  it('says nothing of a workload that does not exist', async () => {
    const lab = get();
    const place = await lab.make('deployment', { replicas: 1 });
    expect(await lab.cluster.inspect({ ...place, name: 'nothing' })).toBeUndefined();
  });

  it.each(['deployment', 'statefulset', 'daemonset'] as const)('reads a %s', async (kind) => {
    const lab = get();
    const place = await lab.make(kind, { replicas: 2 });
    const workload = await inspected(lab, place);
    const image = lab.image('2.4.0');
    expect(workload.place).toEqual(place);
    expect(workload.uid).not.toBe('');
    expect(workload.containers.map(({ name, init, image: i }) => [name, init, i])).toEqual([
      ['migrate', true, image],
      ['app', false, image],
    ]);
    expect(workload.replicas).toBe(kind === 'daemonset' ? null : 2);
    expect(workload.rollout).toMatchObject({ state: 'settled', counts: { desired: 2, updatedAvailable: 2, old: 0 } });
    expect(workload.mark).toEqual({ fence: 0 });
    expect(workload.owner).toBeUndefined();
    expect(workload.autoscaler).toBeUndefined();
    expect(Math.abs(workload.serverTime - lab.now())).toBeLessThan(5_000);
    expect(workload.revisions).toHaveLength(1);
    expect(workload.revisions[0]).toMatchObject({
      current: true,
      containers: [{ name: 'migrate' }, { name: 'app', image }],
    });
  });

  it.runIf(traits.digests)('says the digests that the pods really run', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const { containers, revisions } = await inspected(lab, place);
    for (const c of [...containers, ...revisions[0]!.containers]) expect(c.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it.each(['deployment', 'statefulset'] as const)(
    'names the autoscaler that owns the replicas of a %s',
    async (kind) => {
      const lab = get();
      const place = await lab.make(kind);
      await lab.autoscale(place);
      expect((await inspected(lab, place)).autoscaler).toBe(place.name);
    },
  );

  it.each(['deployment', 'statefulset', 'daemonset'] as const)('keeps the past of a %s, whole', async (kind) => {
    const lab = get();
    const place = await lab.make(kind);
    const before = await inspected(lab, place);
    await lab.cluster.apply(deploy(lab, place, before, '2.4.1'));
    const after = await settled(lab, place);
    expect(after.revisions.map((r) => [r.current, r.containers.find((c) => c.name === 'app')?.image])).toEqual([
      [true, lab.image('2.4.1')],
      [false, lab.image('2.4.0')],
    ]);
    expect(after.revisions[1]?.template).toEqual(before.template);
    expect(after.revisions[0]?.release).toBe('payments-7f3');
    expect(Number(after.revisions[0]?.number)).toBeGreaterThan(Number(after.revisions[1]?.number));
  });
}

function writing(get: Get, traits: LabTraits): void {
  it.each(['deployment', 'statefulset', 'daemonset'] as const)(
    'changes only what a change of a %s names',
    async (kind) => {
      const lab = get();
      const place = await lab.make(kind);
      const before = await inspected(lab, place);
      const change = deploy(lab, place, before, '2.4.1', { fence: 7 });
      expect(await lab.cluster.apply(change)).toEqual({ applied: true });
      const after = await inspected(lab, place);
      const expected = structuredClone(before.template) as { spec: { containers: { image: string }[] } };
      expected.spec.containers[0]!.image = lab.image('2.4.1');
      expect(after.template).toEqual(expected);
      expect(after.replicas).toBe(before.replicas);
      expect(after.mark).toEqual({ release: change.release, op: change.op, fence: 7 });
      expect((await settled(lab, place)).rollout).toMatchObject({ state: 'settled', counts: { desired: 2, old: 0 } });
    },
  );

  it('changes init containers too', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const workload = await inspected(lab, place);
    const to = (version: string) =>
      [true, false].map((init) => ({ name: init ? 'migrate' : 'app', init, image: lab.image(version) }));
    const set = { what: 'images' as const, containers: to('2.4.1'), expect: to('2.4.0') };
    await lab.cluster.apply(changeOf(place, workload, set));
    expect((await inspected(lab, place)).containers.map((c) => c.image)).toEqual(Array(2).fill(lab.image('2.4.1')));
  });

  it('recognises an operation that was applied, and writes nothing', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const change = deploy(lab, place, await inspected(lab, place), '2.4.1');
    await lab.cluster.apply(change);
    await settled(lab, place);
    await lab.setImage(place, 'app', lab.image('2.3.9'), 'kubectl-set');
    expect(await lab.cluster.apply(change)).toEqual({ applied: false });
    expect((await inspected(lab, place)).containers.at(-1)?.image).toBe(lab.image('2.3.9'));
  });

  it.runIf(traits.faults)('when an answer is lost, the same operation again settles it', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const change = deploy(lab, place, await inspected(lab, place), '2.4.1');
    const mend = lab.loseReply?.();
    await expect(lab.cluster.apply(change)).rejects.toThrow(TransientError);
    mend?.();
    expect(await lab.cluster.apply(change)).toEqual({ applied: false });
    expect((await settled(lab, place)).revisions).toHaveLength(2);
  });

  it('two changes at once both land, one after the other', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const workload = await inspected(lab, place);
    const changes = [
      deploy(lab, place, workload, '2.4.1'),
      changeOf(place, workload, { what: 'paused', paused: true }),
      changeOf(place, workload, { what: 'replicas', replicas: 3 }),
    ];
    const results = await Promise.all(changes.map((change) => lab.cluster.apply(change)));
    expect(results).toEqual(Array(3).fill({ applied: true }));
    const after = await inspected(lab, place);
    expect(after).toMatchObject({ paused: true, replicas: 3 });
    expect(after.containers.at(-1)?.image).toBe(lab.image('2.4.1'));
  });

  it('asks the API server without writing', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const before = await inspected(lab, place);
    expect(await lab.cluster.dryRun(deploy(lab, place, before, '2.4.1'))).toBeUndefined();
    const refusal = await lab.cluster.dryRun(changeOf(place, before, { what: 'replicas', replicas: -1 }));
    expect(refusal).toMatchObject({ code: 'dry-run', say: expect.stringContaining('spec.replicas') });
    const { template, replicas, mark } = await inspected(lab, place);
    expect({ template, replicas, mark }).toEqual({ template: before.template, replicas: 2, mark: { fence: 0 } });
  });

  it('pauses and resumes a Deployment; other kinds have no such field', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const workload = await inspected(lab, place);
    await lab.cluster.apply(changeOf(place, workload, { what: 'paused', paused: true }));
    expect((await inspected(lab, place)).paused).toBe(true);
    await lab.cluster.apply(changeOf(place, workload, { what: 'paused', paused: false }));
    expect((await inspected(lab, place)).paused).toBe(false);
    const set = await lab.make('statefulset');
    const pause = changeOf(set, await inspected(lab, set), { what: 'paused', paused: true });
    expect(await lab.cluster.apply(pause)).toEqual({ applied: false });
  });

  it('never writes replicas that an autoscaler owns', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    await lab.autoscale(place);
    const workload = await inspected(lab, place);
    const scale = changeOf(place, workload, { what: 'replicas', replicas: 5 });
    expect(await codeOf(lab.cluster.apply(scale))).toBe('taken-over');
    const back = changeOf(place, workload, { what: 'template', template: workload.template, replicas: 5 });
    await lab.cluster.apply(back);
    expect((await inspected(lab, place)).replicas).toBe(2);
  });
}

function fencing(get: Get): void {
  it('lets a newer fence stand', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const workload = await inspected(lab, place);
    await lab.mark(place, { release: 'payments-999', op: 'payments-999:1', fence: 5 });
    const stale = deploy(lab, place, workload, '2.4.1', { fence: 4 });
    expect(await codeOf(lab.cluster.apply(stale))).toBe('stale-fence');
    expect(await codeOf(lab.cluster.apply({ ...stale, fence: 5 }))).toBe('stale-fence');
    expect(await lab.cluster.apply({ ...stale, fence: 6 })).toEqual({ applied: true });
  });

  it('writes no workload but the planned one', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const change = deploy(lab, place, await inspected(lab, place), '2.4.1');
    await lab.recreate(place);
    expect(await codeOf(lab.cluster.apply(change))).toBe('replaced');
    await lab.remove(place);
    expect(await codeOf(lab.cluster.apply(change))).toBe('gone');
  });

  it('writes no image that somebody else changed, and names them', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const change = deploy(lab, place, await inspected(lab, place), '2.4.1');
    await lab.setImage(place, 'app', lab.image('2.3.9'), 'kubectl-set');
    await expect(lab.cluster.apply(change)).rejects.toThrow(/kubectl-set/);
    expect(await codeOf(lab.cluster.apply(change))).toBe('taken-over');
    await lab.setImage(place, 'app', lab.image('2.4.1'), 'kubectl-set');
    expect(await lab.cluster.apply(change)).toEqual({ applied: true });
  });
}

function returning(get: Get): void {
  it('puts a kept template back, with replicas, and unpaused', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const before = await inspected(lab, place);
    await lab.cluster.apply(deploy(lab, place, before, '2.4.1-crash'));
    await lab.cluster.apply(changeOf(place, before, { what: 'paused', paused: true }, { fence: 2 }));
    const set = { what: 'template' as const, template: before.template, replicas: 3 };
    expect(await lab.cluster.apply(changeOf(place, before, set, { fence: 3 }))).toEqual({ applied: true });
    const after = await settled(lab, place, 3);
    expect(after).toMatchObject({ paused: false, replicas: 3, rollout: { counts: { available: 3, old: 0 } } });
    expect(after.template).toEqual(before.template);
  });

  it('brings an ordered StatefulSet back, which only deleting its broken pod does', async () => {
    const lab = get();
    const place = await lab.make('statefulset');
    const before = await inspected(lab, place);
    await lab.cluster.apply(deploy(lab, place, before, '2.4.1-unready'));
    await lab.until('the broken pod', async () => (await inspected(lab, place)).rollout.counts.updated === 1);
    const set = { what: 'template' as const, template: before.template, replicas: 2 };
    const back = changeOf(place, before, set, { fence: 2 });
    await lab.cluster.apply(back);
    const wanted = { ...expectation(back), containers: [{ name: 'app', init: false, image: lab.image('2.4.0') }] };
    const pods = await lab.until('the broken pod to be deleted', async () => {
      const names = await lab.cluster.unstick(place, wanted);
      return names.length > 0 && names;
    });
    expect(pods).toEqual([`${place.name}-1`]);
    expect((await settled(lab, place)).rollout.counts).toMatchObject({ available: 2, old: 0 });
    expect(await lab.cluster.unstick(place, wanted)).toEqual([]);
  });
}

function observing(get: Get, traits: LabTraits): void {
  const outcome = async (lab: ClusterLab, place: Place, version: string, deadline?: number) => {
    const change = deploy(lab, place, await inspected(lab, place), version);
    const appliedAt = lab.now();
    await lab.cluster.apply(change);
    return lab.until(`a verdict on ${version}`, async () => {
      const seen = await lab.cluster.observe(place, expectation(change), context(lab, appliedAt, deadline), true);
      expect(seen.takenOverBy).toBeUndefined();
      return seen.rollout.state !== 'progressing' && seen.rollout;
    });
  };

  it('sees a good version settle', async () => {
    const lab = get();
    expect(await outcome(lab, await lab.make('deployment'), '2.4.1')).toMatchObject({
      state: 'settled',
      counts: { desired: 2, updatedAvailable: 2, old: 0 },
    });
  });

  const dooms = [['2.4.1-crash', 'crash-loop']];
  if (traits.pulls) dooms.push(['2.4.1-missing', 'image-not-found']);
  it.each(dooms)('says why %s is doomed, while the old version serves on', async (version, cause) => {
    const lab = get();
    const place = await lab.make('deployment');
    const rollout = await outcome(lab, place, version);
    expect(rollout).toMatchObject({ state: 'doomed', finding: { cause, container: 'app', pod: expect.any(String) } });
    expect(rollout.counts.oldAvailable).toBe(2);
  });

  it('dooms what is never ready, after its deadline', async () => {
    const lab = get();
    const rollout = await outcome(lab, await lab.make('deployment'), '2.4.1-unready', 3_000);
    expect(rollout).toMatchObject({ state: 'doomed', finding: { cause: 'not-ready' } });
  });

  it.each([true, false])('says who else wrote what the release had written (fresh: %s)', async (fresh) => {
    const lab = get();
    const place = await lab.make('deployment');
    const change = deploy(lab, place, await inspected(lab, place), '2.4.1');
    await lab.cluster.apply(change);
    const look = () => lab.cluster.observe(place, expectation(change), context(lab, lab.now()), fresh);
    expect((await look()).takenOverBy).toBeUndefined();
    await lab.setImage(place, 'app', lab.image('2.3.9'), 'kubectl-rollout');
    expect((await look()).takenOverBy).toBe('kubectl-rollout');
  });

  it('says which other release wrote', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const change = deploy(lab, place, await inspected(lab, place), '2.4.1');
    await lab.cluster.apply(change);
    await lab.mark(place, { release: 'payments-999', op: 'payments-999:1', fence: 9 });
    const seen = await lab.cluster.observe(place, expectation(change), context(lab, lab.now()), true);
    expect(seen.takenOverBy).toContain('payments-999');
  });

  it('says when the workload is gone', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const change = deploy(lab, place, await inspected(lab, place), '2.4.1');
    await lab.remove(place);
    const look = lab.cluster.observe(place, expectation(change), context(lab, lab.now()), true);
    expect(await codeOf(look)).toBe('gone');
  });
}

function explaining(get: Get, traits: LabTraits): void {
  it('gathers what the failing container said, or says why not', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    const change = deploy(lab, place, await inspected(lab, place), '2.4.1-crash');
    const appliedAt = lab.now();
    await lab.cluster.apply(change);
    const finding = await lab.until('the verdict', async () => {
      const { rollout } = await lab.cluster.observe(place, expectation(change), context(lab, appliedAt), true);
      return rollout.state === 'doomed' && rollout.finding;
    });
    const evidence = await lab.cluster.evidence(place, finding, 2_000);
    expect(evidence).toMatchObject({ place: placeKey(place), finding: { cause: 'crash-loop', pod: finding.pod } });
    if (!traits.logs) expect(evidence.missing).not.toEqual([]);
    else expect(evidence.logs).toMatchObject([{ pod: finding.pod, container: 'app', lines: expect.any(Array) }]);
    for (const log of evidence.logs) expect(log.lines.length).toBeLessThanOrEqual(25);
  });

  it('says when the pod of a finding is gone', async () => {
    const lab = get();
    const place = await lab.make('deployment', { replicas: 1 });
    const finding = { cause: 'crash-loop' as const, message: 'it crashed', pod: 'no-such-pod', events: [] };
    const evidence = await lab.cluster.evidence(place, finding, 2_000);
    expect(evidence).toMatchObject({ finding, logs: [], missing: [expect.stringContaining('no-such-pod')] });
  });
}

function watching(get: Get): void {
  it('wakes a release for what concerns it, and only as long as it watches', async () => {
    const lab = get();
    const place = await lab.make('deployment');
    let wakes = 0;
    lab.cluster.watch(place, 'payments-7f3', () => {
      wakes += 1;
    });
    await lab.cluster.apply(deploy(lab, place, await inspected(lab, place), '2.4.1'));
    await lab.until('a wake', async () => wakes > 0);
    await settled(lab, place);
    lab.cluster.unwatch('payments-7f3');
    const before = wakes;
    await lab.cluster.apply(deploy(lab, place, await inspected(lab, place), '2.4.2', { fence: 2 }));
    await settled(lab, place);
    expect(wakes).toBe(before);
  });
}
