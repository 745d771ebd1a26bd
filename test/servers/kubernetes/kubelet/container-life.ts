import type { Container, ContainerStatus, Fields, Pod } from '../object.ts';
import type { Behaviour } from './images.ts';
import { fullName } from './images.ts';

/** What the kubelet publishes at one moment of a container's life, and how long until the next. */
export interface Moment {
  status: ContainerStatus;
  events: { type: 'Normal' | 'Warning'; reason: string; message: string }[];
  /** ms until the next moment. */
  after: number;
}

export interface Life {
  pod: Pod;
  container: Container;
  behaviour: Behaviour;
  init: boolean;
  imageID: string;
  /** The container ID of the nth start. */
  containerID: (start: number) => string;
  stamp: () => string;
  startMs: number;
  backoffMs: number;
}

type Moments = Generator<Moment, void>;

/** A container's life, moment by moment, in the words that a real kubelet was recorded with. Bad ones never end. */
export function lifeOf(life: Life): Moments {
  return lives[life.behaviour](life);
}

const lives: { [behaviour in Behaviour]: (life: Life) => Moments } = {
  good: wellBehaved,
  unready: neverReady,
  crash: (life) => crashLoop(life, 1, 'Error'),
  oom: (life) => crashLoop(life, 137, 'OOMKilled'),
  missing: imageMissing,
  config: configMissing,
  invalid: imageInvalid,
};

export const waitingStatus = ({ name, image }: Container, waiting: Fields): ContainerStatus => ({
  name,
  image,
  imageID: '',
  ready: false,
  started: false,
  restartCount: 0,
  state: { waiting },
  lastState: {},
});

const creating = (life: Life): Moment => ({
  status: waitingStatus(life.container, { reason: 'ContainerCreating' }),
  events: [],
  after: life.startMs,
});

function runStatus(
  life: Life,
  restartCount: number,
  state: Fields,
  more: Partial<ContainerStatus> = {},
): ContainerStatus {
  const { name, image } = life.container;
  const head = { name, image: fullName(image), imageID: life.imageID, containerID: life.containerID(restartCount) };
  return { ...head, ready: false, started: false, restartCount, state, lastState: {}, ...more };
}

const normal = (reason: string, message: string) => ({ type: 'Normal' as const, reason, message });
const warning = (reason: string, message: string) => ({ type: 'Warning' as const, reason, message });

const pulled = ({ container }: Life) =>
  normal('Pulled', `Container image "${container.image}" already present on machine`);
const started = (life: Life) => [
  pulled(life),
  normal('Created', `Created container ${life.container.name}`),
  normal('Started', `Started container ${life.container.name}`),
];

function* wellBehaved(life: Life): Moments {
  yield creating(life);
  const startedAt = life.stamp();
  if (life.init) {
    const terminated = {
      containerID: life.containerID(0),
      exitCode: 0,
      reason: 'Completed',
      startedAt,
      finishedAt: startedAt,
    };
    yield { status: runStatus(life, 0, { terminated }, { ready: true }), events: started(life), after: 0 };
  } else {
    const status = runStatus(life, 0, { running: { startedAt } }, { ready: true, started: true });
    yield { status, events: started(life), after: 0 };
  }
}

function* neverReady(life: Life): Moments {
  yield creating(life);
  const status = runStatus(life, 0, { running: { startedAt: life.stamp() } }, { started: true });
  yield { status, events: started(life), after: life.startMs };
  const unhealthy = warning('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503');
  for (let round = 0; ; round++) yield { status, events: [unhealthy], after: backoff(life, round) };
}

/** Running, terminated, waiting, running again: what a crash loop looks like depends on when you look. */
function* crashLoop(life: Life, exitCode: number, reason: string): Moments {
  yield creating(life);
  let lastState: Fields = {};
  for (let starts = 0; ; starts++) {
    const startedAt = life.stamp();
    yield {
      status: runStatus(life, starts, { running: { startedAt } }, { started: true, lastState }),
      events: started(life),
      after: life.startMs / 2,
    };
    const terminated = { containerID: life.containerID(starts), exitCode, finishedAt: life.stamp(), reason, startedAt };
    yield { status: runStatus(life, starts, { terminated }, { lastState }), events: [], after: life.startMs / 2 };
    lastState = { terminated };
    if (starts === 0) continue;
    yield backedOff(life, starts, lastState);
  }
}

function backedOff(life: Life, starts: number, lastState: Fields): Moment {
  const { name, namespace, uid } = life.pod.metadata;
  const seconds = Math.min(10 * 2 ** (starts - 1), 300);
  const said =
    seconds === 300 ? '5m0s' : seconds >= 60 ? `${Math.floor(seconds / 60)}m${seconds % 60}s` : `${seconds}s`;
  const message = `back-off ${said} restarting failed container=${life.container.name} pod=${name}_${namespace}(${uid})`;
  const status = runStatus(life, starts, { waiting: { message, reason: 'CrashLoopBackOff' } }, { lastState });
  const events = [warning('BackOff', 'Back-off restarting failed container')];
  return { status, events, after: backoff(life, starts - 1) };
}

const backoff = ({ backoffMs }: Life, round: number): number => backoffMs * Math.min(2 ** round, 16);

function* imageMissing(life: Life): Moments {
  const { image } = life.container;
  const name = fullName(image);
  const message = `rpc error: code = NotFound desc = failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${name}: not found`;
  for (let round = 0; ; round++) {
    yield {
      status: waitingStatus(life.container, { message, reason: 'ErrImagePull' }),
      events: [
        normal('Pulling', `Pulling image "${image}"`),
        warning('Failed', `Failed to pull image "${image}": ${message}`),
        warning('Failed', 'Error: ErrImagePull'),
      ],
      after: life.startMs,
    };
    yield {
      status: waitingStatus(life.container, {
        message: `Back-off pulling image "${image}"`,
        reason: 'ImagePullBackOff',
      }),
      events: [normal('BackOff', `Back-off pulling image "${image}"`), warning('Failed', 'Error: ImagePullBackOff')],
      after: backoff(life, round),
    };
  }
}

function* configMissing(life: Life): Moments {
  yield creating(life);
  const message = `configmap "${life.container.name}-config" not found`;
  const status = waitingStatus(life.container, { message, reason: 'CreateContainerConfigError' });
  const events = [pulled(life), warning('Failed', `Error: ${message}`)];
  for (let round = 0; ; round++) yield { status, events, after: backoff(life, round) };
}

function* imageInvalid(life: Life): Moments {
  const { image } = life.container;
  const message = `Failed to apply default image tag "${image}": couldn't parse image reference "${image}": invalid reference format`;
  const status = waitingStatus(life.container, { message, reason: 'InvalidImageName' });
  const events = [warning('InspectFailed', message), warning('Failed', 'Error: InvalidImageName')];
  for (let round = 0; ; round++) yield { status, events, after: backoff(life, round) };
}
