import type { z } from 'zod';
import { type Problem, problem } from './problem.ts';
import { type Secret, secret } from './secrets.ts';
import { type Environment, guidForm, isLoopback, type variables } from './variables.ts';

/** Microsoft Teams, as the process was told of it. */
export interface TeamsSettings {
  /** Absent in development, where nobody proves who they are and only this machine can ask. */
  app?: TeamsAppSettings;
  /** Entra tenants whose people are heard, at least one. */
  tenants: string[];
  /** Hosts of the Bot Connector that we answer, at least one; the first serves conversations that we never heard of. */
  hosts: string[];
  /** Entra's own unless given. */
  loginUrl?: string;
  openIdUrl: string;
  graphUrl: string;
}

export interface TeamsAppSettings {
  id: string;
  type: 'MultiTenant' | 'SingleTenant' | 'UserAssignedMSI';
  tenant?: string;
  /** A managed identity has none. */
  password?: Secret;
}

type Read = z.infer<typeof variables>;
type Has = (name: string) => boolean;

const ours = ['MICROSOFT_APP_PASSWORD', 'MICROSOFT_APP_TENANT_ID', 'MICROSOFT_APP_TYPE', 'MICROSOFT_TENANT_IDS'];
const missing = (name: string, fix: string): Problem => problem([name], 'is missing.', fix);
const flag = 'MICROSOFT_APP_UNAUTHENTICATED';

/** What of Teams does not fit together. Runs on the raw variables. */
export function teamsProblems(env: Environment, unauthenticated: boolean): Problem[] {
  const has: Has = (name) => env[name] !== undefined;
  const type = env.MICROSOFT_APP_TYPE ?? 'SingleTenant';
  if (unauthenticated) return [...developmentProblems(env, has), ...tenantProblems(env, false)];
  if (has('MICROSOFT_APP_ID')) return [...appProblems(type, has), ...tenantProblems(env, type !== 'MultiTenant')];
  return ours.some(has)
    ? [missing('MICROSOFT_APP_ID', 'Copy the Application (client) ID of the app registration in Entra.')]
    : [];
}

function appProblems(type: string, has: Has): Problem[] {
  const problems: Problem[] = [];
  if (type === 'UserAssignedMSI' && has('MICROSOFT_APP_PASSWORD'))
    problems.push(problem(['MICROSOFT_APP_PASSWORD'], 'is set for a managed identity, which has none.', 'Remove it.'));
  if (type !== 'UserAssignedMSI' && !has('MICROSOFT_APP_PASSWORD'))
    problems.push(
      missing('MICROSOFT_APP_PASSWORD', 'Copy the value of a client secret of the app registration in Entra.'),
    );
  if (type !== 'MultiTenant' && !has('MICROSOFT_APP_TENANT_ID'))
    problems.push(
      missing('MICROSOFT_APP_TENANT_ID', 'Copy the Directory (tenant) ID of the app registration in Entra.'),
    );
  return problems;
}

/** @param single Graph answers this app for its own tenant alone */
function tenantProblems(env: Environment, single: boolean): Problem[] {
  const listed = env.MICROSOFT_TENANT_IDS?.split(/[\s,]+/).filter(Boolean);
  const home = env.MICROSOFT_APP_TENANT_ID?.toLowerCase();
  if (listed ? listed.length === 0 : !home && !single)
    return [missing('MICROSOFT_TENANT_IDS', 'List the Entra tenants whose people may be heard; nobody else is.')];
  const foreign = home && single ? listed?.find((id) => guidForm.test(id) && id.toLowerCase() !== home) : undefined;
  if (foreign === undefined) return [];
  return [
    problem(
      ['MICROSOFT_TENANT_IDS'],
      `names ${foreign}, where an app of the tenant ${home} cannot look anybody up.`,
      'Remove it; only an app of the type MultiTenant serves several tenants.',
    ),
  ];
}

function developmentProblems(env: Environment, has: Has): Problem[] {
  const unsafe = (why: string, fix: string) => problem([flag], why, fix);
  const problems: Problem[] = [];
  for (const name of ['MICROSOFT_APP_ID', 'MICROSOFT_APP_PASSWORD'].filter(has))
    problems.push(
      unsafe(`is set together with ${name}.`, 'Keep one: an app that proves who asks, or none for development.'),
    );
  if (!isLoopback(env.HOST ?? '127.0.0.1'))
    problems.push(
      unsafe(
        'would let anybody on the network release.',
        'Set HOST to 127.0.0.1, or remove it and set MICROSOFT_APP_ID.',
      ),
    );
  if (env.NODE_ENV === 'production')
    problems.push(
      unsafe('is for development only, and NODE_ENV is production.', 'Remove it and set MICROSOFT_APP_ID.'),
    );
  if (!has('MICROSOFT_GRAPH_URL'))
    problems.push(
      missing(
        'MICROSOFT_GRAPH_URL',
        'Without an app, Microsoft Graph tells nothing: name a stand-in of it on this machine.',
      ),
    );
  return problems;
}

export function teamsOf(read: Read): TeamsSettings | undefined {
  const { MICROSOFT_APP_ID: id, MICROSOFT_APP_PASSWORD: password, MICROSOFT_APP_TENANT_ID: tenant } = read;
  if (!id && !read.MICROSOFT_APP_UNAUTHENTICATED) return undefined;
  const app = id && { id, type: read.MICROSOFT_APP_TYPE, tenant, password: password ? secret(password) : undefined };
  return {
    ...(app ? { app } : {}),
    tenants: read.MICROSOFT_TENANT_IDS ?? [tenant!],
    hosts: read.MICROSOFT_SERVICE_HOSTS,
    loginUrl: read.MICROSOFT_LOGIN_URL,
    openIdUrl: read.MICROSOFT_OPENID_URL,
    graphUrl: read.MICROSOFT_GRAPH_URL,
  };
}
