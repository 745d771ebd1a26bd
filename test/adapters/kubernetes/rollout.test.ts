import { describe, expect, it } from 'vitest';
import { judge } from '../../../adapters/kubernetes/rollout.ts';
import { type CauseCode, causes } from '../../../src/deployment/rollout.ts';
import { afterNodeLoss, appliedAt, at, patience, type Recorded, recorded, recording } from './recordings.ts';

/** The recordings were taken one after the other; no stamp in them is later than these. */
const looks = { early: at('07:39:40'), late: at('07:41:44') };
type Expected = CauseCode | 'settled' | 'progressing';

/** fault · what the judge says 41–68 s after the write · 165–191 s after · what its message must name */
const faults: [string, Expected, Expected, RegExp?][] = [
  ['ok', 'settled', 'settled'],
  ['slow-ready', 'settled', 'settled'],
  ['error-rate', 'settled', 'settled'],
  ['slow-responses', 'settled', 'settled'],
  ['bad-command', 'cannot-start', 'cannot-start', /payments-server.*no such file or directory/],
  ['config-env-required', 'crash-loop', 'crash-loop', /exits with code 1/],
  ['config-missing-configmap', 'config-error', 'config-error', /configmap "payments-config" not found/],
  ['config-missing-key', 'config-error', 'config-error', /find key password in Secret/],
  ['config-missing-secret', 'config-error', 'config-error', /secret "ledger-credentials" not found/],
  ['run-as-nonroot', 'config-error', 'config-error', /run as root/],
  ['crash-start', 'crash-loop', 'crash-loop', /exits with code 1/],
  ['crash-20s', 'crash-loop', 'crash-loop', /exits with code 1/],
  ['oom', 'out-of-memory', 'out-of-memory', /limit of 64Mi/],
  ['liveness-hang', 'liveness-failing', 'liveness-failing', /liveness probe/],
  ['init-crash', 'init-failing', 'init-failing', /init container migrate exits with code 1/],
  ['image-invalid-name', 'invalid-image', 'invalid-image', /demo\/Payments:2\.4\.0/],
  ['image-missing', 'image-not-found', 'image-not-found', /demo\/payments:9\.9\.9.*not found/],
  ['image-unauthorized', 'pull-unauthorized', 'pull-unauthorized', /401 Unauthorized/],
  ['image-ratelimited', 'registry-unavailable', 'registry-unavailable', /429 Too Many Requests/],
  ['image-unreachable', 'registry-unavailable', 'registry-unavailable', /registry\.internal\.example/],
  ['quota-exceeded', 'quota-exceeded', 'quota-exceeded', /exceeded quota: q/],
  ['volume-missing-secret', 'volume-missing', 'volume-missing', /secret "payments-tls" not found/],
  ['volume-missing-pvc', 'volume-missing', 'volume-missing', /persistentvolumeclaim "ledger-data" not found/],
  ['unschedulable-cpu', 'progressing', 'unschedulable', /Insufficient cpu/],
  ['unschedulable-selector', 'progressing', 'unschedulable', /node affinity/],
  ['never-ready', 'progressing', 'not-ready', /Readiness probe failed.*503/],
];

const say = (objects: Recorded, now: number) => {
  const rollout = judge(objects, patience(now, appliedAt(objects)));
  return { rollout, verdict: rollout.state === 'doomed' ? rollout.finding.cause : rollout.state };
};

describe.each(['early', 'late'] as const)('a real cluster, %s', (when) => {
  it.each(faults)('%s', (fault, early, late, message) => {
    const { rollout, verdict } = say(recording(`${when}/${fault}`), looks[when]);
    expect(verdict).toBe(when === 'early' ? early : late);
    const finding = rollout.state === 'doomed' ? rollout.finding : rollout.troubles?.[0];
    if (message) expect(finding?.message).toMatch(message);
    else expect(rollout.troubles).toEqual([]);
  });
});

describe('what a finding names', () => {
  const finding = (path: string) => {
    const { rollout } = say(recording(path), looks.late);
    if (rollout.state !== 'doomed') throw new Error(`${path} is ${rollout.state}`);
    return rollout.finding;
  };

  it('names pod, container, exit code, restarts and events of a crash loop that is Ready at the moment', () => {
    const recordingOf20s = recording('late/crash-20s');
    expect(recordingOf20s.workload.status?.availableReplicas).toBe(1);
    expect(finding('late/crash-20s')).toMatchObject({
      pod: 'payments-6685bcbc85-2rkjv',
      container: 'payments',
      init: false,
      exitCode: 1,
      reason: 'Error',
      restarts: 4,
      since: at('07:40:32'),
    });
    expect(finding('late/crash-20s').events.at(-1)).toEqual({
      reason: 'BackOff',
      message: 'Back-off restarting failed container',
      count: 10,
      object: 'Pod/payments-6685bcbc85-2rkjv',
    });
  });

  it.each(faults.filter(([, , late]) => late in causes))('%s carries at least one event and a time', (fault) => {
    const { events, since, pod } = finding(`late/${fault}`);
    expect(events.length).toBeGreaterThan(0);
    expect(events.every((e) => e.message.length <= 500)).toBe(true);
    expect(since).toBeGreaterThanOrEqual(at('07:38:26'));
    expect(since).toBeLessThanOrEqual(looks.late);
    if (fault !== 'quota-exceeded') expect(pod).toMatch(/^payments-/);
  });

  it('says which init container failed', () => {
    expect(finding('late/init-crash')).toMatchObject({ container: 'migrate', init: true, exitCode: 1, restarts: 4 });
  });
});

