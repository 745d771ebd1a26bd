import { z } from 'zod';
import { failureOf } from './failures.ts';
import type { Transport } from './transport.ts';
import { callOnce } from './web.ts';

/** What Entra knows about people, by Microsoft Graph with the app's own rights. */

const user = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  mail: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
  userType: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  /** Every address that reaches their mailbox: `SMTP:…` the first of them, `smtp:…` the others; and what is no mail. */
  proxyAddresses: z.array(z.string()).nullish(),
  /** Addresses elsewhere, which nobody proved. */
  otherMails: z.array(z.string()).nullish(),
});
export type GraphUser = z.infer<typeof user>;

const groupIds = z.object({ value: z.array(z.string()) });

/** Both throw TransientError and TerminalError; `teamsStatus` tells 403 (a permission is missing) and 404 (nobody). */
export interface Graph {
  user(tenant: string, id: string): Promise<GraphUser>;
  /** Ids of all groups that somebody is in, also by a group that is in another. */
  groups(tenant: string, id: string): Promise<string[]>;
}

/** @param url Graph's own, or that of a national cloud */
export const graph = (url: string, token: Transport['token']): Graph => {
  const scope = graphScope(url);
  const ask = async <T>(shape: z.ZodType<T>, tenant: string, what: string, path: string, body?: object): Promise<T> => {
    try {
      const bearer = await token(scope, tenant);
      const headers = { 'content-type': 'application/json', ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) };
      const call = { method: body ? 'POST' : 'GET', headers, ...(body ? { body: JSON.stringify(body) } : {}) };
      const answer = await callOnce({ ...call, url: new URL(`/v1.0/users/${path}`, url).href });
      return shape.parse(JSON.parse(answer.text));
    } catch (error) {
      throw failureOf('Microsoft Graph', what, error);
    }
  };
  const fields = Object.keys(user.shape).join(',');
  return {
    user: async (tenant, id) => ask(user, tenant, 'getUser', `${guid(id)}?$select=${fields}`),
    groups: async (tenant, id) => {
      const path = `${guid(id)}/getMemberGroups`;
      return (await ask(groupIds, tenant, 'getMemberGroups', path, { securityEnabledOnly: false })).value;
    },
  };
};

/** A token is for the Graph of one cloud. A stand-in on this machine passes for the public one. */
export const graphScope = (url: string): string => {
  const { protocol, origin } = new URL(url);
  return `${protocol === 'https:' ? origin : 'https://graph.microsoft.com'}/.default`;
};

/** An id is a path of Graph's: one that is none would lead elsewhere. */
const guid = (id: string): string => {
  if (isGuid(id)) return id;
  throw new Error('not the id of an Entra object');
};

export const isGuid = (text: string): boolean => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
