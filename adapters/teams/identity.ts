import { isRefusal, type Refusal, refuse } from '../../src/errors.ts';
import { keptFor } from '../../src/kept-for.ts';
import type { Identity, Log, Principal } from '../../src/ports.ts';
import type { Actor } from '../../src/release/event.ts';
import { teamsStatus } from './failures.ts';
import { type Graph, type GraphUser, isGuid } from './graph.ts';

/** How long somebody may keep a right that was taken from them in Entra, ms. */
const trustMs = 60_000;

export interface IdentityOptions {
  graph: Graph;
  /** Entra tenants whose people may release. */
  tenants: readonly string[];
  log: Log;
  /** Milliseconds, only differences count. */
  now: () => number;
}

/** Who somebody of our organisation is: one human, by the address that Entra has for them. */
export const teamsIdentity = ({ graph, tenants, log, now }: IdentityOptions): Identity => {
  const served = tenants.map((tenant) => tenant.toLowerCase());
  const groupsOf = groupsOrNone(graph, log, now);
  const known = keptFor(trustMs, now, async (key) => {
    const [tenant, id] = key.split('/') as [string, string];
    const user = await lookUp(graph, tenant, id);
    const refusal = isRefusal(user) ? user : (refuseOutsider(user) ?? refuseNameless(user));
    return refusal ?? { user: user as GraphUser, groups: await groupsOf(tenant, id) };
  });
  return {
    async resolve(actor) {
      const [tenant, id] = [actor.tenant.toLowerCase(), actor.id.toLowerCase()];
      if (!served.includes(tenant)) return stranger;
      if (!isGuid(id)) return unknown;
      const found = await known(`${tenant}/${id}`);
      return isRefusal(found) ? found : principal(actor, found.user, found.groups);
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

const refuseNameless = (user: GraphUser): Refusal | undefined =>
  emailsOf(user).length > 0
    ? undefined
    : no(
        'Entra has no e-mail address for you, and I know people by it.',
        'Ask an administrator of Entra to fill in the address of your account.',
      );

/** The mailbox first, then the name they sign in with. */
const emailsOf = ({ mail, userPrincipalName }: GraphUser): string[] => [
  ...new Set([mail, userPrincipalName].flatMap((address) => (address?.includes('@') ? address.toLowerCase() : []))),
];

const principal = (actor: Actor, user: GraphUser, groups: string[]): Principal => {
  const emails = emailsOf(user);
  const name = user.displayName || actor.name;
  return {
    principal: emails[0]!,
    name,
    actor: { ...actor, name },
    emails,
    groups: [...groups, `user:teams:${user.id.toLowerCase()}`],
    roles: [],
    token: false,
  };
};

/** Without its permission people are known, and without groups: roles by e-mail still hold, and nothing else is granted. */
const groupsOrNone = (graph: Graph, log: Log, now: () => number) => {
  let saidAt = Number.NEGATIVE_INFINITY;
  return async (tenant: string, id: string): Promise<string[]> => {
    try {
      return (await graph.groups(tenant, id)).map((group) => `teams:${group.toLowerCase()}`);
    } catch (error) {
      if (teamsStatus(error) !== 403) throw error;
      if (now() - saidAt >= trustMs) log.warn({ tenant }, `people of Teams are without their groups. ${grant}`);
      if (now() - saidAt >= trustMs) saidAt = now();
      return [];
    }
  };
};
