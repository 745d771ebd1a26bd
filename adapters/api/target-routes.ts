import { z } from 'zod';
import type { Catalog } from '../../src/config/catalog.ts';
import { isRefusal } from '../../src/errors.ts';
import { type Target, targetKey } from '../../src/release/command.ts';
import { type Freeze, keys, type Lock, type Quarantine } from '../../src/release/keys.ts';
import { hasTouched, type Release } from '../../src/release/release.ts';
import { isFrozen, isoTime } from '../../src/time.ts';
import { environment, service } from './fields.ts';
import { type Route, route } from './route.ts';
import { seenTarget } from './scope.ts';

const time = z.iso.datetime();
const guard = { by: z.string(), reason: z.string(), since: time };

const target = z
  .object({
    service: z.string(),
    environment: z.string(),
    serving: z
      .object({
        release: z.string(),
        since: time,
        places: z.array(z.object({ place: z.string(), version: z.string(), healthy: z.boolean() })),
      })
      .optional()
      .meta({ description: 'Absent when no release of ours says it: none yet, or a person has taken over.' }),
    running: z.string().optional().meta({ description: 'The release that holds the target.' }),
    active: z.array(z.object({ release: z.string(), phase: z.string(), version: z.string().optional() })),
    queue: z
      .array(z.string())
      .meta({ description: 'Releases in the order of their turn; the first holds the target.' }),
    lock: z.object({ ...guard, ledgerLost: z.boolean() }).optional(),
    freeze: z.object({ by: z.string().optional(), reason: z.string(), until: time.optional() }).optional(),
    quarantine: z.array(
      z.object({ digest: z.string(), version: z.string(), release: z.string(), at: time, why: z.string() }),
    ),
  })
  .meta({ id: 'Target' });
type Resource = z.infer<typeof target>;

/** The last release that changed something says what serves, unless it ended without knowing. */
function servingOf(recent: Release[]): Resource['serving'] {
  const last = recent.find((release) => release.serving.length > 0 || hasTouched(release));
  if (!last || last.serving.length === 0 || last.phase === 'taken-over') return undefined;
  return { release: last.id, since: isoTime(last.finishedAt ?? last.phaseSince), places: last.serving };
}

function lockOf(lock: Lock | undefined): Resource['lock'] {
  return lock && { ...lock, since: isoTime(lock.since), ledgerLost: lock.ledgerLost !== undefined };
}

function freezeOf(catalog: Catalog, name: string, freeze: Freeze | undefined, now: number): Resource['freeze'] {
  if (freeze && (freeze.until ?? Number.POSITIVE_INFINITY) > now) {
    return {
      by: freeze.by,
      reason: freeze.reason,
      until: freeze.until === undefined ? undefined : isoTime(freeze.until),
    };
  }
  const window = isFrozen(catalog.environments[name]?.freezes ?? [], now);
  return window && { reason: window.reason, until: isoTime(window.until) };
}

const quarantineOf = (held: Quarantine = {}): Resource['quarantine'] =>
  Object.entries(held).map(([digest, one]) => ({ ...one, digest, at: isoTime(one.at) }));

const versionOf = ({ command }: Release): string | undefined =>
  command.verb === 'deploy' ? command.version : command.to;

const getTarget = route({
  method: 'GET',
  path: '/api/v1/targets/{service}/{environment}',
  id: 'getTarget',
  summary: 'What serves on a target, what waits for it, and what stands in the way',
  needs: 'read',
  params: z.strictObject({ service, environment }),
  answers: { 200: { say: 'The target', body: target } },
  async run(call, { params }) {
    const meant = seenTarget(call, params, 'read');
    if (isRefusal(meant)) return meant;
    const { ledger, catalog } = call.gateway;
    const [{ active, queue, recent }, kept] = await Promise.all([
      ledger.target(targetKey(meant), 20),
      recordsOf(ledger, meant),
    ]);
    const body: Resource = {
      ...meant,
      serving: servingOf(recent),
      running: queue[0],
      active: active.map((release) => ({ release: release.id, phase: release.phase, version: versionOf(release) })),
      queue,
      lock: lockOf(kept.lock),
      freeze: freezeOf(catalog(), meant.environment, kept.freeze, kept.now),
      quarantine: quarantineOf(kept.quarantine),
    };
    return { status: 200, body };
  },
});

async function recordsOf(ledger: Parameters<Route['run']>[0]['gateway']['ledger'], meant: Target) {
  const names = [keys.lock(meant), keys.freeze(meant.environment), keys.quarantine(meant)];
  const { records, now } = await ledger.read(names);
  const [lock, freeze, quarantine] = records.map(({ value }) => value) as [Lock?, Freeze?, Quarantine?];
  return { lock, freeze, quarantine, now };
}

export const targetRoutes: Route[] = [getTarget];
