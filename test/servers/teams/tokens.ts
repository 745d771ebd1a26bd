import { randomBytes } from 'node:crypto';
import { refusalWith } from './refusal.ts';
import type { Request } from './serve.ts';
import type { Store } from './store.ts';

/** The bearer tokens that Entra gave out: what they are good for and for how long. */

export interface Tokens {
  /** @returns a token and its life in seconds. */
  issue: (resource: string, tenant: string) => { token: string; expiresIn: number };
  /** @returns the tenant of the bearer. @throws Refusal 401 when it is not good for this resource, or no more. */
  tenantOf: (resource: string, request: Request) => string;
  /** From now on every token given out so far is refused. */
  revoke: () => void;
}

export const connectorResource = 'https://api.botframework.com';
export const graphResource = 'https://graph.microsoft.com';

/** @param life seconds that a token lives */
export function makeTokens(store: Store, life = 3599): Tokens {
  const issued = new Map<string, { resource: string; tenant: string; until: number }>();
  return {
    issue(resource, tenant) {
      const token = `test-${randomBytes(24).toString('base64url')}`;
      issued.set(token, { resource, tenant, until: store.now() + life * 1000 });
      return { token, expiresIn: life };
    },
    tenantOf(resource, { headers }) {
      const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
      const known = issued.get(token ?? '');
      if (!token) throw denied('there is no bearer token.');
      if (!known) throw denied('the token was not given out here, or was revoked.');
      if (known.resource !== resource) throw denied(`the token is for ${known.resource}.`);
      if (known.until < store.now()) throw denied('the token has expired.');
      return known.tenant;
    },
    revoke: () => issued.clear(),
  };
}

function denied(why: string) {
  const message = `Authorization has been denied for this request: ${why}`;
  return refusalWith(401, 'InvalidAuthenticationToken', { error: { code: 'InvalidAuthenticationToken', message } }, [
    why,
  ]);
}
