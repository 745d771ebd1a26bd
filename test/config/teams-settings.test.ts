import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { problemText } from '../../src/config/problem.ts';
import { parseSettings } from '../../src/config/settings.ts';

const id = '11111111-1111-4111-8111-111111111111';
const tenant = '22222222-2222-4222-8222-222222222222';
const other = '33333333-3333-4333-8333-333333333333';
const app = { MICROSOFT_APP_ID: id, MICROSOFT_APP_PASSWORD: 'planted-secret', MICROSOFT_APP_TENANT_ID: tenant };
const development = {
  MICROSOFT_APP_UNAUTHENTICATED: '1',
  MICROSOFT_TENANT_IDS: tenant,
  MICROSOFT_GRAPH_URL: 'http://127.0.0.1:4000',
};

function teamsOf(env: Record<string, string | undefined>) {
  const read = parseSettings(env);
  if (!read.ok) throw new Error(read.problems.map(problemText).join('\n'));
  return read.settings.teams;
}

function linesOf(env: Record<string, string | undefined>): string[] {
  const read = parseSettings(env);
  return read.ok ? [] : read.problems.map(problemText);
}

describe('settings of Microsoft Teams', () => {
  it('are three values of the app registration, and the rest is the public cloud', () => {
    const teams = teamsOf(app)!;
    expect(teams).toMatchObject({
      app: { id, tenant, type: 'SingleTenant' },
      tenants: [tenant],
      hosts: ['smba.trafficmanager.net', 'smba.infra.gcc.teams.microsoft.com'],
      loginUrl: undefined,
      openIdUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
      graphUrl: 'https://graph.microsoft.com',
    });
    expect(teams.app?.password?.reveal()).toBe('planted-secret');
    expect(inspect(teams, { depth: 9 }) + JSON.stringify(teams)).not.toContain('planted');
  });

  it('need no password for a managed identity', () => {
    const { MICROSOFT_APP_PASSWORD: _, ...managed } = app;
    expect(teamsOf({ ...managed, MICROSOFT_APP_TYPE: 'UserAssignedMSI' })?.app).toMatchObject({
      type: 'UserAssignedMSI',
      password: undefined,
    });
  });

  it('let an app of many tenants serve those that are listed, and no others', () => {
    const listed = { ...app, MICROSOFT_APP_TYPE: 'MultiTenant', MICROSOFT_TENANT_IDS: `${tenant}, ${other}` };
    expect(teamsOf(listed)?.tenants).toEqual([tenant, other]);
    expect(teamsOf({ ...app, MICROSOFT_APP_TYPE: 'MultiTenant' })?.tenants).toEqual([tenant]);
    const nowhere = { ...app, MICROSOFT_APP_TYPE: 'MultiTenant', MICROSOFT_APP_TENANT_ID: undefined };
    expect(teamsOf({ ...nowhere, MICROSOFT_TENANT_IDS: other })?.tenants).toEqual([other]);
  });

  it('name the addresses of another cloud', () => {
    const cloud = {
      MICROSOFT_SERVICE_HOSTS: 'smba.infra.gov.teams.microsoft.us, [::1]',
      MICROSOFT_LOGIN_URL: 'https://login.microsoftonline.us',
      MICROSOFT_OPENID_URL: 'https://login.botframework.azure.us/v1/.well-known/openidconfiguration',
      MICROSOFT_GRAPH_URL: 'https://graph.microsoft.us',
    };
    expect(teamsOf({ ...app, ...cloud })).toMatchObject({
      hosts: ['smba.infra.gov.teams.microsoft.us', '[::1]'],
      loginUrl: cloud.MICROSOFT_LOGIN_URL,
      openIdUrl: cloud.MICROSOFT_OPENID_URL,
      graphUrl: cloud.MICROSOFT_GRAPH_URL,
    });
  });

  it('do without an app in development, on this machine only', () => {
    expect(teamsOf(development)).toMatchObject({ tenants: [tenant] });
    expect(teamsOf({ ...development, HOST: 'localhost' })?.app).toBeUndefined();
    expect(teamsOf({ ...app, MICROSOFT_APP_UNAUTHENTICATED: 'no', HOST: '0.0.0.0' })?.app?.id).toBe(id);
  });

  it.each<[Record<string, string | undefined>, RegExp]>([
    [{ ...app, MICROSOFT_APP_PASSWORD: undefined }, /^MICROSOFT_APP_PASSWORD: is missing\. .*client secret/],
    [{ ...app, MICROSOFT_APP_TYPE: 'UserAssignedMSI' }, /^MICROSOFT_APP_PASSWORD: is set for a managed identity/],
    [{ ...app, MICROSOFT_APP_TENANT_ID: undefined }, /^MICROSOFT_APP_TENANT_ID: is missing\. /],
    [{ ...app, MICROSOFT_APP_ID: undefined }, /^MICROSOFT_APP_ID: is missing\. /],
    [{ MICROSOFT_TENANT_IDS: tenant }, /^MICROSOFT_APP_ID: is missing\. /],
    [{ ...app, MICROSOFT_APP_ID: 'release-engineer' }, /^MICROSOFT_APP_ID: "release-engineer" .*01234567-89ab/],
    [{ ...app, MICROSOFT_APP_TENANT_ID: 'acme.example' }, /^MICROSOFT_APP_TENANT_ID: "acme\.example" .*Directory/],
    [{ ...app, MICROSOFT_APP_TYPE: 'Single' }, /^MICROSOFT_APP_TYPE: "Single" .*SingleTenant, MultiTenant/],
    [
      { ...app, MICROSOFT_APP_TYPE: 'MultiTenant', MICROSOFT_APP_TENANT_ID: undefined },
      /^MICROSOFT_TENANT_IDS: is missing\. .*nobody else/,
    ],
    [{ ...app, MICROSOFT_TENANT_IDS: ', ,' }, /^MICROSOFT_TENANT_IDS: is missing/],
    [{ ...app, MICROSOFT_TENANT_IDS: 'acme' }, /^MICROSOFT_TENANT_IDS: "acme" cannot be used/],
    [{ ...app, MICROSOFT_TENANT_IDS: `${tenant},${other}` }, /^MICROSOFT_TENANT_IDS: names 3333.*MultiTenant/],
    [{ ...app, MICROSOFT_SERVICE_HOSTS: 'https://smba.example.com' }, /^MICROSOFT_SERVICE_HOSTS: .*without https/],
    [{ ...app, MICROSOFT_SERVICE_HOSTS: ',' }, /^MICROSOFT_SERVICE_HOSTS: .*at least one/],
    [
      { ...app, MICROSOFT_LOGIN_URL: 'http://127.0.0.1:1' },
      /^MICROSOFT_LOGIN_URL: has a value of 18 characters .*https/,
    ],
    [
      { ...app, MICROSOFT_GRAPH_URL: 'http://graph.example.com' },
      /^MICROSOFT_GRAPH_URL: .*plain http is for this machine/,
    ],
    [{ ...app, MICROSOFT_OPENID_URL: 'keys' }, /^MICROSOFT_OPENID_URL: has a value of 4 characters/],
    [{ ...development, MICROSOFT_APP_ID: id }, /^MICROSOFT_APP_UNAUTHENTICATED: is set together with MICROSOFT_APP_ID/],
    [{ ...development, HOST: '0.0.0.0' }, /^MICROSOFT_APP_UNAUTHENTICATED: would let anybody on the network release/],
    [{ ...development, NODE_ENV: 'production' }, /^MICROSOFT_APP_UNAUTHENTICATED: .*NODE_ENV is production/],
    [{ ...development, MICROSOFT_TENANT_IDS: undefined }, /^MICROSOFT_TENANT_IDS: is missing/],
    [{ ...development, MICROSOFT_GRAPH_URL: undefined }, /^MICROSOFT_GRAPH_URL: is missing/],
    [
      { ...development, MICROSOFT_APP_UNAUTHENTICATED: 'maybe' },
      /^MICROSOFT_APP_UNAUTHENTICATED: "maybe" .*true or false/,
    ],
  ])('%o', (env, line) => {
    const lines = linesOf(env);
    expect(lines[0]).toMatch(line);
    expect(lines.join()).not.toContain('planted');
  });

  it('tell everything that is wrong at once, each thing once', () => {
    const lines = linesOf({
      ...app,
      MICROSOFT_APP_PASSWORD: undefined,
      MICROSOFT_APP_TENANT_ID: undefined,
      MICROSOFT_SERVICE_HOSTS: '/',
    });
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'MICROSOFT_SERVICE_HOSTS',
      'MICROSOFT_APP_PASSWORD',
      'MICROSOFT_APP_TENANT_ID',
    ]);
  });
});
