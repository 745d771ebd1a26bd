import { findTarget } from '../config/catalog.ts';
import { isRefusal } from '../errors.ts';
import { readGates } from '../gate-facts.ts';
import type { Command, DeployCommand } from '../release/command.ts';
import { closedGates } from '../release/gates.ts';
import { placeKey } from '../release/plan.ts';
import { permit } from '../release/policy.ts';
import type { Reply } from '../release/view.ts';
import { parseWhen } from '../time.ts';
import { targetWords } from './accept.ts';
import { judge } from './deploy.ts';
import { no, yes } from './reply.ts';
import type { Request } from './request.ts';

/**
 * What a deploy would do, without doing it. The gateway knows catalog and ledger only: the digest and the workloads
 * are read by a worker when the deploy is asked for, and the answer says so.
 */
export async function planQuestion(request: Request<Extract<Command, { verb: 'plan' }>>): Promise<Reply> {
  const { world, catalog, who, command } = request;
  const denied = permit(catalog, who, 'read', command.deploy.target);
  if (denied) return no(denied);
  const { deploy } = command;
  const when = deploy.at === undefined ? undefined : parseWhen(deploy.at, (await world.ledger.read([])).now, 'UTC');
  if (isRefusal(when)) return no(when);
  const gates = await readGates(world, deploy.target, { startAt: when?.at });
  const not = judge({ ...request, command: deploy });
  const closed = closedGates(gates.facts).map(
    ({ gate, refusal }) => `Gate ${gate} is closed: ${refusal.say} ${refusal.hint}`,
  );
  return yes({
    title: `Plan: deploy ${deploy.version} to ${targetWords(deploy)}${when ? `, ${when.say}` : ''}`,
    lines: [
      ...stepLines(request, deploy),
      ...approvalLine(request, deploy),
      ...(closed.length > 0 ? closed : ['Gates freeze and lock are open.']),
      ...(not ? [`You: ${not.say} ${not.hint}`] : []),
    ],
    hint: 'The digest, staging first, quarantine and the workloads are read when you ask for the deploy, before anything is written.',
    tone: 'told',
  });
}

function stepLines({ catalog }: Request<Command>, deploy: DeployCommand): string[] {
  const spec = findTarget(catalog, deploy.target);
  const strategy = deploy.strategy ?? spec?.strategy ?? 'rolling';
  const places = (spec?.places ?? []).map(({ place }, index) => `${index + 1}. ${strategy} at ${placeKey(place)}`);
  const checks = [
    ...(spec?.checks.before ?? []).map((one) => `before: ${one.name}`),
    ...(spec?.checks.after ?? []).map((one) => `after: ${one.name}`),
  ];
  return [...places, ...(checks.length > 0 ? [`Checks ${checks.join(', ')}`] : [])];
}

function approvalLine({ catalog }: Request<Command>, deploy: DeployCommand): string[] {
  const { required, from } = catalog.environments[deploy.target.environment]!.approvals;
  return required === 0
    ? ['No approval is needed.']
    : [`${required} approval${required > 1 ? 's' : ''} by ${from.join(' or ')}, not by you.`];
}
