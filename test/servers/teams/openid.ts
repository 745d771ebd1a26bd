import { issuer, type PublicKey } from './keys.ts';
import type { Route } from './serve.ts';

/** Where an app learns which keys the Connector signs with. */
export function openIdRoutes(origin: () => string, jwks: () => Promise<{ keys: PublicKey[] }>): Route[] {
  const about = () => ({
    issuer,
    authorization_endpoint: 'https://invalid.botframework.com',
    jwks_uri: `${origin()}/v1/.well-known/keys`,
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
  });
  const at = '/v1/.well-known';
  return [
    {
      call: 'openid',
      method: 'GET',
      path: new RegExp(`^${at}/openidconfiguration$`),
      answer: () => ({ status: 200, body: about() }),
    },
    {
      call: 'keys',
      method: 'GET',
      path: new RegExp(`^${at}/keys$`),
      answer: async () => ({ status: 200, body: await jwks() }),
    },
  ];
}
