import { z } from 'zod';
import { isRefusal } from '../../src/errors.ts';
import { eventResource, eventSchema } from '../../src/release/event-resource.ts';
import { finishedPhases, isFinished, type Release } from '../../src/release/release.ts';
import { phases, releaseResource, releaseSchema } from '../../src/release/resource.ts';
import { environment, releaseId, service, whole } from './fields.ts';
import { pageOf, readCursor } from './page.ts';
import { type Route, route } from './route.ts';
import { readableTargets, seenRelease, seenTarget } from './scope.ts';

const states = ['active', 'finished', ...phases] as const;
type State = (typeof states)[number];

const query = z.strictObject({
  service: service.optional(),
  environment: environment.optional(),
  state: z.enum(states, { error: `Use one of: ${states.join(', ')}.` }).optional(),
  limit: whole(1, 100).default(20).meta({ description: '20 when absent.' }),
  cursor: z
    .string()
    .max(300)
    .refine((text) => readCursor(text) !== undefined, { error: 'Use a cursor as a page gave it.' })
    .optional(),
});
type Query = z.infer<typeof query>;

const page = z
  .object({
    releases: z.array(releaseSchema),
    next: z.string().optional().meta({ description: 'Cursor of the next page.' }),
  })
  .meta({ id: 'ReleasePage' });

function isIn(state: State | undefined, release: Release): boolean {
  if (state === undefined) return true;
  if (state === 'active' || state === 'finished') return isFinished(release) === (state === 'finished');
  return release.phase === state;
}

const endsIn = (state: State | undefined): boolean =>
  state === undefined || state === 'finished' || (finishedPhases as readonly string[]).includes(state);

const list = route({
  method: 'GET',
  path: '/api/v1/releases',
  id: 'listReleases',
  summary: 'Releases that you may read: those under way, then the finished ones, the latest first',
  needs: 'read',
  query,
  answers: { 200: { say: 'A page of releases', body: page } },
  async run(call, { query: wish }: { query: Query }) {
    const targets = readableTargets(call).filter((target) => fits(call, wish, target));
    const after = wish.cursor === undefined ? undefined : readCursor(wish.cursor);
    const which = (release: Release) => isIn(wish.state, release);
    const found = await pageOf(call.gateway.ledger, {
      targets,
      limit: wish.limit,
      after,
      which,
      history: endsIn(wish.state),
    });
    return { status: 200, body: { releases: found.releases.map(releaseResource), next: found.next } };
  },
});

/** Names and aliases are both understood; a word that is neither fits nothing. */
function fits(
  call: Parameters<typeof seenTarget>[0],
  wish: Query,
  target: { service: string; environment: string },
): boolean {
  const words = { service: wish.service ?? target.service, environment: wish.environment ?? target.environment };
  const meant = seenTarget(call, words, 'read');
  return !isRefusal(meant) && meant.service === target.service && meant.environment === target.environment;
}

const etagOf = (release: Release): string => `"${release.rev}"`;

/** Compared weakly, as If-None-Match asks for. */
const isKnown = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*');

const params = z.strictObject({ id: releaseId });

const one = route({
  method: 'GET',
  path: '/api/v1/releases/{id}',
  id: 'getRelease',
  summary: 'One release; its ETag is its revision',
  needs: 'read',
  params,
  answers: { 200: { say: 'The release', body: releaseSchema }, 304: { say: 'It is as you know it (If-None-Match)' } },
  async run(call, { params: { id } }) {
    const release = await seenRelease(call, id, 'read');
    if (isRefusal(release)) return release;
    const headers = { etag: etagOf(release), 'cache-control': 'private, no-cache' };
    if (isKnown(call.ifNoneMatch, headers.etag)) return { status: 304, headers };
    return { status: 200, headers, body: releaseResource(release) };
  },
});

const events = route({
  method: 'GET',
  path: '/api/v1/releases/{id}/events',
  id: 'listEvents',
  summary: 'What happened to a release, in order',
  needs: 'read',
  params,
  query: z.strictObject({ after: whole(0, 999_999_999).default(0) }),
  answers: {
    200: { say: 'Events after the revision', body: z.object({ events: z.array(eventSchema) }).meta({ id: 'Events' }) },
  },
  async run(call, { params: { id }, query: { after } }) {
    const release = await seenRelease(call, id, 'read');
    if (isRefusal(release)) return release;
    const happened = await call.gateway.ledger.events(release.id, after);
    return { status: 200, body: { events: happened.map(eventResource) } };
  },
});

export const releaseRoutes: Route[] = [list, one, events];
