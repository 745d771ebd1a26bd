import { canonicalJson, sha256, type WorkloadKind } from '../release/plan.ts';
import { parseWindow } from '../time.ts';
import type {
  Announce,
  Catalog,
  CheckSpec,
  ClusterAccess,
  Environment,
  Health,
  Role,
  Service,
  TargetSpec,
} from './catalog.ts';
import type { CatalogFile } from './catalog-schema.ts';
import { parseDuration } from './durations.ts';
import { workloadForm } from './schema-words.ts';
import { parseSecretReference, type SecretReference } from './secrets.ts';
import type { CheckEntry, PerEnvironment, ServiceEntry } from './service-schema.ts';

/** From the file as it is written to the catalog as it is used. Only for files that the schema has accepted. */

const ms = (text: string | undefined, otherwise: string): number => parseDuration(text ?? otherwise)!;
const reference = (text: string): SecretReference => parseSecretReference(text) as SecretReference;

const mapValues = <T, U>(all: Record<string, T> | undefined, make: (entry: T, name: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(all ?? {}).map(([name, entry]) => [name, make(entry, name)]));

const withoutGaps = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

const clusterOf = ({ context, kubeconfig, inCluster }: CatalogFile['clusters'][string]): ClusterAccess =>
  inCluster
    ? { inCluster: true }
    : withoutGaps({
        inCluster: false,
        context,
        kubeconfig: kubeconfig === undefined ? undefined : reference(kubeconfig),
      });

/** The roles that may approve in an environment. */
const approversIn = (file: CatalogFile, environment: string): string[] =>
  Object.entries(file.roles ?? {})
    .filter(([, role]) => role.may.includes('approve') && (role.in ?? [environment]).includes(environment))
    .map(([name]) => name);

function environmentOf(file: CatalogFile, name: string): Environment {
  const { aliases = [], after, approvals, freezes = [] } = file.environments[name]!;
  return withoutGaps({
    name,
    aliases,
    after: after && { environment: after.environment, soakMs: ms(after.soak, '0s') },
    approvals: {
      required: approvals?.required ?? 0,
      from: approvals?.from ?? approversIn(file, name),
      expiresMs: ms(approvals?.expires, '30m'),
    },
    freezes: freezes.map(({ every, during, zone, reason }) => parseWindow((every ?? during)!, zone, reason)!),
  });
}

type WorkloadEntry = NonNullable<PerEnvironment['workloads']>[number];

function placesOf(file: CatalogFile, environment: string, entries: WorkloadEntry[]): TargetSpec['places'] {
  return file.environments[environment]!.places.flatMap((where) =>
    entries.map((entry) => {
      const { use, containers } = typeof entry === 'string' ? { use: entry, containers: undefined } : entry;
      const [, kind, name] = workloadForm.exec(use)!;
      return withoutGaps({ place: { ...where, kind: kind as WorkloadKind, name: name! }, containers });
    }),
  );
}

const workloadsOf = ({ workload, workloads }: PerEnvironment): WorkloadEntry[] | undefined =>
  workloads ?? (workload === undefined ? undefined : [workload]);

function checkOf(entry: CheckEntry): CheckSpec {
  const { http, status = 200, timeout, name = new URL(http).host + new URL(http).pathname } = entry;
  return { kind: 'http', name, url: http, status, timeoutMs: ms(timeout, '5s') };
}

const checksOf = (list: readonly object[] | undefined): CheckSpec[] =>
  (list ?? []).flatMap((entry) => ('http' in entry ? checkOf(entry as CheckEntry) : []));

function healthOf(base: PerEnvironment['health'], special: PerEnvironment['health']): Health {
  const said = { ...base, ...special };
  return {
    progressDeadline: ms(said.progressDeadline, '10m'),
    schedulingBudget: ms(said.schedulingBudget, '5m'),
    stability: ms(said.stability, '60s'),
    recoveryBudget: ms(said.recoveryBudget, '10m'),
    progressPoll: ms(said.progressPoll, '5s'),
    tolerateBadPods: said.tolerateBadPods ?? 0,
  };
}

function announceOf(...said: (Announce | undefined)[]): Announce {
  const first = (platform: keyof Announce) => said.find((one) => one?.[platform])?.[platform];
  return withoutGaps({ slack: first('slack'), teams: first('teams') });
}

function targetOf(file: CatalogFile, service: ServiceEntry, environment: string): TargetSpec {
  const special = service.environments?.[environment] ?? {};
  const checks = { ...service.checks, ...special.checks };
  const team = service.team === undefined ? undefined : file.teams?.[service.team];
  return {
    places: placesOf(file, environment, workloadsOf(special) ?? workloadsOf(service)!),
    // Any other strategy has been refused by the schema.
    strategy: (special.strategy ?? service.strategy ?? 'rolling') as TargetSpec['strategy'],
    checks: { before: checksOf(checks.before), after: checksOf(checks.after) },
    health: healthOf(service.health, special.health),
    announce: announceOf(special.announce, file.environments[environment]!.announce, team?.announce),
  };
}

function serviceOf(file: CatalogFile, service: ServiceEntry, name: string): Service {
  const { aliases = [], image, tier = 'standard', team, source } = service;
  const lives = service.in ?? Object.keys(file.environments);
  const targets = Object.fromEntries(lives.map((environment) => [environment, targetOf(file, service, environment)]));
  return withoutGaps({ name, aliases, image, tier, team, source, targets });
}

const subject = (platform: string, text: string): string => {
  const [kind, id] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
  return kind === 'user' ? `user:${platform}:${id}` : `${platform}:${id}`;
};

function roleOf(file: CatalogFile, role: NonNullable<CatalogFile['roles']>[string], name: string): Role {
  const owns = (service: string, whose: string) =>
    whose === `service:${service}` || whose === `team:${file.services[service]!.team}`;
  return {
    name,
    groups: [
      ...(role.slack ?? []).map((text) => subject('slack', text)),
      // An id of Entra is the same in either case.
      ...(role.teams ?? []).map((text) => subject('teams', text.toLowerCase())),
    ],
    emails: (role.emails ?? []).map((email) => email.toLowerCase()),
    may: role.may,
    in: role.in ?? Object.keys(file.environments),
    for: Object.keys(file.services).filter((service) => !role.for || role.for.some((whose) => owns(service, whose))),
  };
}

/** Fills defaults and resolves names. The same meaning, however it is written, gives the same `policyVersion`. */
export function normalise(file: CatalogFile): Catalog {
  const meaning = {
    clusters: mapValues(file.clusters, clusterOf),
    environments: mapValues(file.environments, (_, name) => environmentOf(file, name)),
    services: mapValues(file.services, (service, name) => serviceOf(file, service, name)),
    teams: mapValues(file.teams, ({ members = [], announce = {}, page }, name) =>
      withoutGaps({
        name,
        members: members.map((email) => email.toLowerCase()),
        announce: withoutGaps(announce),
        page: page && { webhook: reference(page.webhook) },
      }),
    ),
    roles: mapValues(file.roles, (role, name) => roleOf(file, role, name)),
    registries: mapValues(file.registries, ({ username, password }) => ({
      username: reference(username),
      password: reference(password),
    })),
    metrics: file.metrics ?? {},
  };
  return { policyVersion: sha256(canonicalJson(meaning)), ...meaning };
}
