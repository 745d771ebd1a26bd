import type { GraphUser } from './graph.ts';

/** By which addresses Entra knows somebody, and how far each of them can be believed. */
export interface Addresses {
  /** Those that roles are given to: the first one stands for the person. */
  emails: string[];
  /** Further ones. Nobody proved them, so they give nothing: they only tell that two accounts may be one human. */
  aliases: string[];
}

/** Some mailboxes have hundreds; what is kept with a release stays small. */
const mostAliases = 50;

/**
 * The mailbox, then the name they sign in with. Administrators of other organisations may write any mailbox beside any of
 * their accounts; only the domain of the sign-in name has been proved to Entra.
 *
 * @param home whether they are of the organisation that the app belongs to
 */
export const addressesOf = (user: GraphUser, home: boolean): Addresses => {
  const { mail, userPrincipalName, otherMails } = user;
  const emails = addresses(home ? [mail, userPrincipalName] : [userPrincipalName]);
  const proxies = (user.proxyAddresses ?? []).flatMap((one) => /^smtp:(.+)$/i.exec(one)?.[1] ?? []);
  const others = addresses([mail, ...proxies, ...(otherMails ?? [])]).filter((one) => !emails.includes(one));
  return { emails, aliases: others.slice(0, mostAliases) };
};

const addresses = (from: (string | null | undefined)[]): string[] => [
  ...new Set(from.flatMap((one) => (one?.includes('@') ? one.trim().toLowerCase() : []))),
];
