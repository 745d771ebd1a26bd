import type { Happened } from '../../src/release/event.ts';
import { finishedPhases } from '../../src/release/release.ts';
import { type Evidence, type Violation, violation } from './check.ts';
import type { Request } from './history.ts';

/** I1: what was acknowledged happened, once, and came to an end; what was not acknowledged happened at most once. */
export function checkCommands({ history, ledger }: Evidence): Violation[] {
  const effects = effectsByReason(ledger.releases);
  return [
    ...history.requests.flatMap((request) => judge(request, effects.get(`c${request.n}`) ?? [], ledger.releases)),
    ...history.contradictions.map((say) => violation('duplicated', say)),
    ...ledger.releases.flatMap(unfinished),
  ];
}

interface Effect {
  release: string;
  rev: number;
  type: string;
}

type Releases = Evidence['ledger']['releases'];

/** Every command carries its number as its reason; so does each event that it caused. */
function effectsByReason(releases: Releases): Map<string, Effect[]> {
  const effects = new Map<string, Effect[]>();
  for (const { id, events } of releases) {
    for (const happened of events) {
      const reason = reasonOf(happened);
      if (reason === undefined) continue;
      const effect = { release: id, rev: happened.rev, type: happened.event.type };
      effects.set(reason, [...(effects.get(reason) ?? []), effect]);
    }
  }
  return effects;
}

function reasonOf({ event }: Happened): string | undefined {
  switch (event.type) {
    case 'requested':
      return event.command.reason;
    case 'approved':
      return event.approval.reason;
    case 'controlled':
    case 'rejected':
      return event.reason;
    default:
      return undefined;
  }
}

function judge(request: Request, effects: Effect[], releases: Releases): Violation[] {
  const { n, text, outcome, said } = request;
  const what = `c${n} "${text}" (${outcome}: "${said}")`;
  const told = effects.map(({ release, rev, type }) => `${type} ${release}@${rev}`).join(', ');
  if (effects.length > 1) return [violation('duplicated', `${what} had ${effects.length} effects: ${told}`)];
  if (outcome === 'refused' && effects.length > 0)
    return [violation('duplicated', `${what} was refused, yet: ${told}`)];
  if (outcome !== 'accepted') return [];
  if (!releases.some(({ id }) => id === request.release))
    return [violation('lost', `${what}: there is no release ${request.release}`)];
  if (request.joined) return [];
  if (effects.length === 0) return [violation('lost', `${what} had no effect`)];
  if (effects[0]!.release !== request.release)
    return [violation('lost', `${what} named ${request.release}, but its effect is ${told}`)];
  return [];
}

function unfinished({ id, snapshot }: Releases[number]): Violation[] {
  if ((finishedPhases as readonly string[]).includes(snapshot.phase)) return [];
  const why = JSON.stringify(snapshot.trouble ?? snapshot.retryingWhat ?? snapshot.waitingFor ?? '');
  return [violation('lost', `${id} never ended: ${snapshot.phase} ${why}`)];
}
