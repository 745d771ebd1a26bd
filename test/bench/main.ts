/**
 * Measures what was promised, on real processes, beside a peer in the same run where there is one. Start reading here;
 * each figure has a file. Where releases run is chosen by TEST_KUBECONFIG_NODES or TEST_KUBECONFIG, see ground.ts.
 *   npm run bench -- [ack|verdict|shown|requests|restart|start|teams …] [--strict] [--out FILE]
 */
import { writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { ackBench } from './ack.ts';
import { type Figure, isMet, ratioOf, summaryOf } from './figure.ts';
import { type BenchName, type Options, readOptions } from './options.ts';
import { requestsBench } from './requests.ts';
import { restartBench } from './restart.ts';
import { shownBench } from './shown.ts';
import { startBench } from './start.ts';
import { tableOf } from './table.ts';
import { teamsBench } from './teams.ts';
import { verdictBench } from './verdict.ts';

const benches: Record<BenchName, () => Promise<Figure[]>> = {
  ack: ackBench,
  verdict: verdictBench,
  shown: shownBench,
  requests: requestsBench,
  restart: restartBench,
  start: startBench,
  teams: teamsBench,
};

async function main(options: Options): Promise<number> {
  const figures: Figure[] = [];
  const broken: string[] = [];
  for (const name of options.benches) {
    console.error(`${name} …`);
    try {
      figures.push(...(await benches[name]()));
    } catch (error) {
      broken.push(`${name} could not be measured: ${error instanceof Error ? error.stack : error}`);
    }
  }
  console.log(tableOf(figures));
  for (const line of broken) console.error(line);
  if (options.out) await writeFile(options.out, JSON.stringify(report(figures), null, 1));
  const missed = figures.some((figure) => isMet(figure) === false);
  return broken.length > 0 || (options.strict && missed) ? 1 : 0;
}

const report = (figures: Figure[]): object => ({
  at: new Date().toISOString(),
  node: process.version,
  cores: availableParallelism(),
  load: loadavg(),
  figures: figures.map((one) => ({ ...one, ours: summaryOf(one.samples), ratio: ratioOf(one), met: isMet(one) })),
});

// Whoever stops a run also stops its processes: they end with this one.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  process.exit(await main(readOptions(process.argv.slice(2))));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
