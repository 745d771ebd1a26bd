import { performance } from 'node:perf_hooks';
import type { Asked } from '../../src/asked.ts';
import type { Catalog } from '../../src/config/catalog.ts';
import type { Chat, Ledger, ReleaseWrite, Write, Written } from '../../src/ports.ts';
import { parse } from '../../src/release/grammar.ts';
import { isFinished } from '../../src/release/release.ts';
import type { Reply } from '../../src/release/view.ts';
import type { Metrics } from './metrics.ts';

/** Wrappers that count what passes through a port, so that nothing which decides needs to know of metrics. */

type Handle = (asked: Asked) => Promise<Reply>;

/** `handle`, counted by verb and outcome. For every way in, so that chat and REST are counted alike. */
export const meteredHandle =
  (metrics: Metrics, catalog: () => Catalog, handle: Handle): Handle =>
  async (asked) => {
    const about = { verb: verbOf(asked, catalog()), via: asked.via };
    try {
      const reply = await handle(asked);
      metrics.command({ ...about, outcome: reply.ok ? 'ok' : 'refused', code: reply.ok ? undefined : reply.code });
      return reply;
    } catch (error) {
      metrics.command({ ...about, outcome: 'not-accepted' });
      throw error;
    }
  };

/** What was typed is read once more for its verb alone: text of a person never becomes a label. */
function verbOf({ command, text, button }: Asked, { services, environments }: Catalog): string {
  if (command) return command.verb;
  if (button) return 'button';
  const words = { services: Object.values(services), environments: Object.values(environments) };
  const parsed = parse(text ?? '', words);
  return parsed.ok ? parsed.command.verb : 'not-understood';
}

type Operation = (...args: never[]) => Promise<unknown>;

/** The ledger: each operation timed, and of what is written, the verdicts and the ends of releases counted. */
export function meteredLedger(metrics: Metrics, ledger: Ledger): Ledger {
  const timed = Object.entries(ledger).map(([name, run]: [string, Operation]) => [name, timedBy(metrics, name, run)]);
  const all = Object.fromEntries(timed) as Ledger;
  const counted = (run: Ledger['commit']) => async (write: Write) => {
    const written = await run(write);
    if (written.ok) count(metrics, write, written);
    return written;
  };
  return { ...all, accept: counted(all.accept), commit: counted(all.commit) };
}

function count(metrics: Metrics, { release }: Write, { now }: Extract<Written, { ok: true }>): void {
  if (!release) return;
  if (isFinished(release.after)) metrics.finished(release.after.phase);
  const finding = findingOf(release);
  // `since` is the API server's clock: a skew may make this slightly negative, which is no time at all.
  if (finding) metrics.verdict(finding.cause, finding.since && Math.max(0, now - finding.since) / 1_000);
}

const findingOf = ({ event }: ReleaseWrite) => (event.type === 'verdict-failed' ? event.finding : undefined);

const timedBy =
  (metrics: Metrics, name: string, run: Operation): Operation =>
  async (...args) => {
    const since = performance.now();
    const told = (outcome: 'ok' | 'failed') => metrics.ledger(name, outcome, (performance.now() - since) / 1_000);
    try {
      const answer = await run(...args);
      told('ok');
      return answer;
    } catch (error) {
      told('failed');
      throw error;
    }
  };

/** A chat platform, its calls counted. */
export function meteredChat(metrics: Metrics, surface: string, chat: Chat): Chat {
  const counted = async <T>(call: string, run: Promise<T>): Promise<T> => {
    const told = (outcome: 'ok' | 'failed') => metrics.chat(surface, call, outcome);
    run.then(
      () => told('ok'),
      () => told('failed'),
    );
    return run;
  };
  return {
    paceMs: chat.paceMs,
    allowances: (call, address) => chat.allowances(call, address),
    post: (...args) => counted('post', chat.post(...args)),
    update: (...args) => counted('update', chat.update(...args)),
    reply: (...args) => counted('reply', chat.reply(...args)),
  };
}
