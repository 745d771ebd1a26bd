import type { TeamsApp } from './organization.ts';
import type { Outside } from './outside.ts';

/** @returns the environment with which a process of its own takes the stand-in for Microsoft. */
export function settingsOf(app: TeamsApp, outside: Omit<Outside, 'close'>): Record<string, string> {
  const urls = {
    MICROSOFT_LOGIN_URL: outside.loginUrl,
    MICROSOFT_OPENID_URL: outside.openIdUrl,
    MICROSOFT_GRAPH_URL: outside.graphUrl,
    MICROSOFT_SERVICE_HOSTS: new URL(outside.url).hostname,
    NODE_EXTRA_CA_CERTS: outside.caFile,
  };
  if (!app.id) return { MICROSOFT_APP_UNAUTHENTICATED: '1', ...urls };
  return {
    MICROSOFT_APP_ID: app.id,
    MICROSOFT_APP_PASSWORD: app.password,
    MICROSOFT_APP_TENANT_ID: app.tenant,
    MICROSOFT_APP_TYPE: app.type,
    ...urls,
  };
}
