import { type Figure, summaryOf } from './figure.ts';
import { type Load, load, type Pace, type Sender } from './open-loop.ts';

const rounds = 4;
const seconds = 5;
const warmUp: Pace = { rate: 20, seconds: 2 };

/** Ours or the peer, and what came of its turns by rate. */
export interface Side {
  sender: Sender;
  loads: Map<number, Load>;
}

export const side = (sender: Sender): Side => ({ sender, loads: new Map() });

/** How many requests each side gets in all. */
export const requestsEach = (rates: number[]): number =>
  warmUp.rate * warmUp.seconds + rounds * seconds * rates.reduce((sum, rate) => sum + rate, 0);

/** Ours and the peer take turns, so that both see the same machine. */
export async function takeTurns(sides: Side[], rates: number[]): Promise<void> {
  for (const { sender } of sides) await load(sender, warmUp);
  for (let round = 0; round < rounds; round += 1) {
    for (const rate of rates) {
      for (const one of sides) add(one, rate, await load(one.sender, { rate, seconds }));
    }
  }
}

function add({ loads }: Side, rate: number, { took, failures }: Load): void {
  const all = loads.get(rate) ?? { took: [], failures: [] };
  loads.set(rate, { took: [...all.took, ...took], failures: [...all.failures, ...failures] });
}

/** What to say of the turns at one rate. */
export interface Turned extends Pick<Figure, 'name' | 'target' | 'notes'> {
  peer: string;
  rate: number;
}

export function figureOf(ours: Side, theirs: Side, { name, target, notes, peer, rate }: Turned): Figure {
  const [mine, other] = [ours, theirs].map(({ loads }) => loads.get(rate)!) as [Load, Load];
  const failures = [...mine.failures, ...other.failures];
  const failed = failures.length > 0 ? [`${failures.length} were not acknowledged; the first: ${failures[0]}`] : [];
  const [p95, p95Other] = [mine, other].map(({ took }) => summaryOf(took).p95.toFixed(1));
  return {
    name: `${name} at ${rate}/s`,
    unit: 'ms',
    target,
    samples: mine.took,
    peer: { name: peer, samples: other.took },
    notes: [...notes, `p95 ${p95} ms, ${peer} ${p95Other} ms`, ...failed],
  };
}
