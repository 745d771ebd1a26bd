import type { Json } from './json.ts';
import { refusalWith } from './refusal.ts';
import type { Reply, Request, Route } from './serve.ts';
import type { Store } from './store.ts';
import { connectorResource, graphResource, type Tokens } from './tokens.ts';

/** Entra's login, as far as an app with a client secret uses it. */
export function loginRoutes(store: Store, tokens: Tokens, origin: () => string): Route[] {
  return [
    {
      call: 'tenant',
      method: 'GET',
      path: /^\/(?<tenant>[^/]+)(?:\/v2\.0)?\/\.well-known\/openid-configuration$/,
      answer: ({ params }) => ({ status: 200, body: about(store, params.tenant!, origin()) }),
    },
    {
      call: 'token',
      method: 'POST',
      path: /^\/(?<tenant>[^/]+)\/oauth2\/v2\.0\/token$/,
      answer: (request) => token(store, tokens, request),
    },
  ];
}

function about(store: Store, tenant: string, origin: string): Json {
  mustExist(store, tenant);
  const at = `${origin}/${tenant}`;
  return {
    issuer: `${at}/v2.0`,
    authorization_endpoint: `${at}/oauth2/v2.0/authorize`,
    token_endpoint: `${at}/oauth2/v2.0/token`,
    jwks_uri: `${at}/discovery/v2.0/keys`,
    end_session_endpoint: `${at}/oauth2/v2.0/logout`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    response_types_supported: ['code', 'id_token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    tenant_region_scope: 'EU',
  };
}

function token(store: Store, tokens: Tokens, { params, raw }: Request): Reply {
  const tenant = params.tenant!;
  const form = new URLSearchParams(raw);
  mustExist(store, tenant);
  mustBeUs(store, tenant, form);
  if (form.get('grant_type') !== 'client_credentials')
    throw no(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
  const { token: access_token, expiresIn } = tokens.issue(resourceOf(form), tenant);
  const body = { token_type: 'Bearer', expires_in: expiresIn, ext_expires_in: expiresIn, access_token };
  return { status: 200, headers: { 'cache-control': 'no-store, no-cache' }, body };
}

/** A multi-tenant bot asks the tenant `botframework.com`; every other app its own. */
function mustExist({ tenants, app }: Store, tenant: string): void {
  if (tenants.includes(tenant) || (tenant === 'botframework.com' && app.type === 'MultiTenant')) return;
  throw no(400, 'invalid_tenant', 90002, `Tenant '${tenant}' not found.`);
}

function mustBeUs({ app }: Store, tenant: string, form: URLSearchParams): void {
  const here = app.type === 'MultiTenant' || tenant === app.tenant;
  if (!app.id || form.get('client_id') !== app.id || !here)
    throw no(400, 'unauthorized_client', 700016, `Application was not found in the directory '${tenant}'.`);
  if (!form.get('client_secret')) throw no(401, 'invalid_client', 7000218, 'client_secret is missing.');
  if (form.get('client_secret') !== app.password)
    throw no(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
}

/** App tokens are for everything that was granted: one resource and `/.default`, nothing finer. */
function resourceOf(form: URLSearchParams): string {
  const scopes = (form.get('scope') ?? '').split(' ').filter((it) => it.includes('://'));
  const resource = scopes.length === 1 ? /^(.+)\/\.default$/.exec(scopes[0]!)?.[1] : undefined;
  if (!resource)
    throw no(400, 'invalid_scope', 1002012, `The provided value for scope ${scopes.join(' ')} is not valid.`);
  if ([connectorResource, graphResource].includes(resource)) return resource;
  throw no(400, 'invalid_resource', 500011, `The resource principal named ${resource} was not found.`);
}

function no(status: number, error: string, code: number, message: string) {
  const error_description = `AADSTS${code}: ${message}`;
  return refusalWith(status, error, { error, error_description, error_codes: [code] }, [error_description]);
}
