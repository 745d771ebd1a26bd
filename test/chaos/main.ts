/**
 * The chaos run: real processes, killed and frozen, over a Redis that is killed, an API server that loses replies and a
 * Slack that limits and forgets. Start reading here, then run.ts (what happens) and check*.ts (what must hold).
 *   npm run chaos -- [--releases 200] [--seed 1] [--calm] [--engine naive] [--control 40] [--cluster KUBECONFIG]
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { columns, type Evidence, type Violation } from './check.ts';
import { checkCards, duplicates } from './check-cards.ts';
import { checkRestored, checkVerdicts, checkWrites } from './check-cluster.ts';
import { checkCommands } from './check-commands.ts';
import { checkLedger, checkOrder } from './check-ledger.ts';
import { newCleanup } from './cleanup.ts';
import { runNaive } from './naive/run.ts';
import { type Options, readOptions } from './options.ts';
import { type Outcome, runOurs } from './run.ts';
import { tableOf, tally } from './table.ts';

const checks = [checkCommands, checkLedger, checkOrder, checkWrites, checkRestored, checkVerdicts, checkCards];
const judge = (evidence: Evidence): Violation[] => checks.flatMap((check) => check(evidence));

const cleanup = newCleanup();

async function end(code: number, keep: boolean): Promise<never> {
  await cleanup.run(keep);
  process.exit(code);
}

function broken(error: unknown): void {
  console.error(error instanceof Error ? error.stack : error);
  void end(1, true);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const minutes = 8 + Math.ceil(options.releases / 25);
  setTimeout(
    () => broken(`the run took longer than ${minutes} minutes, seed ${options.seed}`),
    minutes * 60_000,
  ).unref();
  if (options.engine === 'naive') return naive(options.seed, options.releases, options.keep);
  const code = await ours(options);
  if (code !== 0 || options.control === 0) return code;
  return naive(options.seed, options.control, options.keep);
}

/** The control: all is well only when the checker saw what the naive engine did. */
async function naive(seed: string, releases: number, keep: boolean): Promise<number> {
  console.log(`chaos, the control: ${releases} releases by a naive engine, seed ${seed}; it must fail`);
  const { figures, violations, folder } = await runNaive(seed, releases, cleanup);
  console.log(tableOf('naive', figures, violations, ['lost', 'duplicated', 'overlapping', 'out of order']));
  for (const { column, say } of violations.slice(0, 10)) console.log(`  ${column}: ${say}`);
  const blind = violations.length === 0;
  console.log(blind ? '  The naive engine was not seen to fail: this checker is blind.' : '  It failed, as it must.');
  return close(seed, folder, blind, keep);
}

async function ours(options: Options): Promise<number> {
  console.log(`chaos: ${options.releases} releases, seed ${options.seed}${options.calm ? ', calm' : ''}`);
  const outcome = await runOurs(options, cleanup);
  const violations = judge(outcome.evidence);
  report(options, outcome, violations);
  const bad = violations.length > 0;
  if (bad || options.keep) await keepEvidence(outcome.folder, outcome.evidence);
  return close(options.seed, outcome.folder, bad, options.keep);
}

async function close(seed: string, folder: string, bad: boolean, keep: boolean): Promise<number> {
  await cleanup.run(bad || keep);
  if (bad || keep) console.log(`seed ${seed}; logs are kept in ${folder}`);
  return bad ? 1 : 0;
}

/** The ledger and Slack end with the run: what they knew is put beside the logs. */
async function keepEvidence(folder: string, { ledger, calls }: Evidence): Promise<void> {
  const records = Object.fromEntries(ledger.records);
  await writeFile(join(folder, 'ledger.json'), JSON.stringify({ ...ledger, records }, null, 1));
  await writeFile(join(folder, 'slack.jsonl'), calls.map((call) => JSON.stringify(call)).join('\n'));
}

function report(options: Options, { evidence, figures }: Outcome, violations: Violation[]): void {
  console.log(tableOf('ours', figures, violations, columns));
  console.log(`  cards posted twice: ${duplicates(evidence.cards)}`);
  const { releases } = evidence.ledger;
  console.log(`  ended: ${tally(releases.map(({ snapshot }) => snapshot.phase))}`);
  const troubles = releases.flatMap(({ events }) =>
    events.flatMap(({ event }) =>
      event.type === 'errored'
        ? [event.trouble.code]
        : event.type === 'refused' || event.type === 'failed-before-write'
          ? [event.refusal.code]
          : [],
    ),
  );
  if (troubles.length > 0) console.log(`  troubles and refusals: ${tally(troubles)}`);
  if (!evidence.complete)
    console.log('  A real API server: its faults are not injected, and its writes are read from watching its objects.');
  for (const { column, say } of violations.slice(0, 40)) console.log(`  ${column}: ${say}`);
  if (violations.length > 40) console.log(`  … and ${violations.length - 40} more`);
  if (options.calm) console.log('  (calm: no faults)');
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(130, false));
for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.once(event, broken);
main().then((code) => end(code, false), broken);
