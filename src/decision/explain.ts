import { causes } from '../deployment/rollout.ts';
import type { Evidence } from '../release/event.ts';
import { placeKey } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import { phaseWords } from '../release/words.ts';

/** Why a release is where it is, from its evidence alone. Log lines stay data: they go into `code`, as they came. */
export function explain(release: Release): { title: string; lines: string[]; code?: string } {
  const title = `${release.id}: ${phaseWords[release.phase]}`;
  if (release.finding) return { title, lines: findingLines(release), code: logsOf(release.evidence) };
  if (release.trouble) return { title, lines: [sentence(release.trouble.say), release.trouble.hint] };
  if (release.refusal) return { title, lines: [sentence(release.refusal.say), release.refusal.hint] };
  if (release.stoppedBy)
    return {
      title,
      lines: [
        `${release.stoppedBy.verb} by ${release.stoppedBy.by.name}${release.stoppedBy.reason ? `: ${release.stoppedBy.reason}` : ''}`,
      ],
    };
  const doing = release.waitingFor ? [`Waiting for ${release.waitingFor}.`] : [];
  return {
    title,
    lines: [
      ...doing,
      ...release.troubles.map((one) => `Seen: ${one}`),
      ...(doing.length + release.troubles.length === 0 ? ['Nothing went wrong.'] : []),
    ],
  };
}

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

function findingLines(release: Release): string[] {
  const finding = release.finding!;
  const place = release.failedPlace === undefined ? undefined : release.plan?.places[release.failedPlace]?.place;
  const where = [
    place && placeKey(place),
    finding.pod && `pod ${finding.pod}`,
    finding.container && `${finding.init ? 'init ' : ''}container ${finding.container}`,
  ];
  const exit =
    finding.exitCode === undefined
      ? []
      : [`Exit code ${finding.exitCode}${finding.restarts ? `, ${finding.restarts} restarts` : ''}`];
  return [
    `${release.plan?.to ?? 'The version'} ${causes[finding.cause].say}: ${sentence(finding.message)}`,
    `Where: ${where.filter(Boolean).join(', ')}`,
    ...exit,
    ...finding.events
      .slice(-3)
      .map((event) => `Event ${event.reason} (×${event.count}) on ${event.object}: ${event.message}`),
    ...(release.evidence?.missing ?? []).map((one) => `Missing: ${one}`),
    ...(release.quarantined
      ? [
          `Its digest is held back: "release ${release.target.service} ${release.target.environment} from quarantine because …" lifts that.`,
        ]
      : []),
  ];
}

/** The last lines of each container that was read, shortest first: the useful one is often short. */
export function logsOf(evidence: Evidence | undefined): string | undefined {
  const logs = [...(evidence?.logs ?? [])]
    .filter((log) => log.lines.length > 0)
    .sort((a, b) => a.lines.length - b.lines.length);
  if (logs.length === 0) return undefined;
  return logs
    .map(
      (log) => `# ${log.pod} ${log.container}${log.previous ? ' (before its restart)' : ''}\n${log.lines.join('\n')}`,
    )
    .join('\n\n');
}
