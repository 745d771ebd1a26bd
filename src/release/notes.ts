import { logsOf } from '../decision/explain.ts';
import { causes } from '../deployment/rollout.ts';
import { describe, duration } from '../time.ts';
import { byHand } from './by-hand.ts';
import { headline, servingWords } from './card.ts';
import type { EventType, Person, ReleaseEvent } from './event.ts';
import type { Release } from './release.ts';
import type { Mention, NoteView, Tone } from './view.ts';

/** A line for the thread, and whether it is also shown in the channel: only failure and rollback are. */
export interface Noted {
  note: NoteView;
  loud: boolean;
}

/** Whom to call when approvals are needed; the groups of a role come from the catalog. */
export interface Calling {
  approvers: Mention[];
}

type Of<T extends EventType> = Extract<ReleaseEvent, { type: T }>;
type Line<T extends EventType> = (event: Of<T>, release: Release, calling: Calling) => Noted | undefined;

const quiet = (tone: Tone, text: string, rest: Partial<NoteView> = {}): Noted => ({
  note: { kind: 'note', tone, text, mentions: [], ...rest },
  loud: false,
});
const loud = (tone: Tone, text: string, rest: Partial<NoteView> = {}): Noted => ({
  ...quiet(tone, text, rest),
  loud: true,
});

export const mentionOf = ({ actor, name }: Person): Mention => ({
  person: actor.id,
  surface: actor.surface,
  tenant: actor.tenant,
  name,
});

const because = (reason: string | undefined): string => (reason ? `: ${reason}` : '');

/** What was asked for, in the words in which it is typed. */
function wish({ command, target: { service, environment } }: Release): string {
  if (command.verb === 'deploy') return `deploy ${service} ${command.version} to ${environment}`;
  return `roll back ${service} in ${environment}${command.to === undefined ? '' : ` to ${command.to}`}`;
}

/** One function an event that people should read about; the others only move the card. */
const lines: { [T in EventType]?: Line<T> } = {
  requested: ({ by, command }, release) =>
    quiet('working', `${by.name} asked: ${wish(release)}${because(command.reason)}`),
  planned: (_, release, calling) => planned(release, calling),
  replanned: ({ why }, release, calling) => ({ ...planned(release, calling, `The plan was made anew: ${why}. `) }),
  refused: ({ refusal }, release) =>
    quiet('stopped', `${refusal.say} ${refusal.hint}`, { mentions: [mentionOf(release.by)] }),
  approved: ({ approval }) => quiet('good', `Approved by ${approval.by.name}${because(approval.reason)}`),
  rejected: ({ by, reason }, release) =>
    quiet('stopped', `Rejected by ${by.name}: ${reason}`, { mentions: [mentionOf(release.by)] }),
  expired: (_, release) =>
    quiet('stopped', `Nobody approved in time. Ask again when somebody can.`, { mentions: [mentionOf(release.by)] }),
  'approvals-lapsed': ({ why }, _, calling) =>
    quiet('waiting', `It must be approved again: ${why}.`, { mentions: calling.approvers }),
  started: (_, release) =>
    quiet('working', 'Started. To do it by hand instead, take over first; I will stand back.', {
      code: byHand(release),
    }),
  'failed-before-write': ({ refusal }, release) =>
    quiet('bad', `${refusal.say} ${refusal.hint}`, { mentions: [mentionOf(release.by)] }),
  'rolled-out': (_, release) => quiet('working', `${release.plan?.to} is rolled out; now it must stay well.`),
  succeeded: (_, release) =>
    quiet(
      'good',
      `Succeeded after ${duration((release.finishedAt ?? 0) - release.requestedAt)}. Serving ${servingWords(release)}.`,
      { mentions: [mentionOf(release.by)] },
    ),
  'verdict-failed': ({ finding }, release) =>
    quiet(
      'bad',
      `${release.plan?.to} ${causes[finding.cause].say}: ${finding.message}. Going back to ${release.plan?.from}.`,
    ),
  evidence: ({ evidence }) => evidenceNote(evidence),
  controlled: ({ by, verb, reason }) =>
    quiet('working', `${by.name}: ${verb.replace('-', ' ')}${because(reason)}`, { page: verb === 'hold' }),
  'rolled-back': (_, release) => loud('bad', rolledBack(release), { mentions: [mentionOf(release.by)] }),
  'recovery-failed': ({ trouble }, release) =>
    loud('bad', `${release.id}: ${trouble.say}. ${trouble.hint}`, {
      mentions: [mentionOf(release.by)],
      code: byHand(release),
      page: true,
    }),
  errored: ({ trouble }, release) =>
    loud(
      'bad',
      `${release.id} ${release.phase === 'paused' ? 'is paused' : 'is held'}: ${trouble.say}. ${trouble.hint}`,
      {
        mentions: [mentionOf(release.by)],
        page: true,
      },
    ),
};

