import { z } from 'zod';
import { catalogRoutes } from './catalog-routes.ts';
import { commandRoutes } from './command-routes.ts';
import { docsPage, docsPolicy } from './docs-page.ts';
import { openRoutes } from './open-routes.ts';
import { openApiOf } from './openapi.ts';
import { releaseRoutes } from './release-routes.ts';
import { type Route, route } from './route.ts';
import { targetRoutes } from './target-routes.ts';

const ours: Route[] = [...commandRoutes, ...releaseRoutes, ...targetRoutes, ...catalogRoutes, ...openRoutes];

const document = route({
  method: 'GET',
  path: '/openapi.json',
  id: 'openapi',
  summary: 'This document',
  needs: 'nothing',
  answers: { 200: { say: 'OpenAPI 3.1', body: z.looseObject({}) } },
  run: async () => ({ status: 200, body: openApi }),
});

const docs = route({
  method: 'GET',
  path: '/docs',
  id: 'docs',
  summary: 'This document as a page',
  needs: 'nothing',
  answers: { 200: { say: 'A page', type: 'text/html; charset=utf-8' } },
  run: async () => ({ status: 200, headers: { 'content-security-policy': docsPolicy }, body: page }),
});

/** Everything that the gateway answers by itself: Fastify's routes and the OpenAPI document are made of this. */
export const routes: readonly Route[] = [...ours, document, docs];

export const openApi = openApiOf(routes);
const page = docsPage(openApi);
