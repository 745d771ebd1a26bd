import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { addRoute } from '../../../adapters/api/app.ts';
import { docsPage, docsPolicy } from '../../../adapters/api/docs-page.ts';
import { openApiOf } from '../../../adapters/api/openapi.ts';
import { route } from '../../../adapters/api/route.ts';
import { openApi, routes } from '../../../adapters/api/routes.ts';
import { type Rig, startRig } from './gateway.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.server.close());

describe('the document', () => {
  test('has the operations that Fastify has, and no other', async () => {
    const app = Fastify();
    const served: string[] = [];
    app.addHook('onRoute', ({ method, url }) => {
      if (method !== 'HEAD') served.push(`${String(method).toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}`);
    });
    for (const line of routes) addRoute(app, rig.gateway, { perAddress: 1, perPrincipal: 1 }, line);
    await app.ready();
    const said = Object.entries(openApi.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );

    expect(served.sort()).toEqual(said.sort());
    expect(served).toHaveLength(routes.length);
    await app.close();
  });

  test('is what is served', async () => {
    const told = await rig.ask('GET', '/openapi.json');

    expect(told.status).toBe(200);
    expect(told.json).toEqual(JSON.parse(JSON.stringify(openApi)));
  });

  test('refers to nothing that it does not hold, and repeats no id of an operation', () => {
    const text = JSON.stringify(openApi);
    const refs = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!);
    const ids = Object.values(openApi.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );

    expect(refs.length).toBeGreaterThan(routes.length);
    expect([...new Set(refs)].filter((name) => !Object.hasOwn(openApi.components.schemas, name))).toEqual([]);
    expect(text).not.toContain('$defs');
    for (const schema of Object.values(openApi.components.schemas)) expect(schema).toMatchObject({ type: 'object' });
    expect(new Set(ids).size).toBe(routes.length);
  });

  test('names every parameter of every path, in the order of the path', () => {
    for (const [path, methods] of Object.entries(openApi.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters } of Object.values(methods))
        expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(inPath);
    }
  });

  test('says of a change that it can be sent under a key, and of its body what is needed', () => {
    const deploy = openApi.paths['/api/v1/releases']?.post;
    const body = deploy?.requestBody?.content['application/json']?.schema;

    expect(deploy?.parameters).toMatchObject([{ name: 'Idempotency-Key', in: 'header', required: false }]);
    expect(body).toMatchObject({ required: ['service', 'environment', 'version'], additionalProperties: false });
    expect(openApi.paths['/api/v1/releases/{id}/abort']?.post?.requestBody?.required).toBe(false);
  });

  test('follows the table', () => {
    const line = route({
      method: 'GET',
      path: '/new/{name}',
      id: 'new',
      summary: 'New',
      needs: 'read',
      params: z.strictObject({ name: z.string() }),
      answers: { 200: { say: 'yes', body: z.object({ it: z.string() }) } },
      run: async () => ({ status: 200, body: {} }),
    });

    expect(openApiOf([line]).paths).toMatchObject({
      '/new/{name}': {
        get: { operationId: 'new', 'x-permission': 'read', parameters: [{ name: 'name', in: 'path', required: true }] },
      },
    });
  });
});

describe('the page', () => {
  test('shows every operation and every schema, and runs nothing', async () => {
    const { text, headers } = await rig.ask('GET', '/docs');

    for (const { id, path } of routes) expect([text.includes(`id="${id}"`), text.includes(path)]).toEqual([true, true]);
    for (const name of Object.keys(openApi.components.schemas)) expect(text).toContain(`id="schema-${name}"`);
    expect(text).not.toMatch(/<script|<link|src=|onclick/);
    expect(headers.get('content-security-policy')).toBe(docsPolicy);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  test('shows words of the document as words', () => {
    const evil = { ...openApi, info: { ...openApi.info, title: '<img src=x onerror=alert(1)>' } };

    expect(docsPage(evil)).not.toContain('<img');
  });
});
