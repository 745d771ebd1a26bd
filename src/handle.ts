import type { Asked } from './asked.ts';
import { abortOrGoOn } from './commands/control.ts';
import { approve, reject } from './commands/decision.ts';
import { deployCommand } from './commands/deploy.ts';
import { diff } from './commands/diff.ts';
import { doctor } from './commands/doctor.ts';
import { freeze, unfreeze } from './commands/freeze.ts';
import { help } from './commands/help.ts';
import { history } from './commands/history.ts';
import { lock, unlock } from './commands/lock.ts';
import { planQuestion } from './commands/plan.ts';
import { releaseFromQuarantine } from './commands/quarantine.ts';
import { no, replyTo } from './commands/reply.ts';
import { onlyOnce, type Request } from './commands/request.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { status } from './commands/status.ts';
import { why } from './commands/why.ts';
import { isRefusal, type Refusal, refuse, TerminalError } from './errors.ts';
import type { Command, Verb } from './release/command.ts';
import type { Reply } from './release/view.ts';
import { understand } from './understand.ts';
import type { World } from './world.ts';

type Handler<V extends Verb> = (request: Request<Extract<Command, { verb: V }>>) => Promise<Reply>;

/** One line a command. Each judges who asks, writes at most one atomic change, and answers. */
const handlers: { [V in Verb]: Handler<V> } = {
  deploy: deployCommand,
  rollback: rollbackCommand,
  promote: abortOrGoOn,
  pause: abortOrGoOn,
  resume: abortOrGoOn,
  abort: abortOrGoOn,
  hold: abortOrGoOn,
  'take-over': abortOrGoOn,
  approve,
  reject,
  freeze,
  unfreeze,
  lock,
  unlock,
  'release-from-quarantine': releaseFromQuarantine,
  status,
  history,
  diff,
  plan: planQuestion,
  why,
  doctor,
  help,
  form: async () => ({
    ok: true,
    private: true,
    form: true,
    view: { kind: 'answer', tone: 'waiting', title: 'Release', lines: [] },
  }),
};

/**
 * Somebody asked: who is it, what do they mean, may they; then one atomic accept, and the answer. When this returns,
 * what it says is durable.
 *
 * @throws TransientError when the ledger or the identity provider does not answer: nothing was accepted, unless it says
 *   `unknown`; then the same request again settles it
 */
export async function handle(world: World, asked: Asked): Promise<Reply> {
  const who = asked.principal ?? (await world.identity.resolve(asked.actor).catch((error) => broken(world, error)));
  if ('view' in who) return who;
  if (isRefusal(who)) return no(who);
  const understood = await understand(world, asked);
  if (isRefusal(understood)) return no(understood);
  const handler = handlers[understood.command.verb] as (request: Request<Command>) => Promise<Reply>;
  const request = { world, catalog: world.catalog(), who, asked, command: understood.command };
  const answer = await firstAnswer(request, await handler(request).catch((error: unknown) => broken(world, error)));
  log(world, asked, understood.command.verb, answer);
  return answer;
}

/** What only an operator can mend is told in its own words, and to the log: nothing was done. */
function broken(world: World, error: unknown): Reply {
  if (!(error instanceof TerminalError)) throw error;
  world.log.error({ err: error }, 'a command met what an operator must mend');
  return no(refuse('not-now', `Nothing was done: ${error.message}.`, error.hint));
}

/**
 * A delivery that comes twice gets the first answer. Where the first one changed the world, judging it again says no
 * ("you have approved already"); so a no is looked up under its key. The guard can never hold: nothing is written.
 */
async function firstAnswer(request: Request<Command>, answer: Reply): Promise<Reply> {
  if (answer.ok || request.asked.key === undefined) return answer;
  const written = await request.world.ledger.accept({
    ...onlyOnce(request),
    reply: answer,
    guards: [{ key: 'never', rev: -1 }],
    audit: { actor: request.who.principal, action: 'asked again', subject: request.command.verb },
  });
  const first = replyTo(written, answer);
  return first === 'again' ? answer : first;
}

function log(world: World, asked: Asked, verb: Verb, answer: Reply): void {
  const fields = {
    verb,
    via: asked.via,
    surface: asked.actor.surface,
    actor: asked.actor.id,
    ok: answer.ok,
    code: answer.code,
    release: answer.release,
  };
  world.log.info(fields, 'a command was handled');
}

export type { Refusal };
