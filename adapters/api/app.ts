import { randomUUID } from 'node:crypto';
import type { ServerOptions } from 'node:https';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { admit, nobody, type Rates, usualRates } from './admission.ts';
import { onClientError } from './client-error.ts';
import { addMounts, type Mount } from './mount.ts';
import { methodNotAllowed, notFound, type Problem, problemBody, thrown } from './problem.ts';
import type { Answer, Call, Gateway, Route } from './route.ts';
import { routes } from './routes.ts';
import { servedBy } from './serve-route.ts';

export interface AppOptions {
  /** False for a process that only works: it tells how it is, and takes no requests. */
  hears?: boolean;
  mounts?: readonly Mount[];
  rates?: Rates;
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  trustProxy?: string[];
  tls?: ServerOptions;
}

/** Bytes of a body. */
const bodyLimit = 64 * 1024;
const requestTimeout = 15_000;

/** What every reply says to browsers: nothing here is to be run, framed, guessed or kept. */
const usualHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};
const strictTransport = { 'strict-transport-security': 'max-age=31536000' };

/** The API Gateway, not yet listening. */
export function apiApp(gateway: Gateway, options: AppOptions = {}): FastifyInstance {
  const { hears = true, rates = usualRates, trustProxy = [], tls = null } = options;
  const table = hears ? routes : routes.filter(({ needs }) => needs === 'nothing');
  const mounts = hears ? (options.mounts ?? []) : [];
  const send = sender(gateway);
  const app = Fastify({
    https: tls,
    bodyLimit,
    requestTimeout,
    trustProxy,
    logger: false,
    genReqId: () => randomUUID(),
    // What arrives while we close is still answered truly, and told to come back on another connection.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, request, reply) => void send(request, reply, thrown(error, request.method)),
    clientErrorHandler: onClientError,
  }) as unknown as FastifyInstance;
  const headers = { ...usualHeaders, ...(tls ? strictTransport : {}) };
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...headers, 'x-request-id': request.id });
  });
  app.addHook('onResponse', async (request, reply) => told(gateway, request, reply));
  app.setErrorHandler((error, request, reply) => send(request, reply, logged(gateway, request, error)));
  app.setNotFoundHandler((request, reply) => send(request, reply, lost(request, [...table, ...mounts])));
  readJson(app);
  for (const route of table) addRoute(app, gateway, rates, route);
  addMounts(app, mounts);
  return app;
}

/** JSON and nothing else; a key that would reach an object's prototype is refused. */
function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, undefined) : parse(request, String(body), done),
  );
}

const fastifyPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** One line of the table. The token is judged before a byte of the body is read. */
export function addRoute(app: FastifyInstance, gateway: Gateway, rates: Rates, route: Route): void {
  const serve = servedBy(route);
  const send = sender(gateway);
  app.route({
    method: route.method,
    url: fastifyPath(route.path),
    onRequest: async (request, reply) => {
      if (route.needs === 'nothing') return;
      const { authorization } = request.headers;
      const admitted = await admit(gateway.ledger, rates, { address: request.ip, authorization });
      if ('problem' in admitted) return send(request, reply, admitted.problem);
      callers.set(request, admitted.who);
    },
    handler: async (request, reply) => {
      const { params, query, body, headers } = request;
      const call = { gateway, who: callers.get(request) ?? nobody, ifNoneMatch: headers['if-none-match'] };
      return send(request, reply, await serve(call, { params, query, body, key: one(headers['idempotency-key']) }));
    },
  });
}

const callers = new WeakMap<FastifyRequest, Call['who']>();
const one = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(', ') : header;

/** Sends an answer, or a problem in the one shape that problems have. */
const sender =
  ({ log }: Gateway) =>
  (request: FastifyRequest, reply: FastifyReply, answer: Answer | Problem): FastifyReply => {
    if (!('message' in answer))
      return reply
        .code(answer.status)
        .headers(answer.headers ?? {})
        .send(answer.body);
    log.debug({ requestId: request.id, code: answer.code, say: answer.message }, 'a request was refused');
    const body = JSON.stringify(problemBody(answer, request.id));
    const headers = { ...answer.headers, 'content-type': 'application/json; charset=utf-8' };
    return reply.code(answer.status).headers(headers).send(body);
  };

/** Everything unexpected is told to operators whole, and to the asker as a number only. */
function logged({ log }: Gateway, request: FastifyRequest, error: unknown): Problem {
  const problem = thrown(error, request.method);
  const fields = { requestId: request.id, route: request.routeOptions.url, status: problem.status, err: error };
  if (problem.status === 500) log.error(fields, 'a request failed');
  else log.debug(fields, 'a request was not answered');
  return problem;
}

/** Nothing here: either the path is unknown, or only the method is wrong. */
function lost(request: FastifyRequest, lines: readonly { method: string; path: string }[]): Problem {
  const path = request.url.split('?', 1)[0]!.split('/');
  const fits = (pattern: string) => {
    const parts = pattern.split('/');
    return (
      parts.length === path.length && parts.every((part, at) => part === path[at] || (part.startsWith('{') && path[at]))
    );
  };
  const allow = lines.filter((line) => fits(line.path)).map(({ method }) => method);
  if (allow.length === 0) return notFound();
  return methodNotAllowed(request.method, [...new Set(allow)].sort());
}

/** One line and one measurement a request. The path as the table has it: an URL may hold what nobody should read. */
function told({ log, metrics }: Gateway, request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? 'none';
  const { method, id: requestId } = request;
  const { statusCode: status, elapsedTime } = reply;
  metrics.http({ method, route, status, seconds: elapsedTime / 1_000 });
  const who = callers.get(request);
  const fields = { requestId, method, route, status, ms: Math.round(elapsedTime), principal: who?.principal };
  log.debug(fields, 'a request was answered');
}
