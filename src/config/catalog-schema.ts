import { z } from 'zod';
import { parseWindow } from '../time.ts';
import { registryHostForm } from './image-name.ts';
import { didYouMean } from './nearest.ts';
import type { Known } from './outline.ts';
import {
  durationBetween,
  email,
  exactlyOne,
  group,
  httpUrl,
  kubernetesName,
  name,
  nameOf,
  oneOf,
  secretReference,
  sentence,
  slackSubject,
  teamsSubject,
  zone,
} from './schema-words.ts';
import { announce, serviceSchema, teamSchema } from './service-schema.ts';

/** The file `release.yaml` as it is written. Defaults and meanings are `normalise.ts`'s. */

export const permissions = [
  'read',
  'deploy',
  'control',
  'approve',
  'rollback',
  'override',
  'freeze',
  'lock',
  'admin',
] as const;
export type Permission = (typeof permissions)[number];

const context = z
  .string({ error: 'Name a context of the kubeconfig.' })
  .min(1, { error: 'Name a context of the kubeconfig.' });
const cluster = group({
  context: context.optional(),
  kubeconfig: secretReference.optional(),
  inCluster: z.literal(true, { error: 'Write inCluster: true, or leave it out.' }).optional(),
}).refine(
  ({ context, kubeconfig, inCluster }) => (inCluster ? !context && !kubeconfig : Boolean(context ?? kubeconfig)),
  { error: 'Write either inCluster: true, or a context, a kubeconfig, or both.' },
);

const windowFix = 'Write "Fri 15:00 – Mon 08:00", "22:00 – 06:00" or "2026-12-20 – 2027-01-02".';
const windowText = z
  .string({ error: windowFix })
  .refine((text) => parseWindow(text, 'UTC', '') !== undefined, { error: windowFix });
const freeze = exactlyOne(
  group({ every: windowText.optional(), during: windowText.optional(), zone, reason: sentence }),
  ['every', 'during'],
);

const count = 'Write a number from 0 to 10.';
const approvals = (known: Known) =>
  group({
    required: z.int({ error: count }).min(0, { error: count }).max(10, { error: count }),
    from: z
      .array(nameOf('role', known.roles))
      .min(1, { error: 'Name at least one role, or leave from out.' })
      .optional(),
    expires: durationBetween('1m', '7d').optional(),
  });

const environment = (known: Known) =>
  group({
    aliases: z.array(name, { error: 'Write a list of names.' }).optional(),
    places: z
      .array(group({ cluster: nameOf('cluster', known.clusters), namespace: kubernetesName }), {
        error: 'Write a list of { cluster, namespace }.',
      })
      .min(1, { error: 'Name at least one place: { cluster, namespace }.' }),
    after: group({
      environment: nameOf('environment', known.environments),
      soak: durationBetween('0s', '14d').optional(),
    }).optional(),
    approvals: approvals(known).optional(),
    freezes: z.array(freeze, { error: 'Write a list of freezes.' }).optional(),
    announce: announce.optional(),
  });

function whoseFix(text: string, known: Known): string {
  const [kind, word] = [text.split(':')[0], text.slice(text.indexOf(':') + 1)];
  if (kind === 'team') return didYouMean(word, known.teams, 'team');
  return kind === 'service' ? didYouMean(word, known.services, 'service') : 'Write team:… or service:….';
}

const role = (known: Known) => {
  const owned = new Set([
    ...known.teams.map((team) => `team:${team}`),
    ...known.services.map((service) => `service:${service}`),
  ]);
  const whose = z
    .string({ error: 'Write team:… or service:….' })
    .refine((text) => owned.has(text), { error: ({ input }) => whoseFix(String(input), known) });
  return group({
    slack: z.array(slackSubject).optional(),
    teams: z.array(teamsSubject).optional(),
    emails: z.array(email).optional(),
    may: z
      .array(oneOf(permissions), { error: `Name what it may: ${permissions.join(', ')}.` })
      .min(1, { error: 'Name at least one thing it may.' }),
    in: z
      .array(nameOf('environment', known.environments))
      .min(1, { error: 'Name at least one, or leave in out: everywhere.' })
      .optional(),
    for: z.array(whose).min(1, { error: 'Name at least one, or leave for out: all services.' }).optional(),
  });
};

const registryHost = z
  .string()
  .regex(registryHostForm, { error: 'Name the registry by its host, such as registry.example.com.' });
const credentials = group({ username: secretReference, password: secretReference });
const metrics = group({ prometheus: group({ url: httpUrl }).optional() });

const section = <T extends z.ZodType>(what: string, entry: T) =>
  z.record(name, entry, { error: `Write a group of ${what}, each under its name.` });

/** The whole file. References are checked where they stand, against the names the file itself holds. */
export const catalogSchema = (known: Known) =>
  group({
    version: z.literal(1, { error: 'Write version: 1.' }),
    clusters: section('clusters', cluster),
    environments: section('environments', environment(known)),
    services: section('services', serviceSchema(known)),
    teams: section('teams', teamSchema).optional(),
    roles: section('roles', role(known)).optional(),
    registries: z
      .record(registryHost, credentials, { error: 'Write a group of registries, each under its host.' })
      .optional(),
    metrics: metrics.optional(),
  });

export type CatalogFile = z.infer<ReturnType<typeof catalogSchema>>;
