import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenApi, Operation } from '../../../adapters/api/openapi.ts';
import { type Rig, startRig, type Told } from './gateway.ts';
import { bodyText, judgeBy, valueFor } from './schema-values.ts';

/** Requests made of nothing but /openapi.json, over real HTTP, against the real `handle`. */

const requests = Number(process.env.FUZZ_REQUESTS ?? 2_500);

interface Request {
  path: string;
  method: string;
  url: string;
  body?: string;
  headers: Record<string, string>;
  as: 'boss' | 'only-deploy' | 'nobody' | 'stranger';
}

const visible = (value: unknown): string =>
  encodeURIComponent(String(typeof value === 'object' ? JSON.stringify(value) : value).toWellFormed());

function requestTo(
  path: string,
  method: string,
  { parameters, requestBody }: Operation,
  ids: string[],
): fc.Arbitrary<Request> {
  const inPath = Object.fromEntries(
    parameters
      .filter((one) => one.in === 'path')
      .map(({ name, schema }) => [
        name,
        name === 'id'
          ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: valueFor(schema) })
          : valueFor(schema, name),
      ]),
  );
  const inQuery = Object.fromEntries(
    parameters.filter((one) => one.in === 'query').map(({ name, schema }) => [name, valueFor(schema, name)]),
  );
  const content = requestBody?.content['application/json'];
  const header = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' });
  return fc
    .record({
      params: fc.record(inPath),
      query: fc.record(inQuery, { requiredKeys: [] }),
      stray: fc.oneof(
        { weight: 11, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.tuple(fc.string({ unit: 'binary' }), fc.string()) },
      ),
      body: content ? fc.option(bodyText(content.schema), { freq: 20, nil: undefined }) : fc.constant(undefined),
      type: fc.oneof(
        { weight: 9, arbitrary: fc.constant('application/json') },
        { weight: 1, arbitrary: fc.constantFrom('application/json; charset=utf-8', 'text/plain', 'x') },
      ),
      key: fc.option(fc.oneof(fc.constantFrom('k1', 'k2', 'k3'), header), { freq: 2, nil: undefined }),
      etag: fc.option(fc.constantFrom('"1"', 'W/"1"', '*', '*', '*', '"', 'x,'), { freq: 4, nil: undefined }),
      as: fc.constantFrom(
        'boss' as const,
        'boss' as const,
        'boss' as const,
        'only-deploy' as const,
        'nobody' as const,
        'stranger' as const,
      ),
    })
    .map(({ params, query, stray, body, type, key, etag, as }) => {
      const pairs = [...Object.entries(query), ...(stray ? [stray] : [])].map(
        ([name, value]) => `${visible(name)}=${visible(value)}`,
      );
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => visible((params as Record<string, unknown>)[name]));
      const headers = {
        ...(body === undefined ? {} : { 'content-type': type }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
      };
      return {
        path,
        method: method.toUpperCase(),
        url: pairs.length > 0 ? `${filled}?${pairs.join('&')}` : filled,
        body,
        headers,
        as,
      };
    });
}

let rig: Rig;
let document: OpenApi;
let tokens: Record<Request['as'], string | undefined>;
beforeAll(async () => {
  rig = await startRig();
  tokens = {
    boss: await rig.token('boss'),
    'only-deploy': await rig.token('only-deploy'),
    nobody: await rig.token(),
    stranger: undefined,
  };
  document = (await rig.ask('GET', '/openapi.json')).json;
  await rig.ledger.beat('worker', 1e9);
});
afterAll(() => rig.server.close());

/** What the document promises of this reply; undefined when it is kept. */
function fault(
  { path, method }: Request,
  { status, json, text, headers }: Told,
  problem: (value: unknown) => string | undefined,
) {
  const { responses } = document.paths[path]![method.toLowerCase()]!;
  const said = responses[String(status)];
  // An id of nothing but dots is eaten by the URL itself, and is then another path.
  if (!said) return status >= 400 && status < 500 ? problem(json) : `${status} is not declared: ${text}`;
  const [[type, { schema }] = ['', { schema: {} }]] = Object.entries(said.content ?? {});
  if (!headers.get('content-type')?.startsWith(type.split(';')[0]!) && type !== '')
    return `it is ${headers.get('content-type')}`;
  if (type === '') return text === '' ? undefined : 'it has a body';
  return type === 'application/json' ? judgeBy(document, schema)(json) : undefined;
}

test(`${requests} requests from the document: none fails, and every reply is what the document says`, {
  timeout: 300_000,
}, async () => {
  const boss = { token: tokens.boss };
  const ids = await Promise.all(
    ['a1', 'a2', 'a3'].map(async (version) => {
      const { json } = await rig.ask('POST', '/api/v1/releases', {
        ...boss,
        body: { service: 'payments', environment: 'staging', version },
      });
      return json.release as string;
    }),
  );
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => requestTo(path, method, one, ids)),
  );
  const problem = judgeBy(document, { $ref: '#/components/schemas/Error' });
  const seen = new Map<number, number>();
  const lag = monitorEventLoopDelay({ resolution: 5 });
  lag.enable();
  await fc.assert(
    fc.asyncProperty(fc.oneof(...operations), async (request) => {
      rig.clock.now += 10;
      const told = await rig.ask(request.method, request.url, {
        token: tokens[request.as],
        body: request.body,
        headers: request.headers,
      });
      seen.set(told.status, (seen.get(told.status) ?? 0) + 1);
      expect(told.status, told.text).toBeLessThan(500);
      expect(fault(request, told, problem), told.text).toBeUndefined();
    }),
    { numRuns: requests, endOnFailure: false },
  );
  lag.disable();

  // A fuzz that never gets past the first door proves nothing.
  for (const status of [200, 202, 304, 400, 401, 403, 404, 409, 415])
    expect([status, seen.get(status) ?? 0]).not.toEqual([status, 0]);
  expect(({} as Record<string, unknown>).admin).toBeUndefined();
  expect(rig.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(rig.log.lines.length).toBeGreaterThan(requests);
  process.stdout.write(
    `fuzz: ${JSON.stringify(Object.fromEntries(seen))}, event loop p99 ${Math.round(lag.percentile(99) / 1e6)} ms\n`,
  );
});
