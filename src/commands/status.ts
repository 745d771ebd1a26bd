import { findTarget } from '../config/catalog.ts';
import { type Refusal, refuse, TerminalError } from '../errors.ts';
import { type Command, type Target, targetKey } from '../release/command.ts';
import { type Freeze, keys, type Lock, type Quarantine } from '../release/keys.ts';
import { may } from '../release/policy.ts';
import { isRunning, type Release } from '../release/release.ts';
import type { Reply } from '../release/view.ts';
import { phaseWords } from '../release/words.ts';
import { ago, isFrozen } from '../time.ts';
import type { World } from '../world.ts';
import { chatDiagnoses } from './doctor.ts';
import { no, yes } from './reply.ts';
import type { Request } from './request.ts';

/** What serves where, since when, and what stands in the way: at most ten lines, from the ledger. */
export async function status(request: Request<Extract<Command, { verb: 'status' }>>): Promise<Reply> {
  const { world, command } = request;
  const targets = asked(request);
  if ('code' in targets) return no(targets);
  const [warnings, chats] = [await world.ledger.warnings(), await chatDiagnoses(world)];
  const silent = chats.filter(({ wrong }) => wrong).map(({ surface }) => surface);
  const head = [
    ...(warnings.length > 0 ? [`UNSAFE: ${warnings.join(' ')}`] : []),
    ...(silent.length > 0 ? [`Not as it should be: ${silent.join(' and ')}. Operators read why with \`doctor\`.`] : []),
  ];
  const room = targets.length > 10 - head.length ? 9 - head.length : 10 - head.length;
  const lines = (
    await Promise.all(targets.slice(0, room).map((target) => lineOf(world, target).catch(unreadable(target))))
  ).flat();
  const hidden = targets.length - lines.length;
  const more = hidden > 0 ? [`… and ${hidden} more: name a service or an environment.`] : [];
  const title = [command.service, command.environment].filter(Boolean).join(' in ') || 'Everything you may see';
  return yes({
    title: `Status: ${title}`,
    lines: [...head, ...lines, ...more],
    tone: 'told',
  });
}

function asked({ catalog, who, command }: Request<Extract<Command, { verb: 'status' }>>): Target[] | Refusal {
  const all = Object.values(catalog.services).flatMap(({ name, targets }) =>
    Object.keys(targets).map((environment) => ({ service: name, environment })),
  );
  const wanted = all.filter(
    (target) =>
      (command.service ?? target.service) === target.service &&
      (command.environment ?? target.environment) === target.environment,
  );
  const visible = wanted.filter((target) => may(catalog, who, 'read', target));
  if (visible.length > 0) return visible;
  return refuse('not-entitled', 'There is nothing here that you may see.', 'Ask for a role that may read.');
}

/** A target whose records are damaged hides no other. */
const unreadable =
  (target: Target) =>
  (error: unknown): string[] => {
    if (!(error instanceof TerminalError)) throw error;
    return [`${target.service} ${target.environment}: cannot be told, ${error.message}. ${error.hint}`];
  };

async function lineOf(world: World, target: Target): Promise<string[]> {
  const { active, recent, queue, now } = await world.ledger.target(targetKey(target), 10);
  const last = recent.find((release) => release.phase === 'succeeded' || release.phase === 'rolled-back');
  const serves = last
    ? `${versionOf(last)}, for ${ago(Math.max(0, now - (last.finishedAt ?? now))).replace(/ ago$/, '')}, by ${last.by.name} (${last.id})`
    : 'not released by me yet';
  const running = active.find(isRunning);
  const flow = running ? [`${running.id} → ${running.plan?.to ?? '…'}: ${phaseWords[running.phase]}`] : [];
  const waiting = active.length - flow.length;
  const marks = await marksOf(world, target, now);
  const owners = findTarget(world.catalog(), target)?.places.length ?? 0;
  const notes = [
    ...flow,
    ...(waiting > 0 ? [`${waiting} waiting${queue.length > 1 ? ` (${queue.slice(1).join(', ')})` : ''}`] : []),
    ...marks,
  ];
  return [
    `${target.service} ${target.environment}: ${serves}${owners > 1 ? `, ${owners} places` : ''}${notes.length > 0 ? ` · ${notes.join(' · ')}` : ''}`,
  ];
}

const versionOf = (release: Release): string =>
  [...new Set(release.serving.map((one) => `${one.version}${one.healthy ? '' : ' (unhealthy)'}`))].join(', ') ||
  (release.plan?.to ?? '?');

async function marksOf(world: World, target: Target, now: number): Promise<string[]> {
  const { records } = await world.ledger.read([
    keys.lock(target),
    keys.freeze(target.environment),
    keys.quarantine(target),
  ]);
  const [lock, freeze, quarantine] = records.map((one) => one.value) as [Lock?, Freeze?, Quarantine?];
  const frozen =
    freeze && (freeze.until ?? Number.POSITIVE_INFINITY) > now
      ? freeze.reason
      : isFrozen(world.catalog().environments[target.environment]?.freezes ?? [], now)?.reason;
  return [
    ...(lock ? [`locked by ${lock.by}: ${lock.reason}`] : []),
    ...(frozen ? [`frozen: ${frozen}`] : []),
    ...(quarantine
      ? [
          `in quarantine: ${Object.values(quarantine)
            .map((one) => one.version)
            .join(', ')}`,
        ]
      : []),
  ];
}
