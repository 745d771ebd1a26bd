import { refuse } from '../errors.ts';
import type { DecisionCommand } from '../release/command.ts';
import { judgeApproval, judgeRejection } from '../release/policy.ts';
import { isFinished, type Release } from '../release/release.ts';
import type { Reply } from '../release/view.ts';
import { settle } from '../settle.ts';
import { describe } from '../time.ts';
import { targetWords } from './accept.ts';
import { findRelease } from './control.ts';
import { busy, firstReply, no, replyTo, tries, yes } from './reply.ts';
import { onlyOnce, personOf, type Request } from './request.ts';

/** A yes, bound to the plan as it is; the button also to the plan that its card showed. */
export async function approve(request: Request<DecisionCommand>): Promise<Reply> {
  return decide(request, async (release, now) => {
    const { world, who, command } = request;
    const approval = { by: personOf(who), at: now, planHash: release.planHash ?? '', reason: command.reason };
    const missing = (release.plan?.approvals.required ?? 0) - release.approvals.length - 1;
    const rest = missing > 0 ? `${missing} more needed.` : starts(release, now);
    const reply = yes({
      title: `Approved ${release.id}: ${release.plan?.to} to ${targetWords(release)}. ${rest}`,
      release: release.id,
    });
    const settled = await settle(world, release, { type: 'approved', approval }, now, {
      actor: who.principal,
      ...onlyOnce(request),
      reply,
    });
    return settled ? replyTo(settled.written, reply) : 'again';
  });
}

const starts = ({ plan }: Release, now: number): string =>
  plan?.at !== undefined && plan.at > now
    ? `It starts ${describe(plan.at, 'UTC')}.`
    : 'It starts as soon as its target is free.';

/** A no with its reason. Who may approve may reject; so may whoever asked. */
export async function reject(request: Request<DecisionCommand>): Promise<Reply> {
  const { reason } = request.command;
  if (!reason)
    return no(refuse('not-understood', 'A rejection needs a reason.', `"reject ${request.command.release} because …"`));
  return decide(request, async (release, now) => {
    const { world, who } = request;
    const reply = yes({ title: `Rejected ${release.id}: ${reason}.`, tone: 'stopped', release: release.id });
    const settled = await settle(world, release, { type: 'rejected', by: personOf(who), reason }, now, {
      actor: who.principal,
      ...onlyOnce(request),
      reply,
    });
    return settled ? replyTo(settled.written, reply) : 'again';
  });
}

const hasExpired = ({ expiresAt }: Release, now: number): boolean => expiresAt !== undefined && now > expiresAt;

const tooLate = ({ id, expiresAt }: Release) =>
  refuse(
    'already-decided',
    `Approvals of ${id} were collected until ${describe(expiresAt ?? 0, 'UTC')}.`,
    'Ask for the deploy again.',
  );

type Decide = (release: Release, now: number) => Promise<Reply | 'again'>;

async function decide(request: Request<DecisionCommand>, write: Decide): Promise<Reply> {
  const { world, command } = request;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const found = await findRelease(world, { release: command.release });
    if (!found.release) return no(found.refusal);
    const refusal = undecidable(request, found.release);
    if (refusal) return (await firstReply(request)) ?? no(refusal);
    const loaded = await world.ledger.load(command.release);
    if (loaded && hasExpired(loaded.release, loaded.now)) return no(tooLate(loaded.release));
    const reply = loaded?.release.rev === found.release.rev ? await write(loaded.release, loaded.now) : 'again';
    if (reply !== 'again') return reply;
  }
  return busy();
}

function undecidable({ catalog, who, command }: Request<DecisionCommand>, release: Release) {
  const not = (command.verb === 'reject' ? judgeRejection : judgeApproval)(catalog, release, who);
  if (not) return not;
  if (release.phase !== 'awaiting-approval') {
    const state = isFinished(release) ? `has ended (${release.phase})` : `is ${release.phase}`;
    return refuse(
      'already-decided',
      `${release.id} ${state}; there is nothing to decide.`,
      'Its card shows what is possible now.',
    );
  }
  if (command.planHash !== undefined && !(release.planHash ?? '').startsWith(command.planHash)) {
    return refuse(
      'stale-button',
      `The plan of ${release.id} has changed since this card: ${release.replanned ?? 'it was planned anew'}.`,
      'Look at the newest card, then decide.',
    );
  }
  return undefined;
}
