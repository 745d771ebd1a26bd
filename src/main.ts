import { hostname } from 'node:os';
import { meteredHandle } from '../adapters/api/metered.ts';
import { metrics } from '../adapters/api/metrics.ts';
import { type ApiServer, apiServer } from '../adapters/api/server.ts';
import { readCatalog } from '../adapters/files/catalog-file.ts';
import { pinoLog } from '../adapters/log/pino.ts';
import { connectRedis } from '../adapters/redis/connection.ts';
import { checkDurability } from '../adapters/redis/durability.ts';
import { answerIn } from '../jobs/answer.ts';
import { type Running, stopJobs, stopOnSignal } from '../jobs/stop.ts';
import { startSweeper } from '../jobs/sweep.ts';
import { startWorkers } from '../jobs/worker.ts';
import type { Catalog } from './config/catalog.ts';
import { type Problem, problemText } from './config/problem.ts';
import { parseSettings, type Settings } from './config/settings.ts';
import { handle } from './handle.ts';
import { checkPlatforms } from './main/check.ts';
import { diagnose } from './main/diagnose.ts';
import type { Hearing } from './main/platform.ts';
import { secretsOf } from './main/secrets.ts';
import { type OpenWorld, openWorld } from './main/world.ts';
import type { Log } from './ports.ts';
import { redact } from './release/redact.ts';

/** Secrets that this process knows, so that nothing it writes can hold one. */
const known = new Set<string>();

/** Reads settings and catalog, wires everything, and runs as ROLE says until it is told to stop. Start reading here. */
async function main(): Promise<void> {
  const read = parseSettings(process.env);
  if (!read.ok) throw refusal('The settings cannot be used', read.problems);
  const { settings } = read;
  for (const secret of secretsOf(settings)) known.add(secret);
  const parsed = await readCatalog(settings.config);
  if (!parsed.ok) throw refusal(`${settings.config} cannot be used`, parsed.problems);
  await run(settings, parsed.catalog);
}

/** What people read when it does not start: every problem at once, one a line. */
const refusal = (say: string, problems: Problem[]): Error =>
  new Error([`${say}:`, ...problems.map((one) => `  - ${problemText(one)}`)].join('\n'));

async function run(settings: Settings, first: Catalog): Promise<void> {
  const log = pinoLog(settings.logLevel, known);
  const redis = await safeRedis(settings, log);
  const measured = metrics();
  const open = await openWorld({ settings, first, redis, log, metrics: measured, known });
  const { world, platforms } = open;
  const hears = settings.role !== 'worker';
  await checkPlatforms(platforms, { hears, ledger: world.ledger, log });

  // Every way in passes the same door, and is counted there.
  const ask = meteredHandle(measured, world.catalog, (asked) => handle(world, asked));
  const people = hears ? platforms.map((one) => ({ ...one, ...one.hear(world, ask) })) : [];
  const server = await apiServer({
    gateway: { handle: ask, ledger: world.ledger, catalog: world.catalog, log, metrics: measured },
    http: settings.http,
    hears,
    mounts: people.map(({ path, bodyLimit, receive }) => ({ method: 'POST', path, bodyLimit, handle: receive })),
  });
  const jobs = settings.role === 'gateway' ? { doorbell: open.doorbell } : startJobs(settings, open, log);
  for (const { name, start } of people)
    start?.().catch((err: unknown) => log.error({ err }, `${name} cannot be heard`));
  log.info({ role: settings.role, url: server.url, policy: first.policyVersion.slice(0, 12) }, 'ready');
  stopOnSignal(async () => {
    await stopAll({ people, server, jobs }, log);
    await open.close();
    redis.disconnect();
  }, log);
}

async function safeRedis({ redis: { url, allowUnsafe, durability } }: Settings, log: Log) {
  const redis = await connectRedis(url.reveal(), log);
  const unsafe = await checkDurability(redis, { allowUnsafe, statedBySetting: durability });
  for (const warning of unsafe) log.warn({ warning }, 'the ledger is not safe');
  return redis;
}

function startJobs({ redis }: Settings, { world, doorbell }: OpenWorld, log: Log): Running {
  const workers = startWorkers({ url: redis.url.reveal() }, log, answerIn(world));
  const sweeper = startSweeper(world, { worker: `${hostname()}-${process.pid}` });
  diagnose(world).catch((err: unknown) => log.warn({ err }, 'the clusters could not be looked at'));
  return { workers, sweeper, doorbell };
}

/** Requests get a little less than the looks: who listens to live events would else keep the process from ending. */
const requestGraceMs = 5_000;

/** All at once: neither people nor looks must use up the time of the other. */
const stopAll = (
  { people, server, jobs }: { people: Hearing[]; server: ApiServer; jobs: Running },
  log: Log,
): Promise<unknown> =>
  Promise.allSettled([...people.map((one) => one.stop()), server.close(requestGraceMs), stopJobs(jobs, log)]);

/** Crash-only: whatever was under way is written down, and another process takes it up. */
function end(text: string): never {
  process.stderr.write(`${redact(text, [...known])}\n`);
  process.exit(1);
}

process.on('uncaughtException', (error) =>
  end(`release-engineer stops: ${error instanceof Error ? error.stack : error}`),
);

main().catch((error: unknown) => end(error instanceof Error ? error.message : String(error)));
