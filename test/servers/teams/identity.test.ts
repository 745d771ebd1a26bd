import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ClientSecretCredential } from '@azure/identity';
import botbuilder from 'botbuilder';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bearer, login, startBot } from './bot.ts';
import type { TokenKind } from './delivery.ts';
import type { Json } from './json.ts';
import { startTeams, type Teams, type TeamsOptions } from './teams.ts';

/** Who is who: the Connector to the app, the app to Microsoft, and people to the app. Proven with Microsoft's own SDKs. */

async function teamsAlone(options: TeamsOptions = {}): Promise<Teams> {
  const teams = await startTeams(options);
  onTestFinished(() => teams.close());
  return teams;
}

function botFrameworkOf(teams: Teams) {
  const { ConfigurationBotFrameworkAuthentication, ConfigurationServiceClientCredentialFactory } = botbuilder;
  const { id, password, tenant } = teams.organization.app;
  const app = {
    MicrosoftAppId: id,
    MicrosoftAppPassword: password,
    MicrosoftAppType: 'SingleTenant',
    MicrosoftAppTenantId: tenant,
  };
  const urls = {
    ToBotFromChannelTokenIssuer: 'https://api.botframework.com',
    ToBotFromChannelOpenIdMetadataUrl: teams.openIdUrl,
    ToBotFromEmulatorOpenIdMetadataUrl: teams.openIdUrl,
    ToChannelFromBotOAuthScope: 'https://api.botframework.com',
    ToChannelFromBotLoginUrl: teams.loginUrl,
    OAuthUrl: 'https://api.botframework.com',
    ValidateAuthority: 'false',
    CallerId: 'urn:botframework:azure',
  };
  return new ConfigurationBotFrameworkAuthentication(
    { ...app, ...urls },
    new ConfigurationServiceClientCredentialFactory(app),
  );
}

describe("the Connector's token", () => {
  const judge = async (kind: TokenKind) => {
    const bot = await startBot();
    await bot.teams.as('ann').dm('help', { token: kind });
    const { activity, authorization = '' } = bot.told[0]!;
    const framework = botFrameworkOf(bot.teams);
    // The SDK prints keys when it refuses one.
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    onTestFinished(() => printed.mockRestore());
    return framework.authenticateRequest(activity as never, authorization).then(
      () => 'genuine',
      () => 'refused',
    );
  };

  it('convinces botbuilder', async () => {
    expect(await judge('good')).toBe('genuine');
  });

  it.each<TokenKind>([
    'none',
    'garbage',
    'unsigned',
    'expired',
    'not-yet',
    'wrong-audience',
    'wrong-issuer',
    'wrong-key',
    'unknown-key',
    'unendorsed-key',
    'wrong-service-url',
  ])('does not when it is spoiled: %s', async (kind) => {
    expect(await judge(kind)).toBe('refused');
  });

  it('is signed with new keys after a rotation', async () => {
    const teams = await teamsAlone();
    const kids = async () => {
      const { keys } = (await (await fetch(teams.openIdUrl.replace('openidconfiguration', 'keys'))).json()) as {
        keys: { kid: string; endorsements: string[] }[];
      };
      return keys.map((it) => it.kid);
    };
    const before = await kids();
    await teams.rotateKeys();
    expect((await kids()).filter((it) => before.includes(it))).toEqual([]);
  });
});

