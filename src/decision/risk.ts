import type { Environment, Service } from '../config/catalog.ts';
import type { Plan, RiskFactor } from '../release/plan.ts';

/** What is known about a release before it starts. */
export interface RiskFacts {
  tier: Service['tier'];
  environment: Environment;
  places: number;
  strategy: Plan['strategy'];
  /** A freeze begins within two hours of the start. */
  windowSoon: boolean;
}

const tierPoints = { critical: 30, standard: 10, low: 0 } as const;

/** Factors that add up to the risk, each with its reason; nothing hidden, nothing learned. */
export function riskOf({ tier, environment, places, strategy, windowSoon }: RiskFacts): RiskFactor[] {
  const factors: RiskFactor[] = [{ name: 'tier', points: tierPoints[tier], say: `${tier} service` }];
  if (environment.after)
    factors.push({
      name: 'environment',
      points: 20,
      say: `${environment.name} comes after ${environment.after.environment}`,
    });
  if (places > 1) factors.push({ name: 'places', points: Math.min(20, 5 * (places - 1)), say: `${places} places` });
  if (strategy === 'recreate')
    factors.push({ name: 'strategy', points: 20, say: 'recreate: nothing serves meanwhile' });
  if (windowSoon) factors.push({ name: 'freeze', points: 15, say: 'a freeze begins within two hours' });
  return factors.filter((factor) => factor.points > 0);
}

export const riskPoints = (factors: RiskFactor[]): number => factors.reduce((sum, factor) => sum + factor.points, 0);
