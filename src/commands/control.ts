import type { Permission } from '../config/catalog-schema.ts';
import { type Refusal, refuse } from '../errors.ts';
import { type Command, type ControlCommand, type ControlVerb, type ReleaseRef, targetKey } from '../release/command.ts';
import { isSamePerson } from '../release/person.ts';
import { may, permit } from '../release/policy.ts';
import { hasTouched, isFinished, isRunning, type Release } from '../release/release.ts';
import type { Reply } from '../release/view.ts';
import { settle } from '../settle.ts';
import type { World } from '../world.ts';
import { targetWords } from './accept.ts';
import { busy, firstReply, no, replyTo, tries, yes } from './reply.ts';
import { onlyOnce, personOf, type Request } from './request.ts';

/** promote, pause, resume, abort, hold, take over: a commit on that release at once; the look in flight loses. */
export async function abortOrGoOn(request: Request<ControlCommand>): Promise<Reply> {
  const { world, catalog, who, command } = request;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const found = await findRelease(world, command.on);
    if (!found.release) return no(found.refusal);
    const denied = mayControl(request, found.release)
      ? undefined
      : permit(catalog, who, needs(command.verb), found.release.target);
    if (denied) return no(denied);
    const reply = await turn(request, found.release, command.verb, command.reason);
    if (reply !== 'again') return reply;
  }
  return busy();
}

const needs = (verb: ControlVerb): Permission => (verb === 'abort' ? 'rollback' : 'control');

/** Whoever asked for a release may also stop it, and whoever may control may abort. */
function mayControl({ catalog, who, command }: Request<ControlCommand>, release: Release): boolean {
  const own = isSamePerson(release.by, who) && command.verb === 'abort' && !isRunning(release);
  return own || may(catalog, who, 'control', release.target);
}

/** One control event on one release: the fence goes up, so that a write in flight is shut out. */
export async function turn(
  request: Request<Command>,
  release: Release,
  verb: ControlVerb | 'rollback',
  reason: string | undefined,
): Promise<Reply | 'again'> {
  const { world, who } = request;
  const loaded = await world.ledger.load(release.id);
  if (!loaded) return 'again';
  const reply = yes({ title: sentence(verb, loaded.release), tone: 'working', release: release.id });
  const event = { type: 'controlled', verb, by: personOf(who), fence: loaded.release.fence + 1, reason } as const;
  const settled = await settle(world, loaded.release, event, loaded.now, {
    actor: who.principal,
    ...onlyOnce(request),
    reply,
  });
  return settled ? replyTo(settled.written, reply) : ((await firstReply(request)) ?? no(notNow(verb, loaded.release)));
}

const words: Record<ControlVerb | 'rollback', string> = {
  abort: 'Aborting',
  rollback: 'Rolling back',
  pause: 'Pausing the steps of',
  resume: 'Going on with',
  promote: 'Promoting',
  hold: 'Holding',
  'take-over': 'Standing back from',
};

function sentence(verb: ControlVerb | 'rollback', release: Release): string {
  const what = `${words[verb]} ${release.id} (${targetWords(release)})`;
  if (verb !== 'abort' && verb !== 'rollback') return `${what}.`;
  if (hasTouched(release)) return `${what}; ${release.plan?.from} comes back.`;
  const serving = release.plan ? `${release.plan.from} serves as before` : 'what ran before serves on';
  return `Stopped ${release.id} (${targetWords(release)}) before it changed anything; ${serving}.`;
}

function notNow(verb: ControlVerb | 'rollback', release: Release): Refusal {
  const state = isFinished(release) ? `has ended (${release.phase})` : `is ${release.phase}`;
  return refuse(
    'not-now',
    `${release.id} ${state}, so it cannot be ${past[verb]}.`,
    'Its card shows what is possible now.',
  );
}

const past: Record<ControlVerb | 'rollback', string> = {
  abort: 'aborted',
  rollback: 'rolled back',
  pause: 'paused',
  resume: 'resumed',
  promote: 'promoted',
  hold: 'held',
  'take-over': 'taken over',
};

/** The release that is meant: by id, or the one under way on a target. */
export async function findRelease(
  world: World,
  on: ReleaseRef,
): Promise<{ release: Release } | { release?: undefined; refusal: Refusal }> {
  if ('release' in on) {
    const loaded = await world.ledger.load(on.release);
    if (loaded) return { release: loaded.release };
    return { refusal: refuse('unknown-release', `There is no release ${on.release}.`, 'Ask for "status".') };
  }
  const { active } = await world.ledger.target(targetKey(on.target), 0);
  const release = active.find(isRunning) ?? (active.length === 1 ? active[0] : undefined);
  if (release) return { release };
  const several = active.length > 1;
  const say = several
    ? `${active.length} releases wait for ${targetWords(on)}.`
    : `No release is under way on ${targetWords(on)}.`;
  return {
    refusal: refuse(
      several ? 'not-now' : 'unknown-release',
      say,
      several ? `Name one: ${active.map((one) => one.id).join(', ')}.` : 'Ask for "status".',
    ),
  };
}
