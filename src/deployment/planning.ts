import type { Catalog, Environment } from '../config/catalog.ts';
import { findTarget } from '../config/catalog.ts';
import { riskOf } from '../decision/risk.ts';
import { isRefusal, type Refusal, refuse } from '../errors.ts';
import { readGates } from '../gate-facts.ts';
import type { Outcome } from '../outcome.ts';
import type { Workload } from '../ports.ts';
import { closedGates, firstClosed } from '../release/gates.ts';
import { type Place, type Plan, placeKey, planHash } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import { isFrozen } from '../time.ts';
import type { World } from '../world.ts';
import { atOf } from './at.ts';
import { type Drafted, type Read, strategyOf } from './draft.ts';
import { planDeploy } from './plan-deploy.ts';
import { planRollback } from './plan-rollback.ts';

/** The first look at a release: reads the registry and the workloads, and writes the plan, or says no. */
export async function plan(world: World, release: Release, now: number): Promise<Outcome> {
  const made = await makePlan(world, release, now);
  if (isRefusal(made)) return { event: { type: 'refused', refusal: made } };
  return {
    event: { type: 'planned', plan: made.plan, hash: planHash(made.plan) },
    records: made.records,
    guards: made.guards,
  };
}

/** @throws TransientError when the registry or a cluster does not answer */
export async function makePlan(world: World, release: Release, now: number) {
  const catalog = world.catalog();
  const at = atOf(release);
  if (isRefusal(at)) return at;
  const places = placesOf(catalog, release);
  if (isRefusal(places)) return places;
  const workloads = await inspectAll(world, places);
  if (isRefusal(workloads)) return workloads;
  const draft =
    release.command.verb === 'deploy'
      ? await planDeploy(world, release, workloads)
      : await planRollback(world, release, workloads);
  if (isRefusal(draft)) return draft;
  const gates = await readGates(world, release.target, {
    startAt: at ?? now,
    digest: draft.version.toDigest,
    version: draft.version.to,
  });
  const overriding = release.command.verb === 'deploy' ? release.command.overriding : 'all';
  const closed = firstClosed(closedGates(gates.facts), overriding);
  if (closed) return closed.refusal;
  const unsafe = draft.places.find(({ plan: one }) => !one.returnPoint.pullable);
  if (unsafe && release.kind === 'deploy' && !overrides(overriding, 'return')) return noSafeReturn(unsafe.plan.place);
  const complete = compose(
    catalog,
    release,
    draft,
    closedGates(gates.facts).map((one) => one.gate),
    at,
  );
  const records = draft.places.flatMap((one) => one.kept);
  return { plan: complete, records, guards: gates.guards };
}

const overrides = (overriding: string[] | 'all' | undefined, gate: string): boolean =>
  overriding === 'all' || (overriding?.includes(gate) ?? false);

const noSafeReturn = (place: Place): Refusal =>
  refuse(
    'no-safe-return',
    `${placeKey(place)} has no safe return: an image that runs there now cannot be pulled any more.`,
    'Push the image again, or, in an emergency, add "overriding return because …".',
  );

function compose(
  catalog: Catalog,
  release: Release,
  draft: Drafted,
  closed: Plan['gates'],
  at: number | undefined,
): Plan {
  const environment = catalog.environments[release.target.environment]!;
  const service = catalog.services[release.target.service]!;
  const { checks } = findTarget(catalog, release.target)!;
  const { command } = release;
  const overriding = command.verb === 'deploy' ? command.overriding : undefined;
  const skipsApproval = release.urgent || overrides(overriding, 'approval');
  const overridden = release.urgent
    ? []
    : [
        ...closed,
        ...(draft.places.some(({ plan: one }) => !one.returnPoint.pullable) ? (['return'] as const) : []),
        ...(overrides(overriding, 'approval') && environment.approvals.required > 0 ? (['approval'] as const) : []),
      ];
  return {
    schema: 1,
    target: release.target,
    kind: release.kind,
    from: draft.version.from,
    to: draft.version.to,
    toDigest: draft.version.toDigest,
    strategy: strategyOf(catalog, release),
    places: draft.places.map((one) => one.plan),
    checks: release.kind === 'rollback' ? { ...checks, before: [] } : checks,
    gates: [
      'freeze',
      'lock',
      'order',
      'quarantine',
      ...(environment.approvals.required > 0 ? (['approval'] as const) : []),
    ],
    overridden,
    approvals: {
      required: skipsApproval ? 0 : environment.approvals.required,
      from: environment.approvals.from,
      expiresMs: environment.approvals.expiresMs,
    },
    risk: riskOf({
      tier: service.tier,
      environment,
      places: draft.places.length,
      strategy: strategyOf(catalog, release),
      windowSoon: soon(environment, at),
    }),
    policyVersion: catalog.policyVersion,
    at,
  };
}

const soon = (environment: Environment, at: number | undefined): boolean =>
  at !== undefined && isFrozen(environment.freezes, at + 2 * 3_600_000) !== undefined;

/** Every workload of the service in every place of the environment, in the catalog's order. */
export function placesOf(catalog: Catalog, release: Release): { place: Place; containers?: string[] }[] | Refusal {
  const { service, environment } = release.target;
  const spec = findTarget(catalog, release.target);
  return (
    spec?.places ??
    refuse('unknown-service', `The catalog has no ${service} in ${environment} any more.`, 'Ask for it again.')
  );
}

async function inspectAll(world: World, places: { place: Place; containers?: string[] }[]): Promise<Read[] | Refusal> {
  const reads = await Promise.all(places.map(({ place }) => world.clusters.get(place.cluster)?.inspect(place)));
  const missing = reads.indexOf(undefined);
  if (missing >= 0) return notThere(places[missing]?.place as Place);
  const owned = (reads as Workload[]).find((workload) => workload.owner);
  if (owned) return ownedBy(owned);
  return reads.map((workload, index) => ({ workload: workload as Workload, containers: places[index]?.containers }));
}

const notThere = (place: Place): Refusal =>
  refuse(
    'workload-not-found',
    `There is no ${place.kind}/${place.name} in namespace ${place.namespace} of cluster ${place.cluster}.`,
    'Create it first, or correct the service in the catalog.',
  );

const ownedBy = (workload: Workload): Refusal =>
  refuse(
    'owned-by-another',
    `${placeKey(workload.place)} belongs to ${workload.owner?.name}, which would undo our write.`,
    workload.owner?.fix ?? 'Release it there.',
  );
