import type { StrategyName, Target } from '../release/command.ts';
import { foldCase } from '../release/grammar-text.ts';
import type { Place } from '../release/plan.ts';
import type { FreezeWindow } from '../time.ts';
import { catalogSchema, type Permission } from './catalog-schema.ts';
import { fittingProblems } from './fitting.ts';
import { normalise } from './normalise.ts';
import { knownNames, outlineOf } from './outline.ts';
import type { Problem } from './problem.ts';
import type { SecretReference } from './secrets.ts';
import { wholeFileProblems } from './whole-file.ts';
import { zodProblems } from './zod-problems.ts';

/** How a cluster is reached: the ServiceAccount we run under, or a context, or a kubeconfig of its own. */
export type ClusterAccess = { inCluster: true } | { inCluster: false; context?: string; kubeconfig?: SecretReference };

/** Channels by platform: Slack's `C…`, Teams' `19:…@thread.tacv2`. */
export interface Announce {
  slack?: string;
  teams?: string;
}

export interface Approvals {
  required: number;
  /** Roles whose members count; all that may approve there, when the file names none. */
  from: string[];
  /** How long approvals are collected, ms. */
  expiresMs: number;
}

export interface Environment {
  name: string;
  aliases: string[];
  /** The same digest must have succeeded there, and have stood for `soakMs`. */
  after?: { environment: string; soakMs: number };
  approvals: Approvals;
  freezes: FreezeWindow[];
}

/** An HTTP check: passes when `url` answers `status` within `timeoutMs`. */
export interface HttpCheck {
  kind: 'http';
  name: string;
  url: string;
  status: number;
  timeoutMs: number;
}
/** A check as the catalog asks for it, one kind per file in `validation/checks/`. */
export type CheckSpec = HttpCheck;

/** How a rollout of this service is judged. Times in ms. */
export interface Health {
  progressDeadline: number;
  schedulingBudget: number;
  /** How long it must stay well after it was rolled out. */
  stability: number;
  /** How long the way back may take. */
  recoveryBudget: number;
  /** How often we look when nothing wakes us. */
  progressPoll: number;
  tolerateBadPods: number;
}

/** A service in one environment, every default filled in. */
export interface TargetSpec {
  /** In the order in which they are carried out. Without `containers`: those that run the service's image. */
  places: { place: Place; containers?: string[] }[];
  strategy: StrategyName;
  checks: { before: CheckSpec[]; after: CheckSpec[] };
  health: Health;
  /** The channel of the card: what the service says for this environment, else the environment, else the team. */
  announce: Announce;
}

export interface Service {
  name: string;
  aliases: string[];
  /** Registry and repository, without a tag. */
  image: string;
  tier: 'critical' | 'standard' | 'low';
  team?: string;
  source?: { github: string };
  /** By environment; one that is missing here is one where this service does not live. */
  targets: Record<string, TargetSpec>;
}

export interface Team {
  name: string;
  members: string[];
  announce: Announce;
  page?: { webhook: SecretReference };
}

export interface Role {
  name: string;
  /** As principals carry them: `slack:S0RELMGR`, `teams:<id>`, `user:slack:U1`, `user:teams:<id>`. */
  groups: string[];
  /** In small letters. */
  emails: string[];
  may: Permission[];
  /** Environments and services it holds for, by name. */
  in: string[];
  for: string[];
}

/** `release.yaml`, checked and ready to use: every default filled, every duration in ms, every reference resolved. */
export interface Catalog {
  /** Changes when, and only when, what the file means changes. Approvals bind to it. */
  policyVersion: string;
  clusters: Record<string, ClusterAccess>;
  environments: Record<string, Environment>;
  services: Record<string, Service>;
  teams: Record<string, Team>;
  roles: Record<string, Role>;
  registries: Record<string, { username: SecretReference; password: SecretReference }>;
  metrics: { prometheus?: { url: string } };
}

export type Parsed = { ok: true; catalog: Catalog } | { ok: false; problems: Problem[] };

/** Reads a catalog from what YAML or JSON gave. @returns the catalog, or every problem at once; throws nothing. */
export function parseCatalog(raw: unknown): Parsed {
  const outline = outlineOf(raw);
  const read = catalogSchema(knownNames(outline)).safeParse(raw);
  const problems = [...(read.success ? [] : zodProblems(read.error, raw)), ...wholeFileProblems(outline)];
  if (!read.success || problems.length > 0) return { ok: false, problems };
  const catalog = normalise(read.data);
  const unfit = fittingProblems(catalog, read.data);
  return unfit.length > 0 ? { ok: false, problems: unfit } : { ok: true, catalog };
}

function find<T extends { name: string; aliases: string[] }>(all: Record<string, T>, word: string): T | undefined {
  const wanted = foldCase(word);
  return Object.values(all).find(({ name, aliases }) => name === wanted || aliases.includes(wanted));
}

/** The service that a word means, by name or alias, in any case. */
export const findService = (catalog: Catalog, word: string): Service | undefined => find(catalog.services, word);

/** The environment that a word means, by name or alias, in any case. */
export const findEnvironment = (catalog: Catalog, word: string): Environment | undefined =>
  find(catalog.environments, word);

/** All that is said about a service in an environment; undefined when it does not live there. Aliases are understood. */
export function findTarget(catalog: Catalog, target: Target): TargetSpec | undefined {
  const environment = findEnvironment(catalog, target.environment);
  return environment && findService(catalog, target.service)?.targets[environment.name];
}
