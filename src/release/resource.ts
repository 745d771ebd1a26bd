import { z } from 'zod';
import { isoTime } from '../time.ts';
import { gateNames, strategyNames } from './command.ts';
import type { Person } from './event.ts';
import { type PlacePlan, placeKey } from './plan.ts';
import { finishedPhases, isFinished, type Release, runningPhases, waitingPhases } from './release.ts';

/**
 * A release as REST shows it. The schema is the allow-list: what is not named here never leaves, above all pod
 * templates (they may hold secrets), chat addresses, and what platforms know of people.
 */

const time = z.iso.datetime().meta({ description: 'UTC' });
const person = z.object({ principal: z.string(), name: z.string() }).meta({ id: 'Person' });

const finding = z
  .object({
    cause: z.string(),
    message: z.string(),
    pod: z.string().optional(),
    container: z.string().optional(),
    exitCode: z.number().optional(),
    reason: z.string().optional(),
    restarts: z.number().optional(),
    events: z.array(z.object({ reason: z.string(), message: z.string(), count: z.number(), object: z.string() })),
  })
  .meta({ id: 'Finding', description: 'The fact that a verdict stands on. Texts come from the cluster.' });

const counts = z
  .object({
    desired: z.number(),
    updated: z.number(),
    updatedReady: z.number(),
    updatedAvailable: z.number(),
    available: z.number(),
    old: z.number(),
    oldAvailable: z.number(),
  })
  .meta({ id: 'Counts', description: 'Pods of one place; updated… are of the new revision.' });

const no = z.object({ code: z.string(), say: z.string(), hint: z.string() });
const serving = z.object({ place: z.string(), version: z.string(), healthy: z.boolean() }).meta({ id: 'Serving' });
const measurement = z.object({ check: z.string(), verdict: z.string(), say: z.string() });
const image = z.object({ version: z.string().optional(), digest: z.string().optional() });

const place = z.object({
  place: z.string().meta({ description: 'cluster/namespace/kind/name' }),
  desired: z.number(),
  containers: z.array(z.object({ name: z.string(), init: z.boolean(), from: image, to: image })),
  returnsTo: z.object({ version: z.string(), revision: z.string(), safe: z.boolean() }),
});

const plan = z.object({
  hash: z.string(),
  from: z.string(),
  to: z.string(),
  toDigest: z.string(),
  strategy: z.enum(strategyNames),
  places: z.array(place),
  gates: z.array(z.enum(gateNames)),
  overridden: z.array(z.enum(gateNames)),
  risk: z.array(z.object({ name: z.string(), points: z.number(), say: z.string() })),
  at: time.optional(),
});

const evidence = z.object({
  place: z.string(),
  logs: z.array(
    z.object({ pod: z.string(), container: z.string(), previous: z.boolean(), lines: z.array(z.string()) }),
  ),
  missing: z.array(z.string()),
});

const approval = z.object({ by: person, at: time, reason: z.string().optional() });
const change = z.object({
  commit: z.string().optional(),
  authors: z.array(z.string()).optional(),
  link: z.string().optional(),
});

export const phases = [...waitingPhases, ...runningPhases, ...finishedPhases] as const;

export const releaseSchema = z
  .object({
    id: z.string(),
    rev: z.int().meta({ description: 'Grows by one with every event; also the ETag.' }),
    phase: z.enum(phases),
    finished: z.boolean(),
    kind: z.enum(['deploy', 'rollback']),
    service: z.string(),
    environment: z.string(),
    version: z.string().optional().meta({ description: 'What was asked for; a rollback may leave it open.' }),
    by: person,
    reason: z.string().optional(),
    change: change.optional(),
    ticket: z.string().optional(),
    requestedAt: time,
    phaseSince: time,
    finishedAt: time.optional(),
    plan: plan.optional(),
    replanned: z.string().optional().meta({ description: 'Why the plan had to be approved again.' }),
    approvals: z.object({
      required: z.number(),
      from: z.array(z.string()),
      expiresAt: time.optional(),
      given: z.array(approval),
    }),
    counts: counts.optional(),
    waitingFor: z.string().optional(),
    troubles: z.array(z.string()),
    held: z.boolean(),
    finding: finding.optional(),
    quarantined: z.boolean(),
    evidence: evidence.optional(),
    measurements: z.array(measurement),
    serving: z.array(serving),
    trouble: no.optional().meta({ description: 'Why we stopped without a verdict.' }),
    refusal: no.optional(),
    stoppedBy: z.object({ by: person, verb: z.string(), reason: z.string().optional() }).optional(),
  })
  .meta({ id: 'Release' });
export type ReleaseResource = z.infer<typeof releaseSchema>;

const iso = (instant: number | undefined): string | undefined => (instant === undefined ? undefined : isoTime(instant));
export const personResource = ({ principal, name }: Person): z.infer<typeof person> => ({ principal, name });

function placeResource({ place: where, desired, containers, returnPoint }: PlacePlan): z.infer<typeof place> {
  const { version, revision, pullable } = returnPoint;
  return { place: placeKey(where), desired, containers, returnsTo: { version, revision, safe: pullable } };
}

function planResource({ plan: made, planHash }: Release): ReleaseResource['plan'] {
  if (!made) return undefined;
  return { ...made, hash: planHash ?? '', places: made.places.map(placeResource), at: iso(made.at) };
}

function approvalsResource({ plan: made, approvals, expiresAt, phase }: Release): ReleaseResource['approvals'] {
  return {
    required: made?.approvals.required ?? 0,
    from: made?.approvals.from ?? [],
    expiresAt: phase === 'awaiting-approval' ? iso(expiresAt) : undefined,
    given: approvals.map(({ by, at, reason }) => ({ by: personResource(by), at: isoTime(at), reason })),
  };
}

/** The REST body of a release: parsed by the schema, so that nothing it does not name can slip through. */
export function releaseResource(release: Release): ReleaseResource {
  const { command, target, by } = release;
  return releaseSchema.parse({
    ...release,
    finished: isFinished(release),
    service: target.service,
    environment: target.environment,
    version: command.verb === 'deploy' ? command.version : command.to,
    by: personResource(by),
    reason: command.reason,
    requestedAt: isoTime(release.requestedAt),
    phaseSince: isoTime(release.phaseSince),
    finishedAt: iso(release.finishedAt),
    plan: planResource(release),
    approvals: approvalsResource(release),
  });
}
