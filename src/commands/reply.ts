import { type Refusal, refuse } from '../errors.ts';
import type { Written } from '../ports.ts';
import type { Command } from '../release/command.ts';
import type { AnswerView, Reply, Tone } from '../release/view.ts';
import { onlyOnce, type Request } from './request.ts';

/** A refusal, for the asker only. */
export const no = (refusal: Refusal): Reply => ({
  ok: false,
  private: true,
  code: refusal.code,
  view: { kind: 'answer', tone: 'bad', title: refusal.say, lines: [], hint: refusal.hint },
});

export interface Said {
  title: string;
  lines?: string[];
  tone?: Tone;
  code?: string;
  hint?: string;
  release?: string;
  private?: boolean;
}

export function yes({ title, lines = [], tone = 'good', code, hint, release, private: secret = true }: Said): Reply {
  const view: AnswerView = { kind: 'answer', tone, title, lines, code, hint };
  return { ok: true, private: secret, release, view };
}

/** How often a write is judged again when somebody else was faster. */
export const tries = 5;

export const busy = (): Reply =>
  no(refuse('not-now', 'Others are changing the same thing right now; nothing was done.', 'Try again in a moment.'));

/**
 * Writes, and answers with what is right for the outcome: `again` when somebody was faster, the first reply for a
 * delivery that came twice.
 */
export function replyTo(written: Written, reply: Reply): Reply | 'again' {
  if (written.ok) return reply;
  if (written.why === 'duplicate') return { ...(written.reply as Reply), replayed: true };
  if (written.why === 'key-reused')
    return no(
      refuse('key-reused', 'This idempotency key was used for another request.', 'Use a new key for a new request.'),
    );
  return 'again';
}

/**
 * The reply of the first delivery of a request that came again after its state had moved on; undefined when it is the
 * first. Writes nothing: its guard can never hold.
 */
export async function firstReply(request: Request<Command>): Promise<Reply | undefined> {
  const { key, fingerprint } = onlyOnce(request);
  if (key === undefined) return undefined;
  const never = [{ key: 'never', rev: -1 }];
  const audit = { actor: request.who.principal, action: 'looked-up', subject: key };
  const written = await request.world.ledger.accept({ key, fingerprint, guards: never, audit });
  return !written.ok && written.why === 'duplicate' ? { ...(written.reply as Reply), replayed: true } : undefined;
}
