import { placeKey } from '../release/plan.ts';
import type { Catalog, Environment, Role } from './catalog.ts';
import type { CatalogFile } from './catalog-schema.ts';
import { type Problem, problem } from './problem.ts';

/** What is well written and still cannot work: it would only show when somebody is waiting. */

function rolesThatCount(catalog: Catalog, { name, approvals }: Environment): { roles: Role[]; problems: Problem[] } {
  const at = ['environments', name, 'approvals', 'from'];
  const roles = approvals.from.map((role) => catalog.roles[role]!);
  const problems = roles.flatMap((role) => {
    if (!role.may.includes('approve'))
      return problem(at, `The role ${role.name} may not approve.`, `Add approve to roles.${role.name}.may.`);
    if (role.in.includes(name)) return [];
    return problem(at, `The role ${role.name} does not hold in ${name}.`, `Add ${name} to roles.${role.name}.in.`);
  });
  return { roles, problems };
}

// Only mail addresses can be counted here; who is in a group, the chat platform knows.
const headcount = (roles: Role[]): number =>
  roles.some(({ groups }) => groups.length > 0)
    ? Number.POSITIVE_INFINITY
    : new Set(roles.flatMap((role) => role.emails)).size;

function approvalProblems(catalog: Catalog): Problem[] {
  return Object.values(catalog.environments).flatMap((environment) => {
    const { required } = environment.approvals;
    const { roles, problems } = rolesThatCount(catalog, environment);
    if (problems.length > 0 || headcount(roles) >= required) return problems;
    const say = `${required} approvals are required, and ${headcount(roles)} can be given.`;
    const fix = 'Give more people a role that may approve there, or require fewer.';
    return problem(['environments', environment.name, 'approvals', 'required'], say, fix);
  });
}

/** Two services on one workload would each hold a lock that does not guard it. */
function sharedWorkloads(catalog: Catalog): Problem[] {
  const taken = new Map<string, string>();
  return Object.values(catalog.services).flatMap((service) =>
    Object.entries(service.targets).flatMap(([environment, { places }]) =>
      places.flatMap(({ place }) => {
        const [key, mine] = [placeKey(place), `${service.name} in ${environment}`];
        const other = taken.get(key);
        taken.set(key, mine);
        const fix = 'Let each workload belong to one service in one environment.';
        return other ? problem(['services', service.name], `${key} is named for ${other} and for ${mine}.`, fix) : [];
      }),
    ),
  );
}

function orderProblems(catalog: Catalog): Problem[] {
  return Object.values(catalog.services).flatMap(({ name, targets }) =>
    Object.keys(targets).flatMap((environment) => {
      const before = catalog.environments[environment]!.after?.environment;
      if (before === undefined || Object.hasOwn(targets, before)) return [];
      const say = `${name} lives in ${environment}, which comes after ${before}, but not in ${before}: it could never go there.`;
      return problem(['services', name, 'in'], say, `Add ${before}, or use an environment without "after".`);
    }),
  );
}

function idleExceptions(catalog: Catalog, file: CatalogFile): Problem[] {
  return Object.entries(file.services).flatMap(([name, { environments = {} }]) =>
    Object.keys(environments)
      .filter((environment) => !Object.hasOwn(catalog.services[name]!.targets, environment))
      .map((environment) =>
        problem(
          ['services', name, 'environments', environment],
          `${name} does not live in ${environment}.`,
          `Add ${environment} to services.${name}.in, or remove this.`,
        ),
      ),
  );
}

/** Problems of a catalog whose every part is right by itself. */
export const fittingProblems = (catalog: Catalog, file: CatalogFile): Problem[] => [
  ...approvalProblems(catalog),
  ...sharedWorkloads(catalog),
  ...orderProblems(catalog),
  ...idleExceptions(catalog, file),
];
