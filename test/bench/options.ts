import { parseArgs } from 'node:util';

export const benchNames = ['ack', 'verdict', 'shown', 'requests', 'restart', 'start', 'teams'] as const;
export type BenchName = (typeof benchNames)[number];

/** What a run is asked to measure. */
export interface Options {
  benches: BenchName[];
  /** Ends with 1 when a target is missed. */
  strict: boolean;
  /** A file for everything as JSON, with every sample. */
  out?: string;
}

const usage = `npm run bench -- [${benchNames.join('|')} …] [--strict] [--out FILE]`;

/** @throws Error with the usage, naming what it does not understand */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parse(args);
  const wrong = positionals.find((name) => !isBench(name));
  if (wrong !== undefined) throw new Error(`There is no bench ${wrong}.\n${usage}`);
  const benches = positionals.filter(isBench);
  return { benches: benches.length > 0 ? benches : [...benchNames], strict: values.strict, out: values.out };
}

const isBench = (name: string): name is BenchName => (benchNames as readonly string[]).includes(name);

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { strict: { type: 'boolean', default: false }, out: { type: 'string' } },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`);
  }
}