describe('a bad version over a healthy one', () => {
  const rollouts: [string, Expected][] = [
    ['rollout-crash', 'crash-loop'],
    ['rollout-image', 'image-not-found'],
    ['rollout-neverready', 'progressing'],
  ];
  it.each(rollouts)('%s', (path, expected) => {
    const { rollout, verdict } = say(recording(path), at('07:49:15'));
    expect(verdict).toBe(expected);
    expect(rollout.counts).toEqual({
      desired: 3,
      updated: 1,
      updatedReady: 0,
      updatedAvailable: 0,
      available: 3,
      old: 3,
      oldAvailable: 3,
    });
    expect(rollout.revision).toBe('2');
  });

  it('is not ready once its time is over, with the old side whole', () => {
    const { rollout, verdict } = say(recording('rollout-neverready'), at('07:49:40'));
    expect(verdict).toBe('not-ready');
    expect(rollout.counts.oldAvailable).toBe(3);
  });

  it('never holds the healthy old pods’ mount hiccups against the new revision', () => {
    const { rollout } = say(recording('rollout-neverready'), at('07:49:15'));
    const named = rollout.state === 'doomed' ? [] : (rollout.troubles ?? []).map((t) => t.cause);
    expect(named).toEqual(['not-ready']);
  });
});

describe('two workloads in one namespace', () => {
  it.each(['payments-stable', 'payments-canary'])('%s is judged by its own pods', (name) => {
    for (const path of ['shop', 'late/shop']) {
      const { rollout, verdict } = say(recording(path, name), path === 'shop' ? at('07:49:15') : looks.late);
      expect(verdict).toBe('settled');
      expect(rollout.counts.updated).toBe(name === 'payments-stable' ? 3 : 1);
    }
  });
});

describe('a node that stopped reporting', () => {
  const now = at('07:43:40');
  const named = faults.map(([fault]) => fault).filter((fault) => afterNodeLoss(fault).pods[0]?.spec?.nodeName);

  it.each(named)('%s: no verdict against the version', (fault) => {
    const objects = afterNodeLoss(fault);
    for (const seen of [objects, { ...objects, nodes: undefined }]) {
      // The image of this one had been repaired by then: its old pod is being deleted, its new ReplicaSet is not ours.
      if (fault === 'image-missing' || (!seen.nodes && !wasReady(seen))) continue;
      const { verdict } = say(seen, now);
      const blame = verdict in causes ? causes[verdict as CauseCode].blame : 'nobody';
      expect([blame, verdict]).not.toContain('version');
    }
  });

  it('shows the node as the trouble, and is the platform’s fault when the time is over', () => {
    const objects = afterNodeLoss('ok');
    const shown = judge(objects, patience(now, now - 60_000));
    expect(shown.state).toBe('progressing');
    expect(shown.troubles?.[0]).toMatchObject({ cause: 'node-trouble', pod: 'payments-6957f97957-x7qff' });
    expect(say(objects, now).verdict).toBe('node-trouble');
  });
});

const wasReady = ({ pods }: Recorded) =>
  pods.every((p) => p.status?.conditions?.find((c) => c.type === 'ContainersReady')?.status === 'True');

it('counts from pods what the Deployment’s own status says, in every recording', () => {
  for (const when of ['early', 'late'] as const) {
    for (const [fault] of faults) {
      const { rollout } = say(recording(`${when}/${fault}`), looks[when]);
      const status = recording(`${when}/${fault}`).workload.status;
      expect([fault, rollout.counts.updated, rollout.counts.updatedReady]).toEqual([
        fault,
        status?.updatedReplicas ?? 0,
        status?.readyReplicas ?? 0,
      ]);
    }
  }
});

it('reads the same from Dates, as the typed client gives them', () => {
  for (const [fault] of faults) {
    const strings = recording(`late/${fault}`);
    const dates = JSON.parse(JSON.stringify(strings), (_key, value: unknown) =>
      typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? new Date(value) : value,
    ) as Recorded;
    expect(say(dates, looks.late).rollout).toEqual(say(strings, looks.late).rollout);
  }
});

it('is not disturbed by events of really pulled images', () => {
  const objects = recording('late/ok');
  expect(say({ ...objects, events: recorded('real-pull.events') }, looks.late).verdict).toBe('settled');
});
