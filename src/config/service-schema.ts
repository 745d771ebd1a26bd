import { z } from 'zod';
import type { Known } from './outline.ts';
import {
  durationBetween,
  email,
  exactlyOne,
  group,
  httpUrl,
  imageName,
  kubernetesName,
  name,
  nameOf,
  notYet,
  oneOf,
  secretReference,
  slackChannel,
  teamsChannel,
  workload,
} from './schema-words.ts';

/** What people release, and whose it is. */

export const announce = group({ slack: slackChannel.optional(), teams: teamsChannel.optional() });

const health = group({
  progressDeadline: durationBetween('10s', '2h').optional(),
  schedulingBudget: durationBetween('10s', '2h').optional(),
  stability: durationBetween('0s', '1h').optional(),
  recoveryBudget: durationBetween('30s', '2h').optional(),
  progressPoll: durationBetween('1s', '1m').optional(),
  tolerateBadPods: z
    .int({ error: 'Write a number of pods, 0 or more.' })
    .min(0, { error: 'Write a number of pods, 0 or more.' })
    .optional(),
});

const later = 'is not available yet; use rolling or recreate.';
const strategyWord = oneOf(['rolling', 'recreate', 'canary', 'blue-green']).refine(
  (word) => word === 'rolling' || word === 'recreate',
  { error: ({ input }) => `The strategy ${input} ${later}` },
);
const step = z.string().regex(/^(?:\d{1,3}%|bake \d+[smh]|check)$/, { error: 'Write 10%, bake 5m or check.' });
const strategy = z.union(
  [
    strategyWord,
    notYet(group({ canary: group({ steps: z.array(step).optional() }) }), `The strategy canary ${later}`),
    notYet(
      group({ 'blue-green': group({ keep: durationBetween('0s', '7d').optional() }) }),
      `The strategy blue-green ${later}`,
    ),
  ],
  { error: 'Write rolling or recreate.' },
);

const checkName = z
  .string({ error: 'Name the check in a word or two.' })
  .min(1, { error: 'Name the check in a word or two.' })
  .max(60, { error: 'Keep the name below 60 characters.' });
const http = group({
  http: httpUrl,
  status: z
    .int({ error: 'Write an HTTP status, such as 200.' })
    .min(100, { error: 'Write an HTTP status, such as 200.' })
    .max(599, { error: 'Write an HTTP status, such as 200.' })
    .optional(),
  timeout: durationBetween('100ms', '30s').optional(),
  name: checkName.optional(),
});
const percentOrNumber = z.union([z.number(), z.string()], { error: 'Write a number, or a share such as 1%.' });
const metric = group({
  metric: z.string(),
  max: percentOrNumber.optional(),
  min: percentOrNumber.optional(),
  against: z.string().optional(),
  name: checkName.optional(),
});
const job = group({ job: kubernetesName, timeout: durationBetween('1s', '1h').optional(), name: checkName.optional() });
const check = z.union(
  [
    http,
    notYet(metric, 'Checks of a metric are not available yet; remove it.'),
    notYet(job, 'Checks by a job are not available yet; remove it.'),
  ],
  { error: 'Write a check such as { http: "https://payments.example.com/healthz" }.' },
);
const checkList = z.array(check, { error: 'Write a list of checks.' });
const during = z
  .array(z.union([http, metric, job], { error: 'Write a check of http, metric or job.' }))
  .refine((list) => list.length === 0, {
    error: 'Checks during a rollout are not available yet; remove them, or move those of http to before or after.',
  });
const checks = group({ before: checkList.optional(), during: during.optional(), after: checkList.optional() });

const container = group({
  use: workload,
  containers: z
    .array(kubernetesName)
    .min(1, { error: 'Name at least one container, or leave containers out.' })
    .optional(),
});
const workloads = z
  .array(
    z.union([workload, container], {
      error: 'Write deployment/payments or { use: deployment/payments, containers: [app] }.',
    }),
    {
      error: 'Write a list of workloads.',
    },
  )
  .min(1, { error: 'Name at least one workload.' });

const perEnvironment = {
  workload: workload.optional(),
  workloads: workloads.optional(),
  strategy: strategy.optional(),
  checks: checks.optional(),
  health: health.optional(),
};

/** A service; under `environments` it may say what is different there. */
export const serviceSchema = (known: Known) =>
  exactlyOne(
    group({
      ...perEnvironment,
      aliases: z.array(name, { error: 'Write a list of names.' }).optional(),
      image: imageName,
      tier: oneOf(['critical', 'standard', 'low']).optional(),
      team: nameOf('team', known.teams).optional(),
      source: group({
        github: z.string().regex(/^[\w.-]+\/[\w.-]+$/, { error: 'Write owner/repository.' }),
      }).optional(),
      in: z
        .array(nameOf('environment', known.environments))
        .min(1, { error: 'Name at least one environment.' })
        .optional(),
      environments: z
        .record(nameOf('environment', known.environments), group({ ...perEnvironment, announce: announce.optional() }))
        .optional(),
    }),
    ['workload', 'workloads'],
  );

export const teamSchema = group({
  members: z.array(email, { error: 'Write a list of mail addresses.' }).optional(),
  announce: announce.optional(),
  page: group({ webhook: secretReference }).optional(),
});

export type ServiceEntry = z.infer<ReturnType<typeof serviceSchema>>;
export type PerEnvironment = Pick<ServiceEntry, keyof typeof perEnvironment>;
export type CheckEntry = z.infer<typeof http>;
