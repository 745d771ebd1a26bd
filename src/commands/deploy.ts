import { findTarget } from '../config/catalog.ts';
import { availableStrategies, isAvailable } from '../deployment/strategies/table.ts';
import { isRefusal, type Refusal, refuse } from '../errors.ts';
import { readGates } from '../gate-facts.ts';
import { type DeployCommand, targetKey } from '../release/command.ts';
import { closedGates, firstClosed } from '../release/gates.ts';
import { keys } from '../release/keys.ts';
import { canonicalJson } from '../release/plan.ts';
import { permit } from '../release/policy.ts';
import { isFinished, type Release } from '../release/release.ts';
import type { Reply } from '../release/view.ts';
import { parseWhen } from '../time.ts';
import { acceptRelease, targetWords, tooBusy } from './accept.ts';
import { no, replyTo, tries, yes } from './reply.ts';
import { onlyOnce, type Request } from './request.ts';

/** Asks for a release. Gates that the gateway can judge are judged now, so that a no comes at once. */
export async function deployCommand(request: Request<DeployCommand>): Promise<Reply> {
  const entitled = judge(request);
  if (entitled) return no(entitled);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const reply = await once(request);
    if (reply !== 'again') return reply;
  }
  return tooBusy(targetWords(request.command));
}

/** Everything that needs neither ledger nor cluster. */
export function judge({ catalog, who, command }: Request<DeployCommand>): Refusal | undefined {
  const { target, strategy, overriding, reason } = command;
  if (!findTarget(catalog, target)) {
    return refuse(
      'unknown-service',
      `${target.service} does not live in ${target.environment}.`,
      `It lives in: ${Object.keys(catalog.services[target.service]?.targets ?? {}).join(', ') || 'no environment'}.`,
    );
  }
  if (strategy && !isAvailable(strategy)) {
    return refuse(
      'not-supported',
      `The strategy ${strategy} is not available yet.`,
      `Use one of: ${availableStrategies().join(', ')}.`,
    );
  }
  const denied =
    permit(catalog, who, 'deploy', target) ?? (overriding ? permit(catalog, who, 'override', target) : undefined);
  if (denied) return denied;
  return overriding && !reason
    ? refuse('not-understood', 'An override needs a reason.', 'Add "because …".')
    : undefined;
}

async function once(request: Request<DeployCommand>): Promise<Reply | 'again'> {
  const { world, command } = request;
  const [held] = (await world.ledger.read([keys.target(command.target)])).records;
  const { active, now } = await world.ledger.target(targetKey(command.target), 0);
  const same = active.find((release) => isSame(release, command));
  if (same) return join(request, same);
  const startAt = command.at === undefined ? now : parseWhen(command.at, now, 'UTC');
  if (isRefusal(startAt)) return no(startAt);
  const gates = await readGates(world, command.target, { startAt: typeof startAt === 'number' ? startAt : startAt.at });
  const closed = firstClosed(closedGates(gates.facts), command.overriding);
  if (closed) return no(closed.refusal);
  const ahead = active.filter((release) => !isFinished(release));
  return acceptRelease(request, {
    guards: gates.guards,
    targetRev: held?.rev ?? 0,
    now,
    reply: (release) => accepted(release, ahead, typeof startAt === 'number' ? undefined : startAt.say),
  });
}

/** The same version on its way to the same place, asked for in the same way: one release, not two. An override is never lost by joining. */
function isSame(release: Release, command: DeployCommand): boolean {
  const stopping = release.phase === 'recovering' || release.resumeTo === 'recovering';
  return (
    release.command.verb === 'deploy' &&
    release.command.version === command.version &&
    !stopping &&
    release.command.at === command.at &&
    (command.strategy === undefined || command.strategy === (release.plan?.strategy ?? release.command.strategy)) &&
    (command.overriding === undefined ||
      canonicalJson(command.overriding) === canonicalJson(release.command.overriding ?? null))
  );
}

async function join(request: Request<DeployCommand>, release: Release): Promise<Reply | 'again'> {
  const { world, who } = request;
  const reply = yes({
    title: `${release.id} is already deploying ${(release.command as DeployCommand).version} to ${targetWords(release)}; you have joined it.`,
    lines: [`Asked for by ${release.by.name}. Its card moves with it.`],
    tone: 'working',
    release: release.id,
  });
  const audit = { actor: who.principal, action: 'joined', subject: release.id };
  return replyTo(await world.ledger.accept({ ...onlyOnce(request), reply, audit }), reply);
}

function accepted(release: Release, ahead: Release[], when: string | undefined): Reply {
  const command = release.command as DeployCommand;
  const behind = ahead.length > 0 ? [`Behind ${ahead.map((one) => one.id).join(', ')} on the same target.`] : [];
  const starts = when ? [`Starts ${when}.`] : [];
  return yes({
    title: `Accepted as ${release.id}: deploy ${command.version} to ${targetWords(release)}.`,
    lines: [
      ...starts,
      ...behind,
      ...(release.announce.length > 0
        ? ['Its card moves with it.']
        : [`Ask "status ${release.target.service} ${release.target.environment}" how it goes.`]),
    ],
    tone: 'working',
    release: release.id,
  });
}
