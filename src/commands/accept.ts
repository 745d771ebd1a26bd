import { findTarget } from '../config/catalog.ts';
import { refuse } from '../errors.ts';
import type { Guard } from '../ports.ts';
import { type DeployCommand, type RollbackCommand, targetKey } from '../release/command.ts';
import type { Address, ReleaseEvent } from '../release/event.ts';
import { evolve } from '../release/evolve.ts';
import { releaseId } from '../release/id.ts';
import { keys } from '../release/keys.ts';
import type { Release } from '../release/release.ts';
import type { Reply } from '../release/view.ts';
import { dueAt, ringAfter } from '../settle.ts';
import { no, replyTo } from './reply.ts';
import { onlyOnce, personOf, type Request } from './request.ts';

export interface Acceptance {
  /** Everything the decision was read from; the target's own record is added. */
  guards: Guard[];
  /** The revision of the target's record that was read. */
  targetRev: number;
  now: number;
  reply: (release: Release) => Reply;
}

/** Writes a new release in one step: command, snapshot, due time, cards, audit. Durable when it returns. */
export async function acceptRelease(
  request: Request<DeployCommand | RollbackCommand>,
  acceptance: Acceptance,
): Promise<Reply | 'again'> {
  const { world, command, who } = request;
  const { now } = acceptance;
  const event = requested(request);
  const after = evolve(undefined, event, now) as Release;
  const reply = { ...acceptance.reply(after), announced: elsewhere(after) };
  const key = keys.target(command.target);
  const written = await world.ledger.accept({
    ...onlyOnce(request),
    reply,
    release: { event, at: now, after, dueAt: dueAt(after, now) },
    records: [{ key, value: { last: after.id } }],
    guards: [...acceptance.guards, { key, rev: acceptance.targetRev }],
    audit: {
      actor: who.principal,
      action: 'requested',
      subject: after.id,
      detail: { command, via: request.asked.via, onBehalfOf: request.asked.onBehalfOf },
    },
  });
  if (written.ok) await ringAfter(world, after, now);
  return replyTo(written, reply);
}

function requested(request: Request<DeployCommand | RollbackCommand>): ReleaseEvent {
  const { world, command, who, asked } = request;
  return {
    type: 'requested',
    id: releaseId(
      command.target.service,
      [...world.random(4)].map((byte) => byte),
    ),
    command,
    by: personOf(who),
    asked: asked.from,
    announce: addresses(request),
    change: asked.change,
    ticket: asked.ticket,
    onBehalfOf: asked.onBehalfOf,
    urgent: command.verb === 'rollback',
  };
}

/** The chats in which its card is to be found, but the one where it was asked: that one shows it by itself. */
const elsewhere = ({ announce, asked }: Release): Address[] =>
  announce.filter(({ surface, channel }) => {
    const here = surface === asked?.surface && channel === asked.channel;
    return surface !== 'pager' && !here;
  });

/** Where the cards go: the channels that the catalog names for the target, else where it was asked. */
function addresses({ world, catalog, command, asked }: Request<DeployCommand | RollbackCommand>): Address[] {
  const announce = findTarget(catalog, command.target)?.announce ?? {};
  const tenant = (surface: Address['surface']) => (asked.actor.surface === surface ? asked.actor.tenant : '');
  const named = (['slack', 'teams'] as const).flatMap((surface) => {
    const channel = announce[surface];
    return channel && world.chats[surface] ? [{ surface, tenant: tenant(surface), channel }] : [];
  });
  const { team } = catalog.services[command.target.service]!;
  const pager: Address[] = team && catalog.teams[team]?.page ? [{ surface: 'pager', tenant: '', channel: team }] : [];
  if (named.length > 0) return [...named, ...pager];
  // A slash command may be typed in a conversation of two people that we are not part of: no card can go there.
  const canPost = asked.from && world.chats[asked.from.surface] && !(asked.direct && asked.via === 'slash');
  const here = canPost && asked.from ? [{ ...asked.from, thread: undefined }] : [];
  return [...here, ...pager];
}

export const tooBusy = (target: string): Reply =>
  no(
    refuse(
      'not-now',
      `Others are releasing to ${target} at this very moment; nothing was done.`,
      'Try again in a moment.',
    ),
  );

export const targetWords = ({ target }: { target: DeployCommand['target'] }): string =>
  `${target.service} in ${target.environment}`;
export { targetKey };
