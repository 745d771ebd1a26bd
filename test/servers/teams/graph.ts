import type { Json } from './json.ts';
import type { TeamsUser } from './organization.ts';
import { refusal } from './refusal.ts';
import type { Reply, Request, Route } from './serve.ts';
import type { Store } from './store.ts';
import { graphResource, type Tokens } from './tokens.ts';

/** Microsoft Graph, as far as it tells who somebody is. Sources: learn.microsoft.com/graph/api/user-get, …/directoryobject-getmembergroups. */

/** What the app was granted; an administrator consents to it. */
export type GraphPermission = 'User.Read.All' | 'GroupMember.Read.All';

export function graphRoutes(store: Store, tokens: Tokens, granted: GraphPermission[]): Route[] {
  const at = '/v1\\.0/users/(?<user>[^/]+)';
  const asked = (request: Request, permission: GraphPermission) => {
    // An app without an id proves nothing, here as at the Connector.
    const tenant = store.app.id ? tokens.tenantOf(graphResource, request) : store.app.tenant;
    if (!granted.includes(permission))
      throw refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.', [
        `${permission} is not granted.`,
      ]);
    return find(store, tenant, request.params.user!);
  };
  return [
    {
      call: 'getUser',
      method: 'GET',
      path: new RegExp(`^${at}$`),
      answer: (request) => show(asked(request, 'User.Read.All'), request.query),
    },
    {
      call: 'getMemberGroups',
      method: 'POST',
      path: new RegExp(`^${at}/(?:microsoft\\.graph\\.)?getMemberGroups$`),
      answer: (request) => groups(asked(request, 'GroupMember.Read.All'), request.body),
    },
  ];
}

/** By object id or user principal name, in the tenant of the token. */
function find({ users }: Store, tenant: string, id: string): TeamsUser {
  const found = [...users.values()].find((it) => it.aadObjectId === id || it.userPrincipalName === id);
  if (found?.tenant === tenant) return found;
  throw refusal(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist.`);
}

/** What Graph shows when nothing is selected: neither userType nor accountEnabled are among it. */
const usual = ['id', 'displayName', 'givenName', 'jobTitle', 'mail', 'surname', 'userPrincipalName'];

function show(user: TeamsUser, query: URLSearchParams): Reply {
  const all = properties(user);
  const selected = query.get('$select')?.split(',') ?? usual;
  const unknown = selected.find((it) => !(it in all));
  if (unknown !== undefined)
    throw refusal(400, 'BadRequest', `Could not find a property named '${unknown}' on type 'microsoft.graph.user'.`);
  const body = Object.fromEntries(selected.map((it) => [it, all[it]]));
  return {
    status: 200,
    body: { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#users/$entity', ...body },
  };
}

function properties(user: TeamsUser): Json {
  const { aadObjectId: id, name: displayName, email, userPrincipalName, userType, accountEnabled } = user;
  const { proxyAddresses, otherMails } = user;
  const nothing = { givenName: null, jobTitle: null, surname: null };
  const addresses = { mail: email || null, userPrincipalName, proxyAddresses, otherMails };
  return { id, displayName, ...addresses, userType, accountEnabled, ...nothing };
}

function groups(user: TeamsUser, body: Json): Reply {
  if (typeof body.securityEnabledOnly !== 'boolean')
    throw refusal(400, 'Request_BadRequest', 'securityEnabledOnly must be true or false.');
  const context = 'https://graph.microsoft.com/v1.0/$metadata#Collection(Edm.String)';
  return { status: 200, body: { '@odata.context': context, value: [...user.groups] } };
}
