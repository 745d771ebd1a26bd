import { type Crashes, crashes, ending, hasRecovered, loopAt, restarts } from './crashes.ts';
import type { Look, Sight } from './doom-rule.ts';
import { type ContainerView, isWaiting } from './pods.ts';
import { instant, isRecent } from './rollout-clock.ts';
import { attempts, clip, type Fact } from './rollout-events.ts';

/** The kubelet's own races and outages, in the words of a config error: it tries again and succeeds. */
const passing =
  /failed to sync .*cache|not (yet been read|registered)|timed out|deadline exceeded|connection refused|i\/o timeout|etcdserver|too many requests|try again/i;

/** A missing ConfigMap, Secret or key and a forbidden root user share one reason; only the message tells. */
export function configError(c: ContainerView): Sight | undefined {
  const said = c.status.state?.waiting?.message ?? '';
  if (!isWaiting(c, 'CreateContainerConfigError') || passing.test(said)) return undefined;
  const events = failures(c);
  const what = /non-root|runAsNonRoot|runAsUser/i.test(said) ? 'it would run as root, which its policy forbids' : said;
  return {
    doomed: true,
    message: `container ${c.name}: ${clip(what || 'its configuration cannot be used')}`,
    reason: 'CreateContainerConfigError',
    since: attempts(events).first ?? c.podCreated,
    events,
  };
}

/** No second start can help these: the command, its rights or its architecture are wrong. */
const hopeless =
  /no such file or directory|executable file not found|permission denied|exec format error|not a directory|is a directory/i;

/** The runtime could not start the process. Without a hopeless message it may be the node: three attempts. */
export function cannotStart(c: ContainerView, look: Look): Sight | undefined {
  const { state, lastState } = c.status;
  const end = [state?.terminated, lastState?.terminated].find((t) =>
    /StartError|ContainerCannotRun/.test(t?.reason ?? ''),
  );
  const isStuck = isWaiting(c, 'RunContainerError', 'CreateContainerError');
  if (state?.running || !(isStuck || (end && isRecent(instant(end.finishedAt), look)))) return undefined;
  const events = failures(c);
  const said =
    state?.waiting?.message && isStuck ? state.waiting.message : (end?.message ?? events.at(-1)?.message ?? '');
  const tried = Math.max(attempts(events).count, crashes(c, look)?.count ?? 1);
  return {
    doomed: hopeless.test(said) || tried >= 3,
    message: `container ${c.name} cannot be started: ${clip(innermost(said) || 'the runtime does not say why')}`,
    exitCode: end?.exitCode,
    reason: end?.reason ?? state?.waiting?.reason,
    since: attempts(events).first ?? instant(end?.finishedAt),
    events,
  };
}

/** Four layers of runtime wrap the one sentence that a person needs. */
const innermost = (said: string): string =>
  said.replace(/^.*unable to start container process: /s, '').replace(/: unknown$/, '');

export function outOfMemory(c: ContainerView, look: Look): Sight | undefined {
  const crash = crashes(c, look);
  return crash?.last.reason === 'OOMKilled' ? crashed(c, crash, look, limitOf(c)) : undefined;
}

const limitOf = (c: ContainerView): string => {
  const limit = c.spec?.resources?.limits?.memory;
  return limit ? ` of ${limit}` : '';
};

/**
 * A liveness kill ends with 0 where the process obeys SIGTERM and 137 where it does not: only the events tell it from
 * a process that ends by itself.
 */
export function livenessFailing(c: ContainerView, look: Look): Sight | undefined {
  const crash = crashes(c, look);
  if (!crash) return undefined;
  const probes = c.events.filter((e) => /(liveness|startup) probe/i.test(e.message) && isRecent(e.last, look));
  const kills = attempts(probes.filter((e) => e.reason === 'Killing')).count;
  const endsLikeAKill = [0, 137, 143].includes(crash.last.exitCode);
  if (probes.length === 0 || !(endsLikeAKill || kills >= crash.count)) return undefined;
  const probe = probes.some((e) => /liveness/i.test(e.message)) ? 'liveness' : 'startup';
  const message = `container ${c.name} fails its ${probe} probe and is restarted (${restarts(c.status.restartCount)})`;
  return { ...crashed(c, crash, look), message, events: probes };
}

export function initFailing(c: ContainerView, look: Look): Sight | undefined {
  const crash = crashes(c, look);
  return crash && c.init && !c.sidecar ? crashed(c, crash, look) : undefined;
}

export function crashLoop(c: ContainerView, look: Look): Sight | undefined {
  const crash = crashes(c, look);
  return crash ? crashed(c, crash, look) : undefined;
}

function crashed(c: ContainerView, crash: Crashes, look: Look, tail = ''): Sight {
  const kind = c.init ? 'init container' : 'container';
  return {
    doomed: crash.count >= loopAt && !hasRecovered(c, crash, look),
    message: `${kind} ${c.name} ${ending(crash.last)}${tail} (${restarts(c.status.restartCount)})`,
    exitCode: crash.last.exitCode,
    reason: crash.last.reason ?? c.status.state?.waiting?.reason,
    since: crash.at,
    events: c.events.filter((e) => ['BackOff', 'Unhealthy', 'Killing'].includes(e.reason)),
  };
}

/** What the kubelet said when it could not make or start the container; what it says about images is not of it. */
const failures = (c: ContainerView): Fact[] =>
  c.events.filter(
    (e) => e.reason === 'Failed' && /^Error: (?!ErrImage|ImagePullBackOff|InvalidImageName)/.test(e.message),
  );