/** The line of one event; undefined when the card alone says it. `release` is as it was after the event. */
export function noteOf(event: ReleaseEvent, release: Release, calling: Calling): Noted | undefined {
  const line = lines[event.type] as Line<EventType> | undefined;
  const noted = line?.(event as never, release, calling);
  if (!noted?.note.page) return noted;
  return { ...noted, note: { ...noted.note, headline: headline(release) } };
}

function planned(release: Release, calling: Calling, first = ''): Noted {
  const plan = release.plan!;
  const digests = plan.places.flatMap(({ containers }) =>
    containers.map((c) => `${c.init ? 'init ' : ''}${c.name}: ${c.from.ref}\n  → ${c.to.ref}`),
  );
  const needs =
    release.phase === 'awaiting-approval'
      ? ` It needs ${plan.approvals.required} of ${plan.approvals.from.join(' or ')}, until ${describe(release.expiresAt ?? 0, 'UTC')}.`
      : '';
  const text = `${first}Planned: ${plan.from} → ${plan.to}, ${plan.strategy}, plan ${release.planHash?.slice(0, 12)}.${overrideWords(release)}${needs}`;
  return quiet(needs ? 'waiting' : 'working', text, {
    code: [...new Set(digests)].join('\n'),
    mentions: needs ? calling.approvers : [],
  });
}

/** Who passes a gate in an emergency says so before everybody; it is looked at again afterwards. */
function overrideWords({ plan, by, command }: Release): string {
  if (!plan || plan.overridden.length === 0) return '';
  return ` ${by.name} overrides ${plan.overridden.join(', ')}${because(command.reason)}. Review it afterwards.`;
}

function evidenceNote(evidence: Of<'evidence'>['evidence']): Noted {
  const { finding } = evidence;
  const events = finding.events.slice(-3).map((event) => `${event.reason} (×${event.count}): ${event.message}`);
  const told = finding.exitCode === undefined || finding.message.includes(`code ${finding.exitCode}`);
  const exit = told ? '' : `, exit code ${finding.exitCode}`;
  const where = [finding.pod && `pod ${finding.pod}`, finding.container && `container ${finding.container}`]
    .filter(Boolean)
    .join(', ');
  const text = [
    `Evidence: ${finding.message}${exit} (${where || evidence.place})`,
    ...events,
    ...evidence.missing.map((one) => `Missing: ${one}`),
  ].join('\n');
  return quiet('bad', text, { code: logsOf(evidence) });
}

function rolledBack(release: Release): string {
  const cause = release.finding
    ? ` Cause: ${release.finding.message}.`
    : (release.stoppedBy && ` ${release.stoppedBy.by.name} asked for it${because(release.stoppedBy.reason)}.`) || '';
  const took = release.returning
    ? ` The way back took ${tookWords((release.finishedAt ?? 0) - release.returning.since)}.`
    : '';
  return `${release.target.service} in ${release.target.environment} rolled back (${release.id}): serving ${servingWords(release)}.${cause}${took}`;
}

/** Never "0 s": pods of the old version often still run, and then the way back is a matter of milliseconds. */
const tookWords = (ms: number): string => (ms < 500 ? 'less than a second' : duration(ms));
