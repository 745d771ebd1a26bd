import { z } from 'zod';
import { strategyNames } from '../../src/release/command.ts';
import { type Route, route } from './route.ts';
import { readableTargets } from './scope.ts';

/** The part of the catalog that people release by. Clusters, credentials, roles and addresses stay inside. */

const services = z
  .object({
    services: z.array(
      z.object({
        name: z.string(),
        aliases: z.array(z.string()),
        image: z.string(),
        tier: z.string(),
        team: z.string().optional(),
        source: z.object({ github: z.string() }).optional(),
        environments: z.array(z.object({ name: z.string(), strategy: z.enum(strategyNames), places: z.int() })),
      }),
    ),
  })
  .meta({ id: 'Services' });

const listServices = route({
  method: 'GET',
  path: '/api/v1/services',
  id: 'listServices',
  summary: 'Services that you may read, and the environments they live in',
  needs: 'read',
  answers: { 200: { say: 'Services', body: services } },
  async run(call) {
    const catalog = call.gateway.catalog();
    const targets = readableTargets(call);
    const found = Object.values(catalog.services).flatMap((service) => {
      const environments = targets
        .filter((target) => target.service === service.name)
        .map(({ environment: name }) => ({ name, ...about(service.targets[name]!) }));
      return environments.length > 0 ? [{ ...service, environments }] : [];
    });
    return { status: 200, body: { services: found } };
  },
});

const about = ({ strategy, places }: { strategy: string; places: unknown[] }) => ({ strategy, places: places.length });

const environments = z
  .object({
    environments: z.array(
      z.object({
        name: z.string(),
        aliases: z.array(z.string()),
        after: z.object({ environment: z.string(), soakMs: z.number() }).optional(),
        approvals: z.object({ required: z.int(), from: z.array(z.string()), expiresMs: z.number() }),
        freezes: z.array(z.object({ text: z.string(), zone: z.string(), reason: z.string() })),
      }),
    ),
  })
  .meta({ id: 'Environments' });

const listEnvironments = route({
  method: 'GET',
  path: '/api/v1/environments',
  id: 'listEnvironments',
  summary: 'Environments in which you may read a service, and their rules',
  needs: 'read',
  answers: { 200: { say: 'Environments', body: environments } },
  async run(call) {
    const seen = new Set(readableTargets(call).map(({ environment }) => environment));
    const found = Object.values(call.gateway.catalog().environments).filter(({ name }) => seen.has(name));
    return { status: 200, body: { environments: found } };
  },
});

export const catalogRoutes: Route[] = [listServices, listEnvironments];
