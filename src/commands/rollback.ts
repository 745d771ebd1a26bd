import { findTarget } from '../config/catalog.ts';
import { type Refusal, refuse } from '../errors.ts';
import { type RollbackCommand, targetKey } from '../release/command.ts';
import { keys } from '../release/keys.ts';
import { permit } from '../release/policy.ts';
import { hasTouched, isRunning, isWaiting, type Release } from '../release/release.ts';
import type { Reply } from '../release/view.ts';
import { acceptRelease, targetWords, tooBusy } from './accept.ts';
import { turn } from './control.ts';
import { no, tries, yes } from './reply.ts';
import type { Request } from './request.ts';

/**
 * Rollback never waits. On a running target it turns that release back at once; on an idle one it becomes a release of
 * its own at the head of the queue, past approval, freeze, lock and order.
 */
export async function rollbackCommand(request: Request<RollbackCommand>): Promise<Reply> {
  const { catalog, who, command } = request;
  if (!findTarget(catalog, command.target))
    return no(refuse('unknown-service', `${targetWords(command)} is not in the catalog.`, 'Ask for "status".'));
  const denied = permit(catalog, who, 'rollback', command.target);
  if (denied) return no(denied);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const reply = await once(request);
    if (reply !== 'again') return reply;
  }
  return tooBusy(targetWords(command));
}

/** As deep as we look for the last release that changed anything: refused ones may lie above it. */
const depth = 100;

async function once(request: Request<RollbackCommand>): Promise<Reply | 'again'> {
  const { world, command } = request;
  const [held] = (await world.ledger.read([keys.target(command.target)])).records;
  const { active, recent, now } = await world.ledger.target(targetKey(command.target), depth);
  const running = active.find(isRunning);
  // What was refused, rejected or aborted in time changed nothing: buttons of the one before stay good.
  const last = recent.find(hasTouched);
  const stale = command.of ? staleButton(command.of, running, last, active) : undefined;
  if (stale) return no(stale);
  if (!running && command.of && last?.id !== command.of) return no(nothingChanged(command));
  if (running) return turnBack(request, running);
  const already = active.find(
    (release) => release.kind === 'rollback' && isWaiting(release) && sameGoal(release, command),
  );
  if (already)
    return yes({
      title: `${already.id} is already rolling back ${targetWords(command)}.`,
      tone: 'working',
      release: already.id,
    });
  const goal = command.of ? { ...command, to: command.to ?? oneVersion(last?.plan?.from) } : command;
  return acceptRelease({ ...request, command: goal }, { guards: [], targetRev: held?.rev ?? 0, now, reply: accepted });
}

/** Places that ran different versions each return to their own, which is what "the previous one" means. */
const oneVersion = (from: string | undefined): string | undefined => (from?.includes(', ') ? undefined : from);

const sameGoal = (release: Release, command: RollbackCommand): boolean =>
  (release.command as RollbackCommand).to === command.to;

const nothingChanged = ({ of, target }: RollbackCommand): Refusal =>
  refuse(
    'nothing-to-return-to',
    `${of} changed nothing, so there is nothing to take back.`,
    `To return to the version before: "roll back ${target.service} in ${target.environment}".`,
  );

/** The button of a release is good while that release is what the target shows. */
function staleButton(of: string, running: Release | undefined, last: Release | undefined, active: Release[]) {
  const shown = running ?? active.find((release) => release.id === of) ?? last;
  if (!shown || shown.id === of) return undefined;
  return refuse(
    'stale-button',
    `This button is of ${of}; since then ${shown.id} (${shown.plan?.to ?? shown.kind}, ${shown.phase}) has come.`,
    `Use the buttons on the card of ${shown.id}.`,
  );
}

/** A release that goes somewhere is stopped and returned from; one that already returns needs no second push. */
async function turnBack(request: Request<RollbackCommand>, running: Release): Promise<Reply | 'again'> {
  const { command } = request;
  if (running.phase === 'recovering' || isWayBack(running, command)) {
    const goal = running.kind === 'rollback' ? running.plan?.to : running.plan?.from;
    return yes({
      title: `${running.id} is already rolling back to ${goal ?? 'what ran before'}.`,
      tone: 'working',
      release: running.id,
    });
  }
  if (command.to !== undefined && command.to !== running.plan?.from) {
    return no(
      refuse(
        'not-now',
        `${running.id} is under way on ${targetWords(command)}; it can only return to ${running.plan?.from}.`,
        `First "roll back ${command.target.service} in ${command.target.environment}", then roll back to ${command.to}.`,
      ),
    );
  }
  return turn(request, running, 'rollback', command.reason);
}

/** A rollback under way is what they want; only its own button, or its from-version by name, means to undo it. */
const isWayBack = (running: Release, { of, to }: RollbackCommand): boolean =>
  running.kind === 'rollback' &&
  of !== running.id &&
  (to === undefined || to === running.plan?.to) &&
  running.phase !== 'errored' &&
  running.phase !== 'paused';

const accepted = (release: Release): Reply =>
  yes({
    title: `Accepted as ${release.id}: roll back ${targetWords(release)}${goalOf(release)}.`,
    lines: ['It goes ahead of everything that waits for this target.'],
    tone: 'working',
    release: release.id,
  });

const goalOf = (release: Release): string => {
  const { to } = release.command as RollbackCommand;
  return to === undefined ? '' : ` to ${to}`;
};
