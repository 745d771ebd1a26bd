import { ClientSecretCredential, ManagedIdentityCredential, type TokenCredential } from '@azure/identity';
import { inTime } from '../../src/asking.ts';
import { TerminalError, TransientError } from '../../src/errors.ts';
import { keptFor } from '../../src/kept-for.ts';

/** Who we are to Microsoft's APIs: tokens of Entra for the app, or for the managed identity of where we run. */

export interface App {
  /** Application (client) id. */
  id: string;
  type: 'SingleTenant' | 'MultiTenant' | 'UserAssignedMSI';
  /** Entra tenant that the app belongs to. */
  tenant?: string;
  /** Value of a client secret; a managed identity has none. */
  password?: string;
  /** Entra's own unless given. */
  loginUrl?: string;
}

export interface Tokens {
  /** A bearer token for the API of `scope`, in `tenant`. Throws TransientError and TerminalError. */
  get(scope: string, tenant: string): Promise<string>;
  /** Forgets every token, as one was refused; at most once a minute. @returns whether it did, so that trying again helps */
  renew(): boolean;
}

/** Entra takes a second at its worst; a person who pressed a button waits meanwhile, ms. */
const patienceMs = 8_000;

/** Requests that start together share one; the credential itself keeps tokens until shortly before they end. */
const sharedMs = 10_000;

/** How long new tokens are given a chance after old ones were refused, ms. */
const renewedMs = 60_000;

export const entraTokens = (app: App): Tokens => {
  let ask = asking(app);
  let renewedAt = Number.NEGATIVE_INFINITY;
  return {
    get: (scope, tenant) => ask(`${scope} ${tenant}`),
    renew() {
      if (Date.now() - renewedAt < renewedMs) return false;
      renewedAt = Date.now();
      ask = asking(app);
      return true;
    },
  };
};

const asking = (app: App) => {
  const credential = credentialOf(app);
  return keptFor(sharedMs, Date.now, async (key) => {
    const [scope, tenantId] = key.split(' ') as [string, string];
    try {
      const got = await inTime(credential.getToken(scope, { tenantId }), patienceMs);
      if (!got) throw new Error(`no token within ${patienceMs} ms`);
      return got.token;
    } catch (error) {
      throw entraFailure(error);
    }
  });
};

const credentialOf = ({ id, type, tenant, password, loginUrl }: App): TokenCredential => {
  const once = { retryOptions: { maxRetries: 0 } };
  if (type === 'UserAssignedMSI') return new ManagedIdentityCredential({ clientId: id, ...once });
  return new ClientSecretCredential(tenant ?? 'organizations', id, password ?? '', {
    ...once,
    additionallyAllowedTenants: ['*'],
    // The list of known clouds is at a fixed host of Microsoft's, and knows no other Entra than Microsoft's.
    ...(loginUrl ? { authorityHost: loginUrl, disableInstanceDiscovery: true } : {}),
  });
};

/** Entra's own numbers. Source: learn.microsoft.com, "Microsoft Entra authentication and authorization error codes" */
const fixes: Record<string, string> = {
  7000215: 'Put the value (not the id) of a client secret of the app into MICROSOFT_APP_PASSWORD.',
  7000222: 'The client secret has expired: make a new one in Entra, and put its value into MICROSOFT_APP_PASSWORD.',
  700016: 'Check MICROSOFT_APP_ID, and that MICROSOFT_APP_TENANT_ID is the tenant it belongs to.',
  90002: 'Check MICROSOFT_APP_TENANT_ID: Entra knows no such tenant.',
  900023: 'Check MICROSOFT_APP_TENANT_ID: Entra knows no such tenant.',
};

const entraFailure = (error: unknown): TransientError | TerminalError => {
  const said = error instanceof Error ? error.message : '';
  const number = /AADSTS(\d+)/.exec(said)?.[1];
  if (number === undefined || /temporarily_unavailable|server_error/.test(said))
    return new TransientError('Entra gave no token', { retryAfterMs: 2_000, cause: error });
  return new TerminalError(
    'misconfigured',
    `Entra does not accept the app (AADSTS${number})`,
    fixes[number] ?? `See what AADSTS${number} means on Microsoft's page about Entra's error codes.`,
    error,
  );
};
