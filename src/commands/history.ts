import { refuse } from '../errors.ts';
import { type Command, type Target, targetKey } from '../release/command.ts';
import { may } from '../release/policy.ts';
import type { Release } from '../release/release.ts';
import type { Reply } from '../release/view.ts';
import { phaseWords } from '../release/words.ts';
import { ago, duration } from '../time.ts';
import { no, yes } from './reply.ts';
import type { Request } from './request.ts';

/** The last ten releases of a service, newest first. */
export async function history({
  world,
  catalog,
  who,
  command,
}: Request<Extract<Command, { verb: 'history' }>>): Promise<Reply> {
  const environments = command.environment
    ? [command.environment]
    : Object.keys(catalog.services[command.service]?.targets ?? {});
  const targets: Target[] = environments.map((environment) => ({ service: command.service, environment }));
  const visible = targets.filter((target) => may(catalog, who, 'read', target));
  if (visible.length === 0)
    return no(refuse('not-entitled', `You may not read ${command.service}.`, 'Ask for a role that may read.'));
  const read = await Promise.all(visible.map((target) => world.ledger.target(targetKey(target), 10)));
  const now = Math.max(...read.map((one) => one.now));
  const all = read.flatMap(({ active, recent }) => [...active, ...recent]);
  const releases = [...new Map(all.map((release) => [release.id, release])).values()]
    .sort((a, b) => b.requestedAt - a.requestedAt)
    .slice(0, 10);
  const lines = releases.map((release) => line(release, now));
  return yes({
    title: `History: ${command.service}${command.environment ? ` in ${command.environment}` : ''}`,
    lines: lines.length > 0 ? lines : ['No release yet.'],
    tone: 'told',
  });
}

function line(release: Release, now: number): string {
  const goal =
    release.command.verb === 'deploy'
      ? release.command.version
      : `back to ${release.plan?.to ?? release.command.to ?? 'the previous version'}`;
  const took = release.finishedAt === undefined ? '' : ` in ${duration(release.finishedAt - release.requestedAt)}`;
  const why = release.finding
    ? `: ${release.finding.message}`
    : (release.refusal?.say ?? '') && `: ${release.refusal?.say}`;
  return `${release.id} ${release.target.environment} ${goal}: ${phaseWords[release.phase]}${took}, ${ago(Math.max(0, now - release.requestedAt))}, ${release.by.name}${why}`;
}
