import { parseArgs } from 'node:util';

/** What a run is asked to do. */
export interface Options {
  releases: number;
  /** Everything that is drawn by chance follows from it; processes still interleave as they like. */
  seed: string;
  /** No faults: what the load alone does. */
  calm: boolean;
  /** Which engine: ours, or the naive one that must fail. */
  engine: 'ours' | 'naive';
  /** Releases of the control that runs after ours; 0 for none. */
  control: number;
  /** A real API server instead of the stand-in. */
  kubeconfig?: string;
  /** Keeps the folder of logs even when all is well. */
  keep: boolean;
}

const usage = `npm run chaos -- [--releases 200] [--seed 1] [--calm] [--engine naive] [--control 40 | --no-control]
                 [--cluster KUBECONFIG] [--keep]`;

/** @throws Error with the usage, naming what it does not understand */
export function readOptions(args: string[]): Options {
  const { values } = parse(args);
  const releases = count('--releases', values.releases ?? '200');
  const alone = values.calm || values.engine === 'naive' || values.cluster !== undefined || values['no-control'];
  if (!['ours', 'naive'].includes(values.engine)) throw wrong(`--engine ${values.engine}`);
  return {
    releases,
    seed: values.seed ?? String(Date.now() % 100_000),
    calm: values.calm,
    engine: values.engine as Options['engine'],
    control: alone && values.control === undefined ? 0 : count('--control', values.control ?? '40'),
    kubeconfig: values.cluster,
    keep: values.keep,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        releases: { type: 'string' },
        seed: { type: 'string' },
        calm: { type: 'boolean', default: false },
        engine: { type: 'string', default: 'ours' },
        control: { type: 'string' },
        'no-control': { type: 'boolean', default: false },
        cluster: { type: 'string' },
        keep: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function count(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0 || text === '') throw wrong(`${name} ${text}`);
  return number;
}

const wrong = (what: string): Error => new Error(`Cannot use ${what}.\n${usage}`);
