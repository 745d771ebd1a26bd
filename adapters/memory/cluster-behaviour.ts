import type { CauseCode } from '../../src/deployment/rollout.ts';

/** A pod from one age to the next. */
export interface Phase {
  /** Age of the pod at which it begins, ms. */
  at: number;
  ready: boolean;
  restarts: number;
  exitCode?: number;
  reason?: string;
  /** A fact that dooms the pod, and its sentence. */
  doom?: { cause: CauseCode; message: string };
}

export interface Behaviour {
  phases: Phase[];
  /** What its container prints before it ends, or while it fails. */
  log: string[];
  event?: { reason: string; message: string };
}

const up = (at: number, restarts = 0): Phase => ({ at, ready: true, restarts });
const down = (at: number, restarts = 0): Phase => ({ at, ready: false, restarts });

/** Exits again and again; the second exit is the verdict. */
function crashing(cause: CauseCode, exitCode: number, reason: string, says: string): Phase[] {
  const ends = [1_000, 2_500, 12_500, 32_500, 72_500, 152_500, 312_500];
  const phase = (at: number, n: number): Phase => {
    const restarts = n + 1;
    const message = `container {container} ${says} (${restarts} ${restarts === 1 ? 'restart' : 'restarts'})`;
    return { at, ready: false, restarts, exitCode, reason, doom: restarts > 1 ? { cause, message } : undefined };
  };
  return [down(0), ...ends.map(phase)];
}

const stuckAt = (at: number, cause: CauseCode, reason: string, message: string): Phase[] => [
  down(0),
  { at, ready: false, restarts: 0, reason, doom: { cause, message } },
];

const backOff = { reason: 'BackOff', message: 'Back-off restarting failed container' };
const started = ['listening on :8080', 'connected to the database'];

/** How versions behave, by a word in their name. The first that fits; any other version is good. */
const behaviours: Record<string, Behaviour> = {
  crash: {
    phases: crashing('crash-loop', 1, 'Error', 'exits with code 1'),
    log: ['starting', 'config: missing env DB_URL', 'panic: cannot start without DB_URL'],
    event: backOff,
  },
  oom: {
    phases: crashing('out-of-memory', 137, 'OOMKilled', 'was killed at its memory limit of 64Mi'),
    log: ['starting', 'warming the cache: 20 %', 'warming the cache: 40 %'],
    event: backOff,
  },
  unready: neverReady(),
  neverready: neverReady(),
  missing: {
    phases: stuckAt(1_500, 'image-not-found', 'ErrImagePull', 'the registry does not have {image}'),
    log: [],
    event: { reason: 'Failed', message: 'Failed to pull image "{image}": not found' },
  },
  config: {
    phases: stuckAt(1_500, 'config-error', 'CreateContainerConfigError', 'secret "ledger-credentials" not found'),
    log: [],
    event: { reason: 'Failed', message: 'Error: secret "ledger-credentials" not found' },
  },
  slowready: { phases: [down(0), up(10_000)], log: ['warming the cache', ...started] },
  flaky: {
    phases: [
      down(0),
      up(2_000),
      { ...down(20_000, 1), exitCode: 1, reason: 'Error' },
      up(22_000, 1),
      { ...down(45_000, 2), exitCode: 1, reason: 'Error' },
      up(47_000, 2),
    ],
    log: [...started, 'fatal: lost the connection to the message bus'],
    event: backOff,
  },
};

function neverReady(): Behaviour {
  return {
    phases: [down(0)],
    log: ['listening on :8080', 'GET /readyz 503 waiting for migrations', 'GET /readyz 503 waiting for migrations'],
    event: { reason: 'Unhealthy', message: 'Readiness probe failed: HTTP probe failed with statuscode: 503' },
  };
}

const good: Behaviour = { phases: [down(0), up(2_000)], log: started };

/** How a version behaves, by its name. */
export function behaviourOf(version: string): Behaviour {
  const word = Object.keys(behaviours).find((each) => version.toLowerCase().includes(each));
  return word ? behaviours[word]! : good;
}

/** Which of several containers speaks for the pod: the first whose version is not good, else the last. */
export function worstOf(all: Behaviour[]): number {
  const bad = all.findIndex((behaviour) => behaviour !== good);
  return bad === -1 ? all.length - 1 : bad;
}
