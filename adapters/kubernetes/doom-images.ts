import type { Look, Sight } from './doom-rule.ts';
import { type ContainerView, isWaiting } from './pods.ts';
import { attempts, type Fact } from './rollout-events.ts';

type Kind = 'not-found' | 'unauthorized' | 'unavailable' | 'no-disk' | 'unknown';

interface PullFailure {
  kind: Kind;
  /** The registry's words. */
  detail: string;
  attempts: number;
  since?: number;
  events: Fact[];
}

/** In this order: a registry that limits or hides answers with words of the others, too. */
const kinds: [Kind, RegExp][] = [
  ['no-disk', /no space left|disk quota/i],
  [
    'unavailable',
    /\b429\b|too ?many ?requests|rate limit|time(d )?out|deadline exceeded|no such host|server misbehaving|temporary failure|connection (refused|reset)|unreachable|no route to host|\bEOF\b|TLS handshake|x509|\b50[0-4]\b|service unavailable|bad gateway/i,
  ],
  [
    'unauthorized',
    /\b40[13]\b|unauthorized|denied|forbidden|authentication required|authorization failed|no basic auth|signature/i,
  ],
  [
    'not-found',
    /not ?found|manifest unknown|name unknown|no such (image|manifest)|no match(ing manifest| for platform)/i,
  ],
];

/** Classes a pull error by what the registry said, blind to the image's own name (`my/not-found:401` is a name). */
function classify(detail: string): Kind {
  const words = detail
    .replace(/"[^"]*"|\[[^\]]*\]/g, ' ')
    .replace(/[\w.:@-]+\/[\w./:@-]+/g, (name) => (name.endsWith(':') ? ': ' : ' '));
  return kinds.find(([, pattern]) => pattern.test(words))?.[0] ?? 'unknown';
}

/**
 * Why the image of a waiting container is not there. ErrImagePull and ImagePullBackOff alternate and only the first
 * carries the cause, so the cause comes from the newest event that does, and the count from the attempts.
 */
function pullFailure(c: ContainerView): PullFailure | undefined {
  const waiting = c.status.state?.waiting;
  if (isWaiting(c, 'ErrImageNeverPull'))
    return { kind: 'not-found', detail: 'it is not on the node and may not be pulled', attempts: 1, events: [] };
  if (!isWaiting(c, 'ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable', 'SignatureValidationFailed')) return;
  const events = c.events.filter((e) => e.reason === 'Failed' && e.message.startsWith('Failed to pull image'));
  const tried = attempts(events);
  const fromEvent = events.at(-1)?.message.replace(/^Failed to pull image "[^"]*":\s*/, '');
  const detail = isWaiting(c, 'ErrImagePull') && waiting?.message ? waiting.message : (fromEvent ?? waiting?.message);
  return {
    kind: classify(detail ?? ''),
    detail: lastWords(detail ?? 'the cluster does not say why'),
    attempts: Math.max(1, tried.count),
    since: tried.first,
    events,
  };
}

/** The innermost cause of a wrapped error: `401 Unauthorized`, not the three sentences before it. */
const lastWords = (detail: string): string => detail.split(': ').at(-1)?.trim() || detail;

const sight = (c: ContainerView, { detail, attempts: n, since, events }: PullFailure, doomed: boolean): Sight => ({
  doomed,
  message: `container ${c.name}: image ${c.image} cannot be pulled: ${detail} (${n === 1 ? '1 attempt' : `${n} attempts`})`,
  reason: c.status.state?.waiting?.reason,
  since: since ?? c.podCreated,
  events,
});

export function invalidImage(c: ContainerView): Sight | undefined {
  if (!isWaiting(c, 'InvalidImageName')) return undefined;
  const events = c.events.filter((e) => e.reason === 'InspectFailed' || e.message.includes('InvalidImageName'));
  const message = `container ${c.name}: "${c.image}" is not a valid image name`;
  return { doomed: true, message, reason: 'InvalidImageName', since: attempts(events).first ?? c.podCreated, events };
}

/** What a registry does not have it will not have in a minute: fatal at once. */
export function imageNotFound(c: ContainerView): Sight | undefined {
  const failure = pullFailure(c);
  return failure?.kind === 'not-found' ? sight(c, failure, true) : undefined;
}

/** Tokens are refreshed between two attempts, so the first no is not an answer; the second is. */
export function pullUnauthorized(c: ContainerView): Sight | undefined {
  const failure = pullFailure(c);
  return failure?.kind === 'unauthorized' ? sight(c, failure, failure.attempts >= 2) : undefined;
}

/** Limits, outages and what we cannot read: three attempts or a minute, and never the version's fault. */
export function registryUnavailable(c: ContainerView, look: Look): Sight | undefined {
  const failure = pullFailure(c);
  if (failure?.kind !== 'unavailable' && failure?.kind !== 'unknown') return undefined;
  const since = failure.since ?? c.podCreated ?? look.now;
  return sight(c, failure, failure.attempts >= 3 || look.now - since >= 60_000);
}

/** A node without room for the image: three attempts show that the kubelet's own clean-up did not help. */
export function nodeDiskFull(c: ContainerView): Sight | undefined {
  const failure = pullFailure(c);
  return failure?.kind === 'no-disk' ? sight(c, failure, failure.attempts >= 3) : undefined;
}
