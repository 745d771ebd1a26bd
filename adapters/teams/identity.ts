import { remembering, trustMs } from '../../src/directory.ts';
import { isRefusal, type Refusal, refuse } from '../../src/errors.ts';
import type { Identity, Log, Principal } from '../../src/ports.ts';
import { rarely } from '../../src/rarely.ts';
import type { Actor } from '../../src/release/event.ts';
import { type Addresses, addressesOf } from './addresses.ts';
import { teamsStatus } from './failures.ts';
import { type Graph, type GraphUser, isGuid } from './graph.ts';

export interface IdentityOptions {
  graph: Graph;
  /** Entra tenants whose people may release. */
  tenants: readonly string[];
  /** The one among them whose administrators vouch for the addresses of its people; in others only sign-in names count. */
  home?: string;
  log: Log;
  /** Milliseconds, only differences count. */
  now: () => number;
}

/**
 * Who somebody of our organisation is: one human, by the address that Entra has for them. A right that is taken from them
 * in Entra lives for a minute, and for up to 11 while Graph does not answer; no outage undoes a refusal.
 */
export const teamsIdentity = ({ graph, tenants, home, log, now }: IdentityOptions): Identity => {
  const served = tenants.map((tenant) => tenant.toLowerCase());
  const groupsOf = groupsOrNone(graph, log, now);
  const known = remembering({ name: 'Microsoft Graph', log, now })(async (key) => {
    const [tenant, id] = key.split('/') as [string, string];
    const groups = groupsOf(tenant, id);
    // Asked at once, as somebody waits; but who they are has the first word, also about what goes wrong.
    groups.catch(() => undefined);
    const user = await lookUp(graph, tenant, id);
    if (isRefusal(user)) return user;
    const addresses = addressesOf(user, tenant === home?.toLowerCase());
    return refuseOutsider(user) ?? refuseNameless(addresses) ?? { user, addresses, groups: await groups };
  });
  return {
    async resolve(actor) {
      const [tenant, id] = [actor.tenant.toLowerCase(), actor.id.toLowerCase()];
      if (!served.includes(tenant)) return stranger;
      if (!isGuid(id)) return unknown;
      const found = await known(`${tenant}/${id}`);
      return isRefusal(found) ? found : principal(actor, found);
    },
  };
};

const ask = 'Ask a member of this organisation to do it.';
const grant =
  'An administrator of Entra must grant the app the application permissions User.Read.All and GroupMember.Read.All of Microsoft Graph, and consent to them.';
const no = (say: string, hint: string): Refusal => refuse('not-known', say, hint);
const stranger = no('People of other organisations do not release here.', ask);
const unknown = no('Entra does not know who you are in this organisation.', ask);
const unreadable = no('Microsoft Graph does not let me read who you are.', grant);

const lookUp = async (graph: Graph, tenant: string, id: string): Promise<GraphUser | Refusal> => {
  try {
    return await graph.user(tenant, id);
  } catch (error) {
    const status = teamsStatus(error);
    if (status === 404) return unknown;
    if (status === 403) return unreadable;
    throw error;
  }
};

const refuseOutsider = ({ userType, userPrincipalName, accountEnabled }: GraphUser): Refusal | undefined => {
  if (userType === 'Guest' || isForeign(userPrincipalName))
    return no('Guests of this organisation do not release.', ask);
  if (accountEnabled === false) return no('This account is disabled.', 'Ask a colleague to do it.');
  // A lesser permission shows names and addresses, and not whether the account may still be used.
  return accountEnabled ? undefined : unreadable;
};

/** A guest's name in our tenant is made of the one at home: `ann_example.org#EXT#@acme.onmicrosoft.com`. */
const isForeign = (name: GraphUser['userPrincipalName']): boolean => /#ext#/i.test(name ?? '');

const refuseNameless = ({ emails }: Addresses): Refusal | undefined =>
  emails.length > 0
    ? undefined
    : no(
        'Entra has no e-mail address for you, and I know people by it.',
        'Ask an administrator of Entra to fill in the address of your account.',
      );

interface Known {
  user: GraphUser;
  addresses: Addresses;
  groups: string[];
}

const principal = (actor: Actor, { user, addresses, groups }: Known): Principal => {
  const name = user.displayName || actor.name;
  return {
    principal: addresses.emails[0]!,
    name,
    actor: { ...actor, name },
    ...addresses,
    groups: [...groups, `user:teams:${user.id.toLowerCase()}`],
    roles: [],
    token: false,
  };
};

/** Without its permission people are known, and without groups: roles by e-mail still hold, and nothing else is granted. */
const groupsOrNone = (graph: Graph, log: Log, now: () => number) => {
  const tell = rarely(trustMs, now, (tenant: string) =>
    log.warn({ tenant }, `people of Teams are without their groups. ${grant}`),
  );
  return async (tenant: string, id: string): Promise<string[]> => {
    try {
      return (await graph.groups(tenant, id)).map((group) => `teams:${group.toLowerCase()}`);
    } catch (error) {
      if (teamsStatus(error) !== 403) throw error;
      tell(tenant);
      return [];
    }
  };
};
