import { type Refusal, refuse } from '../../errors.ts';
import type { Workload } from '../../ports.ts';
import type { StrategyName } from '../../release/command.ts';
import type { Step } from '../../release/plan.ts';
import { recreate } from './recreate.ts';
import { rolling } from './rolling.ts';

/** A strategy turns one workload into steps, or says why it cannot. To add one: a file, and a line here. */
export type Strategy = (workload: Workload) => Step[] | Refusal;

const strategies: Partial<Record<StrategyName, Strategy>> = { rolling, recreate };

export function stepsFor(name: StrategyName, workload: Workload): Step[] | Refusal {
  const strategy = strategies[name];
  if (strategy) return strategy(workload);
  return refuse(
    'not-supported',
    `The strategy ${name} is not available yet.`,
    `Use one of: ${Object.keys(strategies).join(', ')}.`,
  );
}

export const isAvailable = (name: StrategyName): boolean => strategies[name] !== undefined;
export const availableStrategies = (): string[] => Object.keys(strategies);
