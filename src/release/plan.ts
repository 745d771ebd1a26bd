import { createHash } from 'node:crypto';
import type { CheckSpec } from '../config/catalog.ts';
import type { GateName, StrategyName, Target } from './command.ts';

export const workloadKinds = ['deployment', 'statefulset', 'daemonset'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** One workload in one cluster and namespace. */
export interface Place {
  cluster: string;
  namespace: string;
  kind: WorkloadKind;
  name: string;
}

export const placeKey = (place: Place): string => `${place.cluster}/${place.namespace}/${place.kind}/${place.name}`;

/** What a container runs: the reference as written, its digest where known, and what people call it. */
export interface ImageUse {
  ref: string;
  digest?: string;
  version?: string;
}

export interface ContainerChange {
  name: string;
  init: boolean;
  from: ImageUse;
  to: ImageUse;
}

/** One thing that is done at a place. `apply` writes the images (or, in a rollback, the whole kept template). */
export type Step = { kind: 'apply' } | { kind: 'scale'; replicas: number };

/** Where a place returns to. The template itself is kept in the ledger under `record`, never in a card or a job. */
export interface ReturnPoint {
  record: string;
  revision: string;
  version: string;
  /** What the named containers run after the return. */
  images: { name: string; init: boolean; image: string }[];
  replicas: number | null;
  /** False when a digest that ran is no longer to be had: then there is no safe return. */
  pullable: boolean;
}

export interface PlacePlan {
  place: Place;
  uid: string;
  containers: ContainerChange[];
  /** Set in a rollback: the kept template that `apply` writes, by its ledger record. */
  template?: string;
  returnPoint: ReturnPoint;
  steps: Step[];
  desired: number;
}

/** A factor of the risk, in points; they sum to the risk exactly. */
export interface RiskFactor {
  name: string;
  points: number;
  say: string;
}

/** The immutable list of what a release will do. Two plans with one hash do the same. */
export interface Plan {
  schema: 1;
  target: Target;
  kind: 'deploy' | 'rollback';
  from: string;
  to: string;
  toDigest: string;
  strategy: StrategyName;
  places: PlacePlan[];
  checks: { before: CheckSpec[]; after: CheckSpec[] };
  /** Gates that were judged, and which of them were passed by an override. */
  gates: GateName[];
  overridden: GateName[];
  approvals: { required: number; from: string[]; expiresMs: number };
  risk: RiskFactor[];
  policyVersion: string;
  /** Instant to start at, ms; as soon as possible when absent. */
  at?: number;
}

/** JSON with keys in order, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What an approval binds to: uid, containers, digests, strategy, steps, checks, gates, policy version, per place. */
export const planHash = (plan: Plan): string => sha256(canonicalJson(plan));
