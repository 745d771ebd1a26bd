import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { forbidden, isDenied, reviewAccess } from './api/access.ts';
import { ApiError, statusOf } from './api/api-error.ts';
import { discover, version } from './api/discovery.ts';
import { type Answer, handle, matcher } from './api/handle.ts';
import { type ApiRequest, readRequest } from './api/request.ts';
import type { Writer } from './api/writes.ts';
import type { Cluster } from './cluster.ts';
import { type Control, type Controlled, control } from './control.ts';
import type { Trouble } from './faults.ts';
import { putNamespace } from './nodes.ts';
import type { Fields } from './object.ts';
import type { StatsKeeper } from './stats.ts';

export type World = Cluster & Writer & Controlled & { stats: StatsKeeper };

/** The HTTP side: reads a request, lets faults strike, answers. */
export function answerer(world: World): RequestListener {
  return (message, response) => {
    response.sendDate = false;
    response.setHeader('date', new Date(world.clock.now()).toUTCString());
    serve(world, message, response).catch((error: unknown) => fail(world, response, error));
  };
}

async function serve(world: World, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(message.url ?? '/', 'http://stand-in');
  const text = await readText(message);
  if (url.pathname.startsWith('/__control')) return send(response, answerControl(world, message, url.pathname, text));
  const fixed =
    message.method === 'GET' ? answerFixed(world, url.pathname) : answerReview(world, message, url.pathname, text);
  if (fixed) return send(response, fixed);
  const request = readRequest(message, url, text, world.settings.absent);
  if (!request) return sendText(response, 404, '404 page not found\n');
  world.stats.count(request.verb, [request.resource.plural, request.subresource].filter(Boolean).join('/'));
  if (request.verb === 'watch') return serveWatch(world, request, response);
  if (world.faults.takeHang()) return;
  await serveWithFaults(world, request, response);
}

async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answerControl(world: World, message: IncomingMessage, path: string, text: string): Answer {
  if (path === '/__control/stats') return { code: 200, body: { ...world.stats.read() } };
  if (path === '/__control/mutations') return { code: 200, body: { items: world.mutations.entries } };
  if (message.method !== 'POST') throw new ApiError(405, 'MethodNotAllowed', 'POST a control object to /__control');
  try {
    control(world, JSON.parse(text) as Control);
  } catch (error) {
    throw new ApiError(400, 'BadRequest', (error as Error).message);
  }
  return { code: 200, body: {} };
}

function answerFixed({ settings }: World, path: string): Answer | undefined {
  if (path === '/version') return { code: 200, body: version };
  if (['/healthz', '/livez', '/readyz'].includes(path)) return { code: 200, body: 'ok' };
  const found = discover(path.replace(/\/$/, ''), settings.absent);
  return found && { code: 200, body: found };
}

function answerReview(
  { settings, stats }: World,
  message: IncomingMessage,
  path: string,
  text: string,
): Answer | undefined {
  if (message.method !== 'POST' || path !== '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') return undefined;
  stats.count('create', 'selfsubjectaccessreviews');
  return { code: 201, body: reviewAccess(JSON.parse(text) as Fields, settings.deny) };
}

const subjectOf = ({ resource, namespace = '', name }: ApiRequest): string => `${resource.plural} ${namespace}/${name}`;

function checkAccess({ settings }: World, request: ApiRequest): void {
  const { verb, resource, subresource, namespace = '', name } = request;
  const asked = { verb, group: resource.group, resource: resource.plural, subresource, namespace };
  if (isDenied(settings.deny, asked)) throw forbidden('release-engineer', name, asked);
}

const wait = (world: World, ms: number): Promise<void> =>
  ms > 0 ? new Promise((resolve) => world.clock.after(ms, resolve)) : Promise.resolve();

async function serveWithFaults(world: World, request: ApiRequest, response: ServerResponse): Promise<void> {
  const { trouble, latencyMs } = world.faults.fateOf(request.verb, subjectOf(request));
  await wait(world, latencyMs / 2);
  refuseBefore(world, trouble);
  checkAccess(world, request);
  if (request.verb === 'create' && request.namespace) putNamespace(world, request.namespace);
  const answer = attempt(() => handle(world, request));
  await wait(world, latencyMs / 2);
  if (trouble === 'lostReply') response.socket?.destroy();
  else send(response, answer());
}

/** Runs now, answers or throws later: an error must wait for its latency like any other reply. */
function attempt<T>(run: () => T): () => T {
  try {
    const result = run();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function refuseBefore({ faults }: World, trouble: Trouble | undefined): void {
  const retryAfterSeconds = faults.retryAfterSeconds;
  if (trouble === 'error500')
    throw new ApiError(500, 'InternalError', 'Internal error occurred: etcdserver: leader changed');
  if (trouble === 'error503') throw new ApiError(503, 'ServiceUnavailable', 'apiserver is shutting down');
  if (trouble === 'tooMany')
    throw new ApiError(
      429,
      'TooManyRequests',
      'the server has received too many requests and has asked us to try again later',
      { retryAfterSeconds },
    );
}

async function serveWatch(world: World, request: ApiRequest, response: ServerResponse): Promise<void> {
  const { resource, namespace, query } = request;
  const { trouble, latencyMs } = world.faults.fateOf('watch', subjectOf(request));
  await wait(world, latencyMs);
  refuseBefore(world, trouble);
  checkAccess(world, request);
  const { halfOpen, resetAfterMs } = world.faults.watchFate(subjectOf(request));
  const version = Number(query.get('resourceVersion') ?? 0) || undefined;
  const timeoutMs = 1000 * Number(query.get('timeoutSeconds') ?? 1800);
  const bookmarks = query.get('allowWatchBookmarks') === 'true';
  world.watches.open(
    { resource, namespace, matches: matcher(request), version, bookmarks, timeoutMs },
    response,
    halfOpen,
  );
  if (resetAfterMs !== undefined) world.clock.after(resetAfterMs, () => response.socket?.resetAndDestroy());
}

function fail(world: World, response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) return;
  if (!(error instanceof ApiError)) {
    console.error('stand-in API server:', error);
    fail(world, response, new ApiError(500, 'InternalError', String(error)));
    return;
  }
  const retryAfter = error.details?.retryAfterSeconds;
  if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter));
  send(response, { code: error.code, body: statusOf(error) });
}

function send(response: ServerResponse, { code, body }: Answer): void {
  if (typeof body === 'string') sendText(response, code, body);
  else response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}
