import { z } from 'zod';
import { isoTime } from '../time.ts';
import type { Happened, Person, ReleaseEvent } from './event.ts';
import { personResource } from './resource.ts';

/** One event as REST shows it: the same allow-list for every type, without the plan's and the evidence's bodies. */
const shown = {
  reason: z.string(),
  why: z.string(),
  verb: z.string(),
  what: z.string(),
  waitingFor: z.string(),
  troubles: z.array(z.string()),
  paused: z.boolean(),
  quarantine: z.boolean(),
  place: z.int(),
  step: z.int(),
  hash: z.string(),
  counts: z.record(z.string(), z.number()),
  finding: z.object({ cause: z.string(), message: z.string() }),
  trouble: z.object({ code: z.string(), say: z.string(), hint: z.string() }),
  refusal: z.object({ code: z.string(), say: z.string(), hint: z.string() }),
  measurements: z.array(z.object({ check: z.string(), verdict: z.string(), say: z.string() })),
};

export const eventSchema = z
  .object({
    rev: z.int(),
    at: z.iso.datetime(),
    type: z.string(),
    by: z.object({ principal: z.string(), name: z.string() }).optional(),
    ...z.object(shown).partial().shape,
  })
  .meta({ id: 'Event' });
export type EventResource = z.infer<typeof eventSchema>;

const actorOf = (event: ReleaseEvent): Person | undefined =>
  event.type === 'approved' ? event.approval.by : 'by' in event ? event.by : undefined;

/** An event, cut down to what the schema names. */
export function eventResource({ rev, at, event }: Happened): EventResource {
  const by = actorOf(event);
  const named = Object.entries(event).filter(
    ([field, value]) => shown[field as keyof typeof shown]?.safeParse(value).success,
  );
  return eventSchema.parse({
    ...Object.fromEntries(named),
    ...(event.type === 'approved' ? { reason: event.approval.reason } : {}),
    rev,
    at: isoTime(at),
    type: event.type,
    by: by && personResource(by),
  });
}
