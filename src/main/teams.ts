import { teamsApp } from '../../adapters/teams/app.ts';
import { teamsChat } from '../../adapters/teams/chat.ts';
import { graph, graphScope } from '../../adapters/teams/graph.ts';
import { teamsIdentity } from '../../adapters/teams/identity.ts';
import { references, type Store } from '../../adapters/teams/references.ts';
import type { TeamsSettings } from '../config/teams-settings.ts';
import type { Ledger, Log } from '../ports.ts';
import { choicesOf, type Platform, troubleOf } from './platform.ts';

/** The SDK takes most of a second to load: only who is in Teams waits for it. */
export async function openTeams(settings: TeamsSettings, ledger: Ledger, log: Log): Promise<Platform> {
  const { app, tenants, hosts, loginUrl, openIdUrl, graphUrl } = settings;
  const { botbuilderTransport } = await import('../../adapters/teams/botbuilder.ts');
  const us = app && { ...app, password: app.password?.reveal(), loginUrl };
  const transport = botbuilderTransport({ openIdUrl, ...(us ? { app: us } : {}) });
  const [tenant, host] = [tenants[0]!, hosts[0]!];
  const known = references(storeIn(ledger), { serviceUrl: `https://${host}/teams/`, tenant }, hosts);
  const home = app ? app.tenant : tenant;
  const identity = teamsIdentity({ graph: graph(graphUrl, transport.token), tenants, home, log, now: Date.now });
  const token = () => transport.token(graphScope(graphUrl), tenant);
  return {
    surface: 'teams',
    name: 'Microsoft Teams',
    path: '/api/messages',
    bodyLimit: 256 * 1024,
    chat: teamsChat(transport, known),
    identity,
    async check() {
      if (app) return troubleOf('Microsoft Teams', async () => void (await token()));
      log.warn({}, 'Microsoft Teams is open to everybody on this machine: MICROSOFT_APP_UNAUTHENTICATED is set');
      return undefined;
    },
    hear: (world, ask) =>
      teamsApp({
        transport,
        tenants,
        hosts,
        unauthenticated: app === undefined,
        references: known,
        identity,
        handle: ask,
        once: (key, ttlMs) => world.ledger.once(key, ttlMs),
        choices: choicesOf(world),
        log,
      }),
  };
}

/** Where conversations are served, among the ledger's records: a worker may post where only a gateway was spoken to. */
const storeIn = (ledger: Ledger): Store => ({
  read: async (key) => (await ledger.read([key])).records[0]?.value,
  async write(key, value) {
    await ledger.accept({
      records: [{ key, value }],
      audit: { actor: 'release-engineer', action: 'heard from Teams', subject: key, detail: value },
    });
  },
});
