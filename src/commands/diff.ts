import { refuse } from '../errors.ts';
import { type Command, targetKey } from '../release/command.ts';
import { permit } from '../release/policy.ts';
import type { Reply } from '../release/view.ts';
import { targetWords } from './accept.ts';
import { no, yes } from './reply.ts';
import type { Request } from './request.ts';

/** What would change, or what the last release changed: versions and digests per container, and where to read the code. */
export async function diff({
  world,
  catalog,
  who,
  command,
}: Request<Extract<Command, { verb: 'diff' }>>): Promise<Reply> {
  const denied = permit(catalog, who, 'read', command.target);
  if (denied) return no(denied);
  const { active, recent } = await world.ledger.target(targetKey(command.target), 10);
  const last = recent.find((release) => release.phase === 'succeeded' || release.phase === 'rolled-back');
  const planned =
    active.find((release) => release.plan && (!command.version || release.plan.to === command.version)) ??
    (command.version ? undefined : last);
  const source = catalog.services[command.target.service]?.source?.github;
  const compare = (from: string, to: string) =>
    source
      ? [`Code: https://github.com/${source}/compare/${encodeURIComponent(from)}...${encodeURIComponent(to)}`]
      : [];
  if (planned?.plan) {
    const { from, to, places } = planned.plan;
    const lines = places.flatMap(({ place, containers }) =>
      containers.map(
        (c) =>
          `${place.cluster}/${place.namespace} ${place.kind}/${place.name} ${c.init ? 'init ' : ''}${c.name}: ${c.from.ref} → ${c.to.ref}`,
      ),
    );
    return yes({
      title: `${planned.id}: ${from} → ${to} on ${targetWords(command)}`,
      lines: [...lines.slice(0, 20), ...compare(from, to)],
      tone: 'told',
    });
  }
  const serving = last?.serving[0]?.version;
  if (!command.version || !serving)
    return no(
      refuse(
        'nothing-to-do',
        `Nothing was released to ${targetWords(command)} by me yet.`,
        'Name a version after the first release: "diff <service> <env> <version>".',
      ),
    );
  const lines = [
    serving === command.version
      ? 'It serves that version already.'
      : `Images of ${command.target.service} would change from ${serving} to ${command.version}; nothing else is written.`,
  ];
  return yes({
    title: `${serving} → ${command.version} on ${targetWords(command)}`,
    lines: [...lines, ...compare(serving, command.version)],
    tone: 'told',
  });
}
