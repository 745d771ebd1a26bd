import { onTestFinished } from 'vitest';
import type { AdaptiveCard, Sent } from '../../../adapters/teams/activity.ts';
import { botbuilderTransport } from '../../../adapters/teams/botbuilder.ts';
import type { App } from '../../../adapters/teams/entra.ts';
import type { Conversation, Transport } from '../../../adapters/teams/transport.ts';
import { startTeams, type Teams, type TeamsOptions } from '../../servers/teams/teams.ts';

/** The real transport against the stand-in, whose login this process trusts meanwhile. */

export const teamsWith = async (options: TeamsOptions = {}): Promise<Teams> => {
  const teams = await startTeams(options);
  const distrust = teams.trustHere();
  onTestFinished(async () => {
    distrust();
    await teams.close();
  });
  return teams;
};

export const transportOf = (teams: Teams, app: Partial<App> = {}): Transport => {
  const { id, password, tenant, type } = teams.organization.app;
  const us = { id, password, tenant, type, loginUrl: teams.loginUrl };
  return botbuilderTransport({ openIdUrl: teams.openIdUrl, ...(id ? { app: { ...us, ...app } } : {}) });
};

export const general = '19:general@thread.tacv2';

export const at = (teams: Teams, id = general): Conversation => ({
  serviceUrl: teams.url,
  tenant: teams.organization.app.tenant,
  id,
});

export const saying = (text: string): Sent => {
  const body = [{ type: 'TextBlock', text, wrap: true }];
  const card: AdaptiveCard = {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    body,
  };
  return { summary: text, card };
};
