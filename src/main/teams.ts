import { teamsApp } from '../../adapters/teams/app.ts';
import { teamsChat } from '../../adapters/teams/chat.ts';
import { graph, graphScope } from '../../adapters/teams/graph.ts';
import { teamsIdentity } from '../../adapters/teams/identity.ts';
import { references, type Store } from '../../adapters/teams/references.ts';
import type { Transport } from '../../adapters/teams/transport.ts';
import type { TeamsSettings } from '../config/teams-settings.ts';
import { TerminalError, TransientError } from '../errors.ts';
import type { Ledger, Log } from '../ports.ts';
import { choicesOf, type Platform } from './platform.ts';

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
  return {
    surface: 'teams',
    name: 'Microsoft Teams',
    path: '/api/messages',
    bodyLimit: 256 * 1024,
    chat: teamsChat(transport, known),
    identity,
    check: async () => {
      if (app) await checkToken(transport, graphScope(graphUrl), tenant, log);
      else log.warn({}, 'Microsoft Teams is open to everybody on this machine: MICROSOFT_APP_UNAUTHENTICATED is set');
    },
    hear: (world, ask) =>
      teamsApp({
        transport,
        tenants,
        hosts,
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

/**
 * The app must be one, and its secret right. An Entra that does not answer keeps nobody from releasing: it is asked again
 * until it does.
 *
 * @throws Error naming the setting and the fix
 */
async function checkToken(transport: Transport, scope: string, tenant: string, log: Log): Promise<void> {
  try {
    await transport.token(scope, tenant);
  } catch (err) {
    if (!(err instanceof TransientError)) throw sayWhy(err);
    log.warn({ err }, 'Entra does not answer, so the app of Microsoft Teams could not be checked; asking again');
    // Who runs by now may be in the middle of a release: that is no moment to end.
    const tell = (error: unknown) => log.error({ err: error }, 'the app of Microsoft Teams cannot be used');
    const again = () => void checkToken(transport, scope, tenant, log).catch(tell);
    setTimeout(again, Math.max(err.retryAfterMs, leastPause)).unref();
  }
}

const leastPause = 5_000;

const sayWhy = (err: unknown): unknown =>
  err instanceof TerminalError ? new Error(`Microsoft Teams cannot be used: ${err.message}. ${err.hint}`) : err;
