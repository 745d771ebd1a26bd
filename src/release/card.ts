import { riskPoints } from '../decision/risk.ts';
import { causes } from '../deployment/rollout.ts';
import { describe, duration } from '../time.ts';
import { buttonsOf } from './card-buttons.ts';
import { type Plan, placeKey } from './plan.ts';
import { isFinished, type Release } from './release.ts';
import type { CardView, Tone } from './view.ts';
import { phaseWords } from './words.ts';

/** The one card of a release, from its state alone. `now` in ms of the ledger's clock; `warnings` are the ledger's own. */
export function cardOf(release: Release, now: number, warnings: readonly string[] = []): CardView {
  return {
    kind: 'release',
    release: release.id,
    rev: release.rev,
    final: isFinished(release),
    tone: toneOf(release),
    headline: headline(release),
    facts: factsOf(release),
    steps: stepsOf(release, now),
    buttons: buttonsOf(release, now),
    footer: [`${release.id}`, ...warnings.map((one) => `UNSAFE: ${one}`)].join(' · '),
  };
}

const tones: Partial<Record<Release['phase'], Tone>> = {
  'awaiting-approval': 'waiting',
  scheduled: 'waiting',
  queued: 'waiting',
  paused: 'waiting',
  succeeded: 'good',
  recovering: 'bad',
  'rolled-back': 'bad',
  failed: 'bad',
  errored: 'bad',
  refused: 'stopped',
  rejected: 'stopped',
  expired: 'stopped',
  cancelled: 'stopped',
  'taken-over': 'stopped',
};

const toneOf = (release: Release): Tone => tones[release.phase] ?? 'working';

/** First line, for a phone's lock screen: what, where, its state in capitals, what serves, the cause. */
export function headline(release: Release): string {
  const state = `${phaseWords[release.phase]}${release.held ? ' (held)' : ''}`.toUpperCase();
  const parts = [`${release.target.service} ${release.target.environment}`, state, ...tail(release)];
  return parts.join(' · ');
}

function tail(release: Release): string[] {
  const goal = goalOf(release);
  switch (release.phase) {
    case 'succeeded':
    case 'rolled-back':
      return [`serving ${servingWords(release)}`, ...causeWords(release)];
    case 'recovering':
      return [`going back to ${release.plan?.from ?? 'what ran before'}`, ...causeWords(release)];
    case 'failed':
      return release.touched.length > 0
        ? [`${goal}, the way back failed too`, ...causeWords(release)]
        : [goal, 'nothing changed'];
    case 'paused':
    case 'errored':
      return [
        goal,
        ...(release.trouble ? [release.trouble.say] : []),
        ...(release.stoppedBy ? [`by ${release.stoppedBy.by.name}`] : []),
      ];
    case 'refused':
      return [goal, release.refusal?.say ?? ''];
    default:
      return [
        goal,
        ...(release.waitingFor ? [`waiting for ${release.waitingFor}`] : []),
        ...(release.retryingWhat ? [`trying again: ${release.retryingWhat}`] : []),
      ];
  }
}

export const goalOf = (release: Release): string => {
  if (release.command.verb === 'deploy') return release.command.version;
  return `back to ${release.plan?.to ?? release.command.to ?? 'the previous version'}`;
};

const causeWords = (release: Release): string[] => (release.finding ? [`cause: ${release.finding.message}`] : []);

/** `2.4.0, healthy`: never "degraded" for a target that serves well. */
export function servingWords(release: Release): string {
  const all = release.serving.map((one) => `${one.version}, ${one.healthy ? 'healthy' : 'not healthy'}`);
  return [...new Set(all)].join('; ') || (release.plan?.to ?? 'unknown');
}

type Fact = CardView['facts'][number];
const fact = (label: string, text: string | undefined): Fact[] => (text ? [{ label, text }] : []);

