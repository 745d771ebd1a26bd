import { createServer, type IncomingMessage } from 'node:http';
import { expect, it, onTestFinished, vi } from 'vitest';
import { bearer } from '../../servers/teams/bot.ts';
import { listen, shut } from '../../servers/teams/serve.ts';
import { at, general, saying, teamsWith, transportOf } from './real.ts';

it('a managed identity sends with the token that its host gives it, and needs no password', async () => {
  const teams = await teamsWith();
  const asked: IncomingMessage[] = [];
  const token = async () => (await bearer(teams, 'https://api.botframework.com')).authorization!.replace('Bearer ', '');
  // As App Service and Container Apps serve it. Source: learn.microsoft.com, "Managed identities for App Service", REST endpoint
  const host = createServer(async (request, response) => {
    asked.push(request);
    const expires_on = Math.floor(Date.now() / 1_000) + 3_600;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: await token(), expires_on, token_type: 'Bearer' }));
  });
  vi.stubEnv('IDENTITY_ENDPOINT', `${await listen(host)}/msi/token`);
  vi.stubEnv('IDENTITY_HEADER', 'planted');
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await shut(host);
  });

  const transport = transportOf(teams, { type: 'UserAssignedMSI', password: undefined });
  await transport.startThread(at(teams), saying('hello'));
  await transport.startThread(at(teams), saying('again'));
  expect(teams.messages(general).map(teams.wording)).toEqual(['hello', 'again']);
  const { searchParams } = new URL(asked[0]!.url!, 'http://host');
  expect([asked.length, searchParams.get('resource'), searchParams.get('client_id')]).toEqual([
    1,
    'https://api.botframework.com',
    teams.organization.app.id,
  ]);
});