describe("the app's token", () => {
  const scope = 'https://api.botframework.com/.default';
  const credential = (teams: Teams, secret = teams.organization.app.password, tenant = teams.organization.app.tenant) =>
    new ClientSecretCredential(tenant, teams.organization.app.id, secret, {
      authorityHost: teams.loginUrl,
      disableInstanceDiscovery: true,
      retryOptions: { maxRetries: 0 },
    });
  const trusted = async (options: TeamsOptions = {}) => {
    const teams = await teamsAlone(options);
    onTestFinished(teams.trustHere());
    return teams;
  };

  it("is given to Microsoft's own credential, and opens the Connector", async () => {
    const teams = await trusted();
    const { token } = await credential(teams).getToken(scope);
    const members = `${teams.url}v3/conversations/${encodeURIComponent('19:general@thread.tacv2')}/members`;
    const with_ = (authorization: string) => fetch(members, { headers: { authorization } });
    expect((await with_(`Bearer ${token}`)).status).toBe(200);
    expect((await with_('Bearer something')).status).toBe(401);
    expect((await fetch(members)).status).toBe(401);
    teams.revokeTokens();
    expect((await with_(`Bearer ${token}`)).status).toBe(401);
  });

  it('is given to a process of its own, which trusts the certificate from its start', async () => {
    const teams = await teamsAlone();
    const { id, password, tenant } = teams.organization.app;
    const script = `import { ClientSecretCredential } from '@azure/identity';
      const options = { authorityHost: '${teams.loginUrl}', disableInstanceDiscovery: true };
      const credential = new ClientSecretCredential('${tenant}', '${id}', '${password}', options);
      console.log((await credential.getToken('${scope}')).token.slice(0, 5));`;
    const env = { ...process.env, ...teams.settings };
    const node = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
    expect((await node).stdout.trim()).toBe('test-');
  });

  it.each([
    ['a wrong secret', ['wrong'], 'AADSTS7000215'],
    ['an unknown tenant', [undefined, '99999999-0000-4000-8000-000000000000'], 'endpoints_resolution_error'],
    ['a tenant that is not its own', [undefined, '22222222-0000-4000-8000-000000000000'], 'AADSTS700016'],
  ] as [string, [string?, string?], string][])('is refused for %s', async (_what, args, code) => {
    const teams = await trusted({ tenants: ['22222222-0000-4000-8000-000000000000'] });
    await expect(credential(teams, ...args).getToken(scope)).rejects.toThrow(code);
  });

  it.each([
    ['a scope that is not .default', { scope: 'https://graph.microsoft.com/User.Read' }, 'invalid_scope'],
    ['an unknown resource', { scope: 'https://example.com/.default' }, 'invalid_resource'],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['another app', { client_id: 'other' }, 'unauthorized_client'],
  ])('is refused for %s', async (_what, wrong, error) => {
    const teams = await teamsAlone();
    const { id, password, tenant } = teams.organization.app;
    const good = { client_id: id, client_secret: password, scope, grant_type: 'client_credentials' };
    expect((await login(teams, tenant, good)).status).toBe(200);
    expect((await login(teams, tenant, { ...good, ...wrong })).body.error).toBe(error);
  });

  it('is good for one resource, and for its time', async () => {
    let now = Date.now();
    const teams = await teamsAlone({ tokenLife: 60, now: () => now });
    const user = `${teams.graphUrl}/v1.0/users/${teams.as('ann').user.aadObjectId}`;
    const graph = await bearer(teams, 'https://graph.microsoft.com');
    expect((await fetch(user, { headers: await bearer(teams, 'https://api.botframework.com') })).status).toBe(401);
    expect((await fetch(user, { headers: graph })).status).toBe(200);
    now += 61_000;
    expect((await fetch(user, { headers: graph })).status).toBe(401);
  });
});

describe('Graph', () => {
  const guest = { name: 'gil', userType: 'Guest' as const, accountEnabled: false, email: '' };
  const ask = async (teams: Teams, path: string, body?: Json) => {
    const headers = {
      'content-type': 'application/json',
      ...(await bearer(teams, 'https://graph.microsoft.com')),
    };
    const method = body ? 'POST' : 'GET';
    const response = await fetch(`${teams.graphUrl}/v1.0/users/${path}`, {
      method,
      headers,
      body: body && JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Json & { error?: { code: string } } };
  };
  const id = (teams: Teams, name: string) => teams.as(name).user.aadObjectId;

  it('tells what is selected of somebody', async () => {
    const teams = await teamsAlone({ users: [{ name: 'ann' }, guest] });
    const select = '?$select=id,mail,userPrincipalName,userType,accountEnabled';
    const ann = await ask(teams, `${id(teams, 'ann')}${select}`);
    expect(ann.body).toMatchObject({ mail: 'ann@example.com', userType: 'Member', accountEnabled: true });
    const gil = await ask(teams, `${id(teams, 'gil')}${select}`);
    expect(gil.body).toMatchObject({ mail: null, userType: 'Guest', accountEnabled: false });
    expect((await ask(teams, id(teams, 'ann'))).body).not.toHaveProperty('accountEnabled');
    expect((await ask(teams, `${id(teams, 'ann')}?$select=shoeSize`)).status).toBe(400);
  });

  it('tells the groups of somebody', async () => {
    const teams = await teamsAlone({ users: [{ name: 'ann', groups: ['g-1', 'g-2'] }] });
    const path = `${id(teams, 'ann')}/getMemberGroups`;
    expect((await ask(teams, path, { securityEnabledOnly: false })).body.value).toEqual(['g-1', 'g-2']);
    expect((await ask(teams, path, {})).status).toBe(400);
  });

  it('knows nobody of another tenant', async () => {
    const tenant = '22222222-0000-4000-8000-000000000000';
    const teams = await teamsAlone({ users: [{ name: 'ann' }, { name: 'mallory', tenant }] });
    const answer = await ask(teams, id(teams, 'mallory'));
    expect([answer.status, answer.body.error?.code]).toEqual([404, 'Request_ResourceNotFound']);
  });

  it('refuses what was not granted', async () => {
    const teams = await teamsAlone({ graphPermissions: ['User.Read.All'] });
    expect((await ask(teams, id(teams, 'ann'))).status).toBe(200);
    const groups = await ask(teams, `${id(teams, 'ann')}/getMemberGroups`, { securityEnabledOnly: false });
    expect([groups.status, groups.body.error?.code]).toEqual([403, 'Authorization_RequestDenied']);
  });

  it('asks to wait when told to', async () => {
    const teams = await teamsAlone();
    teams.inject('getUser', { kind: 'rate-limited', retryAfter: 7 });
    expect((await ask(teams, id(teams, 'ann'))).status).toBe(429);
    expect((await ask(teams, id(teams, 'ann'))).status).toBe(200);
    expect(teams.refusals()).toEqual([]);
  });
});