function factsOf(release: Release): Fact[] {
  const { plan, command } = release;
  const cause = release.finding && `${plan?.to ?? ''} ${causes[release.finding.cause].say}: ${release.finding.message}`;
  return [
    // Who is woken by this reads these two and no more.
    ...fact('Cause', cause),
    ...fact('Next', release.trouble?.hint ?? release.refusal?.hint),
    ...fact('Asked by', `${askerOf(release)}${command.reason ? `: ${command.reason}` : ''}`),
    ...fact('Version', plan ? versionWords(plan) : goalOf(release)),
    ...fact('Pods', podWords(release)),
    ...fact('Seen', release.troubles.slice(0, 2).join('; ') || undefined),
    ...fact('Change', changeWords(release)),
    ...fact('Approval', approvalWords(release)),
    ...fact(
      'Overridden',
      plan && plan.overridden.length > 0 ? `${plan.overridden.join(', ')}, by ${release.by.name}` : undefined,
    ),
    ...fact('No safe return', plan && noReturnWords(plan)),
    ...fact(
      'Strategy',
      plan && `${plan.strategy}${plan.places.length > 1 ? `, ${plan.places.length} places one after another` : ''}`,
    ),
    ...fact('Risk', plan && riskWords(release)),
    ...fact('Starts', release.phase === 'scheduled' && plan?.at !== undefined ? describe(plan.at, 'UTC') : undefined),
    ...fact(
      'Took',
      release.finishedAt === undefined || release.touched.length === 0
        ? undefined
        : duration(release.finishedAt - release.requestedAt),
    ),
  ];
}

/** A tag that was moved has the same name on both sides: then only the digests tell the two apart. */
function versionWords({ from, to, places }: Plan): string {
  if (from !== to) return `${from} → ${to}`;
  const [container] = places.flatMap(({ containers }) => containers);
  const short = (digest: string | undefined) => digest?.slice(0, 'sha256:'.length + 12) ?? 'unknown digest';
  return `${from} → ${to}, which is another image now: ${short(container?.from.digest)} → ${short(container?.to.digest)}`;
}

const noReturnWords = ({ places }: Plan): string | undefined =>
  places.every((one) => one.returnPoint.pullable) ? undefined : 'an image that runs now cannot be pulled any more';

const askerOf = ({ by, onBehalfOf }: Release): string => (onBehalfOf ? `${by.name} for ${onBehalfOf}` : by.name);

function changeWords({ change, ticket }: Release): string | undefined {
  const parts = [change?.commit?.slice(0, 12), change?.authors?.join(', '), change?.link, ticket];
  return parts.filter(Boolean).join(' · ') || undefined;
}

function approvalWords(release: Release): string | undefined {
  const { plan, approvals } = release;
  if (!plan || plan.approvals.required === 0) return undefined;
  const { required, from } = plan.approvals;
  const given = approvals.map((one) => one.by.name).join(', ');
  if (approvals.length >= required) return `by ${given}`;
  const missing = `${required - approvals.length} of ${from.join(' or ')}, not ${release.by.name}`;
  const until = release.expiresAt === undefined ? '' : `, until ${describe(release.expiresAt, 'UTC')}`;
  const again = release.replanned ? ` (again: ${release.replanned})` : '';
  return release.phase === 'awaiting-approval'
    ? `needs ${missing}${until}${given ? `; yes from ${given}` : ''}${again}`
    : undefined;
}

function riskWords(release: Release): string {
  const factors = release.plan?.risk ?? [];
  const sum = riskPoints(factors);
  const shares = factors.map(({ say, points }) => (factors.length > 1 ? `${say} ${points}` : say));
  return sum === 0 ? '0, nothing special' : `${sum}: ${shares.join(' + ')}`;
}

/** One number for people, and what users feel. */
function podWords(release: Release): string | undefined {
  const { counts, plan } = release;
  if (!counts || !plan || isFinished(release)) return undefined;
  const version = release.phase === 'recovering' ? plan.from : plan.to;
  const impact = counts.available >= counts.desired ? ' · user impact: none' : '';
  return `${version} on ${counts.updatedReady} of ${counts.desired} pods, ${counts.available} of ${counts.desired} available${impact}`;
}

function stepsOf(release: Release, now: number): CardView['steps'] {
  const { plan } = release;
  if (!plan) return [];
  return plan.places.flatMap((place, index) =>
    place.steps.map((step, number) => {
      const started = release.steps.find((one) => one.place === index && one.step === number);
      const what = step.kind === 'scale' ? `scale to ${step.replicas}` : `apply ${plan.to}`;
      const took =
        started && duration((started.settledAt ?? release.failedAt ?? release.finishedAt ?? now) - started.startedAt);
      return { text: `${what} at ${placeKey(place.place)}`, state: stateOf(release, index, started), elapsed: took };
    }),
  );
}

function stateOf(
  release: Release,
  place: number,
  started: Release['steps'][number] | undefined,
): CardView['steps'][number]['state'] {
  if (!started) return 'todo';
  if (release.failedPlace === place) return 'failed';
  if (started.settledAt !== undefined) return 'done';
  return isFinished(release) || release.phase === 'recovering' ? 'failed' : 'now';
}
