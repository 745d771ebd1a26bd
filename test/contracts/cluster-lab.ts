import { expect } from 'vitest';
import { TerminalError } from '../../src/errors.ts';
import type { Cluster, ClusterChange, Expectation, Workload } from '../../src/ports.ts';
import { type Place, placeKey, type WorkloadKind } from '../../src/release/plan.ts';

/** A cluster to hold to its promises, and the hands of everybody else who works on it. */
export interface ClusterLab {
  cluster: Cluster;
  /** Makes a workload with the containers `app` and (init) `migrate`, both of the image, and waits until it is settled. */
  make(kind: WorkloadKind, options?: { replicas?: number; version?: string }): Promise<Place>;
  image(version: string): string;
  /** Somebody else writes. */
  setImage(place: Place, container: string, image: string, manager: string): Promise<void>;
  mark(place: Place, mark: { release: string; op: string; fence: number }): Promise<void>;
  recreate(place: Place): Promise<void>;
  remove(place: Place): Promise<void>;
  autoscale(place: Place): Promise<void>;
  /** Makes writes take effect and their answers disappear, until the returned function is called. */
  loseReply?(): () => void;
  /** Asks again and again, as time passes, until the answer is neither false nor undefined. */
  until<T>(what: string, ask: () => Promise<T | false | undefined>, timeoutMs?: number): Promise<T>;
  /** ms */
  now(): number;
  close(): Promise<void>;
}

export interface LabTraits {
  /** Pods say digests of the repository. */
  digests: boolean;
  /** Logs can be read. */
  logs: boolean;
  /** The kubelet says why an image cannot be pulled (hollow ones do not). */
  pulls: boolean;
  /** Replies can be lost on demand. */
  faults: boolean;
  /** Why this lab cannot be had here; the tests are skipped under this name. */
  unavailable?: string;
}

export type Get = () => ClusterLab;

export const inspected = async (lab: ClusterLab, place: Place): Promise<Workload> => {
  const workload = await lab.cluster.inspect(place);
  if (!workload) throw new Error(`${placeKey(place)} should exist`);
  return workload;
};

let serial = 0;

export function changeOf(
  place: Place,
  workload: Workload,
  set: ClusterChange['set'],
  more: Partial<ClusterChange> = {},
) {
  serial += 1;
  const release = more.release ?? 'payments-7f3';
  const base = { place, uid: workload.uid, release, op: `${release}:${serial}`, fence: 1, planHash: 'hash' };
  return { ...base, set, ...more } satisfies ClusterChange;
}

/** From what runs to another version, in container `app`. */
export function deploy(
  lab: ClusterLab,
  place: Place,
  workload: Workload,
  version: string,
  more: Partial<ClusterChange> = {},
) {
  const from = workload.containers.find((c) => c.name === 'app')!;
  const containers = [{ name: 'app', init: false, image: lab.image(version) }];
  const expected = [{ name: 'app', init: false, image: from.image }];
  return changeOf(place, workload, { what: 'images', containers, expect: expected }, more);
}

export const expectation = (change: ClusterChange): Expectation => ({
  release: change.release,
  op: change.op,
  fence: change.fence,
  containers: change.set.what === 'images' ? change.set.containers : [],
});

export const context = (lab: ClusterLab, appliedAt: number, progressDeadline = 600_000) => ({
  now: lab.now(),
  appliedAt,
  best: { available: 0, at: appliedAt },
  progressDeadline,
  schedulingBudget: 60_000,
  tolerateBadPods: 0,
});

export const settled = (lab: ClusterLab, place: Place, pods = 2) =>
  lab.until('the workload to settle', async () => {
    const workload = await inspected(lab, place);
    const { state, counts } = workload.rollout;
    return state === 'settled' && counts.updatedAvailable === pods && workload;
  });

export const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof TerminalError)) throw new Error(`expected a TerminalError, got ${String(error)}`);
  expect(error.message).not.toBe('');
  expect(error.hint).not.toBe('');
  return error.code;
};
