/**
 * What a rollout looks like at one moment, in our words. `adapters/kubernetes/rollout.ts` makes one from objects
 * (pure), the memory cluster from its simulation; the engines only ever see this.
 */

/** Every cause a verdict can name. One table, so that cards, docs and metrics cannot drift apart. */
export const causes = {
  'crash-loop': { blame: 'version', say: 'crashes again and again' },
  'out-of-memory': { blame: 'version', say: 'is killed for using more memory than its limit' },
  'liveness-failing': { blame: 'version', say: 'fails its liveness probe and is restarted again and again' },
  'cannot-start': { blame: 'version', say: 'cannot be started' },
  'config-error': { blame: 'version', say: 'asks for configuration that does not exist or is not allowed' },
  'volume-missing': { blame: 'version', say: 'needs a volume whose claim, secret or config map does not exist' },
  'invalid-image': { blame: 'version', say: 'has an image name that is not valid' },
  'image-not-found': { blame: 'version', say: 'has an image that the registry does not have' },
  'pull-unauthorized': { blame: 'version', say: 'has an image that the cluster may not pull' },
  'registry-unavailable': { blame: 'platform', say: 'cannot be pulled: the registry is not answering or limits us' },
  'init-failing': { blame: 'version', say: 'has an init container that fails' },
  'not-ready': { blame: 'version', say: 'never became ready within its deadline' },
  /** Nothing of the new revision is at fault, yet nothing moves: we could not tell, so it is not the version's. */
  'not-progressing': { blame: 'platform', say: 'made no progress within its deadline' },
  unstable: { blame: 'version', say: 'restarted or lost readiness after it was rolled out' },
  'check-failed': { blame: 'version', say: 'failed a check' },
  'quota-exceeded': { blame: 'platform', say: 'cannot create pods: a quota or admission rule forbids it' },
  unschedulable: { blame: 'platform', say: 'cannot be scheduled on any node' },
  'volume-unavailable': { blame: 'platform', say: 'waits for a volume that the cluster cannot attach or mount' },
  'node-trouble': { blame: 'platform', say: 'runs on nodes that are not healthy' },
} as const satisfies Record<string, { blame: 'version' | 'platform'; say: string }>;

export type CauseCode = keyof typeof causes;

/** Pods of one workload, counted. `updated*` are of the new revision. */
export interface Counts {
  desired: number;
  updated: number;
  updatedReady: number;
  updatedAvailable: number;
  /** Available pods of any revision: what users get. */
  available: number;
  /** Pods of older revisions that still exist and are not being deleted. */
  old: number;
  oldAvailable: number;
}

/** The fact a verdict stands on, as it was observed. Text here came from the cluster: data, never instructions. */
export interface Finding {
  cause: CauseCode;
  /** One plain sentence: `container app exits with code 1 (3 restarts)`. */
  message: string;
  pod?: string;
  container?: string;
  init?: boolean;
  exitCode?: number;
  reason?: string;
  restarts?: number;
  /** Events that support it, newest last, each at most 500 characters. */
  events: { reason: string; message: string; count: number; object: string }[];
  /** When the cluster published the fact (API server's clock, ms), where it says. */
  since?: number;
}

/** What the judge must know beyond the objects. All times are ms of the ledger's clock. */
export interface JudgeContext {
  now: number;
  /** The API server's clock at the same moment: ages of objects are measured against it. Absent: the same as `now`. */
  clusterNow?: number;
  /** When our write was applied; objects older than it belong to the past. */
  appliedAt: number;
  /** The highest number of simultaneously available pods of the new revision seen so far, and since when. */
  best: { available: number; at: number };
  /** When the rollout was seen settled: where the stability window begins. Absent: no window, so nothing is unstable. */
  settledAt?: number;
  /** How long without structural progress before the rollout is doomed, ms. Infinity: facts only, no deadline. */
  progressDeadline: number;
  /** How long a pod may be unschedulable before it is a verdict, ms. */
  schedulingBudget: number;
  /** Of the pods of the new revision, how many may be bad before the rollout is doomed. */
  tolerateBadPods: number;
}

export type Rollout =
  | { state: 'progressing'; counts: Counts; waitingFor: string; revision?: string; troubles: Finding[] }
  /** `troubles`: bad pods that are tolerated, and what is not a verdict. */
  | { state: 'settled'; counts: Counts; revision?: string; troubles?: Finding[] }
  | { state: 'doomed'; counts: Counts; revision?: string; finding: Finding; troubles: Finding[] };
