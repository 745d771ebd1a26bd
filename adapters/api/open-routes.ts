import { z } from 'zod';
import { metricsType } from './metrics.ts';
import { type Gateway, type Route, route } from './route.ts';

/** What needs no token: whether we are alive and ready, and numbers. Nothing about a release or a person. */

const health = route({
  method: 'GET',
  path: '/healthz',
  id: 'health',
  summary: 'The process is alive',
  needs: 'nothing',
  answers: { 200: { say: 'Alive', body: z.object({ status: z.literal('ok') }) } },
  run: async () => ({ status: 200, body: { status: 'ok' } }),
});

const readiness = z
  .object({ ready: z.boolean(), missing: z.array(z.string()) })
  .meta({ id: 'Readiness', description: 'What is missing: ledger, catalog, worker.' });

const ready = route({
  method: 'GET',
  path: '/readyz',
  id: 'ready',
  summary: 'Commands can be taken and carried out',
  needs: 'nothing',
  answers: { 200: { say: 'Ready', body: readiness }, 503: { say: 'Not ready; says what is missing', body: readiness } },
  async run({ gateway }) {
    const missing = await missingIn(gateway);
    return { status: missing.length > 0 ? 503 : 200, body: { ready: missing.length === 0, missing } };
  },
});

const looks = new WeakMap<Gateway, Promise<string[]>>();

/** Everybody who asks while one look is under way shares it: this needs no token, and must not wear the ledger down. */
function missingIn(gateway: Gateway): Promise<string[]> {
  const under = looks.get(gateway);
  if (under) return under;
  const look = lookFor(gateway).finally(() => looks.delete(gateway));
  looks.set(gateway, look);
  return look;
}

async function lookFor({ ledger, catalog }: Gateway): Promise<string[]> {
  const workers = await ledger.workers().catch(() => undefined);
  return [
    ...(workers === undefined ? ['ledger'] : []),
    ...(hasCatalog(catalog) ? [] : ['catalog']),
    ...(workers?.length === 0 ? ['worker'] : []),
  ];
}

function hasCatalog(catalog: Gateway['catalog']): boolean {
  try {
    return Object.keys(catalog().environments).length > 0;
  } catch {
    return false;
  }
}

const numbers = route({
  method: 'GET',
  path: '/metrics',
  id: 'metrics',
  summary: 'Numbers for Prometheus',
  needs: 'nothing',
  answers: { 200: { say: 'Metrics', type: metricsType } },
  run: async ({ gateway }) => ({ status: 200, body: await gateway.metrics.text(gateway.ledger) }),
});

export const openRoutes: Route[] = [health, ready, numbers];
