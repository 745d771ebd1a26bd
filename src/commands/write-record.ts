import type { Refusal } from '../errors.ts';
import type { Command } from '../release/command.ts';
import type { Reply } from '../release/view.ts';
import { busy, no, replyTo, tries, yes } from './reply.ts';
import { onlyOnce, type Request } from './request.ts';

interface RecordWrite {
  key: string;
  /** Its revision when the wish was judged; where nothing of it was judged, the one that it has now. */
  rev?: number;
  /** Null takes the record away. */
  value: unknown | null;
  title: string;
  hint?: string;
  /** Said when there is nothing to take away. */
  nothing?: Refusal;
  /** Other records that change in the same step. */
  also?: { key: string; value: unknown }[];
}

/** One record, guarded by the revision it had; announced to everybody who sees the answer. */
export async function writeRecord(request: Request<Command>, write: RecordWrite): Promise<Reply> {
  const { world, who, command } = request;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const { records } = await world.ledger.read([write.key]);
    const rev = write.rev ?? records[0]?.rev ?? 0;
    if (write.nothing && records[0]?.value === undefined) return no(write.nothing);
    const reply = yes({ title: `${write.title} (${who.name})`, hint: write.hint, private: false });
    const written = await world.ledger.accept({
      ...onlyOnce(request),
      reply,
      records: [{ key: write.key, value: write.value }, ...(write.also ?? [])],
      guards: [{ key: write.key, rev }],
      audit: { actor: who.principal, action: command.verb, subject: write.key, detail: command },
    });
    const answer = replyTo(written, reply);
    if (answer !== 'again') return answer;
  }
  return busy();
}
