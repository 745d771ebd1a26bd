import { z } from 'zod';

/** Every environment variable we read, one line each. The error text is the fix. */

export type Environment = Readonly<Record<string, string | undefined>>;

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|::1)$/;
/** Whether only this machine reaches it. */
export const isLoopback = (host: string): boolean => loopback.test(host);
const url = (protocols: string[], fix: string) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), { error: fix });

// A token that crosses a network must not do so in the clear.
const safeUrl = (fix: string) =>
  url(['http:', 'https:'], fix).refine(
    (text) => !URL.canParse(text) || new URL(text).protocol === 'https:' || loopback.test(new URL(text).hostname),
    { error: 'Use https://; plain http is for this machine only.' },
  );

const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: `Use one of: ${words.join(', ')}.` });
const starting = (prefix: string, fix: string) => z.string().startsWith(prefix, { error: fix });
const yes = ['true', '1', 'yes', 'on'];
const no = ['false', '0', 'no', 'off'];
const yesOrNo = z
  .string()
  .toLowerCase()
  .refine((word) => [...yes, ...no].includes(word), { error: 'Use true or false.' })
  .transform((word) => yes.includes(word));

const portFix = 'Use a port from 0 to 65535; 0 takes any free one.';
const port = z
  .string()
  .regex(/^\d{1,5}$/, { error: portFix })
  .transform(Number)
  .refine((number) => number <= 65_535, { error: portFix });

const ids = (pattern: RegExp, fix: string) =>
  z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .refine((list) => list.every((id) => pattern.test(id)), { error: fix });

/** Entra's ids. */
export const guidForm = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const guid = (fix: string) =>
  z.string().regex(guidForm, { error: `${fix} It looks like 01234567-89ab-cdef-0123-456789abcdef.` });

export const variables = z.object({
  NODE_ENV: z.string().optional(),
  RELEASE_CONFIG: z.string().default('release.yaml'),
  ROLE: oneOf(['all', 'gateway', 'worker']).default('all'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  REDIS_URL: url(['redis:', 'rediss:'], 'Write redis://host:6379, or rediss://… for TLS.').default(
    'redis://127.0.0.1:6379',
  ),
  REDIS_ALLOW_UNSAFE: yesOrNo.default(false),
  REDIS_DURABILITY: z
    .enum(['appendfsync-always'], { error: 'Use appendfsync-always once it is so, or remove it.' })
    .optional(),
  SLACK_BOT_TOKEN: starting('xoxb-', 'Use the Bot User OAuth Token; it begins with xoxb-.').optional(),
  SLACK_SIGNING_SECRET: z
    .string()
    .regex(/^[0-9a-zA-Z]{16,}$/, { error: 'Copy the Signing Secret from Basic Information of the Slack app.' })
    .optional(),
  SLACK_APP_TOKEN: starting('xapp-', 'Use an app-level token with connections:write; it begins with xapp-.').optional(),
  SLACK_API_URL: safeUrl('Write the URL of the Slack API, such as https://slack.com/api/.').default(
    'https://slack.com/api/',
  ),
  SLACK_TEAM_IDS: ids(
    /^[TE][A-Z0-9]+$/,
    'List ids of workspaces with commas between them: T012AB3C4,T056DE7F8.',
  ).default([]),
  SLACK_APP_ID: z
    .string()
    .regex(/^A[A-Z0-9]+$/, { error: 'Use the App ID from Basic Information; it begins with A.' })
    .optional(),
  MICROSOFT_APP_ID: guid('Use the Application (client) ID of the app registration in Entra.').optional(),
  MICROSOFT_APP_PASSWORD: z.string().optional(),
  MICROSOFT_APP_TENANT_ID: guid('Use the Directory (tenant) ID of the app registration in Entra.').optional(),
  MICROSOFT_APP_TYPE: oneOf(['SingleTenant', 'MultiTenant', 'UserAssignedMSI']).default('SingleTenant'),
  MICROSOFT_APP_UNAUTHENTICATED: yesOrNo.default(false),
  MICROSOFT_TENANT_IDS: ids(guidForm, 'List ids of Entra tenants with commas between them.').optional(),
  MICROSOFT_SERVICE_HOSTS: ids(
    /^(?:[a-z\d.-]+|\[::1\])(?::\d{1,5})?$/i,
    'List hosts of the Bot Connector with commas between them, without https://.',
  )
    .refine((list) => list.length > 0, { error: 'List at least one host, or remove it.' })
    .default(['smba.trafficmanager.net', 'smba.infra.gcc.teams.microsoft.com']),
  MICROSOFT_LOGIN_URL: url(
    ['https:'],
    'Write the https:// URL of Entra, such as https://login.microsoftonline.us.',
  ).optional(),
  MICROSOFT_OPENID_URL: safeUrl('Write the URL of the OpenID document of the Bot Connector.').default(
    'https://login.botframework.com/v1/.well-known/openidconfiguration',
  ),
  MICROSOFT_GRAPH_URL: safeUrl('Write the URL of Microsoft Graph, such as https://graph.microsoft.us.').default(
    'https://graph.microsoft.com',
  ),
  KUBECONFIG: z.string().optional(),
  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_BASE_URL: safeUrl('Write the URL of the API, such as https://api.anthropic.com.').optional(),
});

const secrets = new Set([
  'REDIS_URL',
  'SLACK_BOT_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_APP_TOKEN',
  'SLACK_API_URL',
  'MICROSOFT_APP_PASSWORD',
  'MICROSOFT_LOGIN_URL',
  'MICROSOFT_OPENID_URL',
  'MICROSOFT_GRAPH_URL',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
]);

/** Words that switch something on. */
export const saysYes = (word: string | undefined): boolean => yes.includes((word ?? '').toLowerCase());

/** What is to be known of a variable: whether its value may hold a secret (a URL can carry a password). */
export const setting = (name: string): { secret: boolean } => ({ secret: secrets.has(name) });
