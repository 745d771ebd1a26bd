import type { z } from 'zod';
import type { Log } from '../../src/ports.ts';
import { activity } from './activity.ts';
import { type Headers, type HttpReply, status } from './http.ts';
import type { Conversation, Transport } from './transport.ts';

/** The door: only the Bot Connector, only organisations that we serve, only Connectors that we would answer. */

export interface Door {
  transport: Pick<Transport, 'whyNotGenuine'>;
  /** Entra tenants that are served. The token of a request does not tell the tenant, so this list is what keeps others out. */
  tenants: readonly string[];
  /** Hosts of `serviceUrl` that we send our answers and our token to. Loopback, where it is listed, may do without TLS. */
  hosts: readonly string[];
  /** In development: whoever is on this machine is believed. */
  unauthenticated?: boolean;
  log: Log;
}

/** An activity that may be worked on, and where it came from. */
export interface Admitted {
  activity: Activity;
  tenant: string;
  where: Conversation;
}

const complete = activity.required({ channelId: true, serviceUrl: true, conversation: true });
type Activity = z.infer<typeof complete>;

/** Bytes of one request. A message of Teams is at most 100 KB; an invoke carries the inputs of one card. */
const largest = 256 * 1024;

/** @returns the activity, or what to answer instead */
export const admit = async (door: Door, rawBody: Buffer, headers: Headers): Promise<Admitted | HttpReply> => {
  if (rawBody.length > largest) return status(413);
  const parsed = complete.safeParse(parseJson(rawBody));
  if (!parsed.success) {
    // Clients and probes send an empty object to see whether somebody listens: no reason to wake anybody.
    const at = parsed.error.issues.slice(0, 5).map(({ path }) => path.join('.'));
    door.log.info({ at }, 'a request to the endpoint of Teams cannot be read');
    return status(400);
  }
  const browser = headers.origin !== undefined;
  if (door.unauthenticated && browser) return refuse(door, 403, fromBrowser);
  const forged = await whyForged(door, parsed.data, one(headers.authorization));
  if (forged !== undefined) return forged;
  const tenant = tenantOf(parsed.data);
  const why = whyForeign(door, parsed.data, tenant);
  if (why !== undefined || tenant === undefined) return refuse(door, 403, why ?? 'no tenant');
  const { serviceUrl, conversation } = parsed.data;
  return { activity: parsed.data, tenant, where: { serviceUrl, tenant, id: conversation.id } };
};

/** Any page may make a browser on this machine post here; then the browser names the page. No Connector does. */
const fromBrowser = 'a browser sent it, for a page that anybody may have written';

const one = (value: string | string[] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? '';

/** Absent, null and empty are the same to whoever serialises activities. */
const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'), (_key, value: unknown) =>
      value === '' ? undefined : (value ?? undefined),
    );
  } catch {
    return undefined;
  }
};

const whyForged = async (door: Door, it: Activity, authorization: string): Promise<HttpReply | undefined> => {
  try {
    const why = await door.transport.whyNotGenuine(it, authorization);
    return why === undefined ? undefined : refuse(door, 401, why);
  } catch (error) {
    door.log.warn({ error }, 'cannot tell whether the Bot Connector sent a request; it is to ask again');
    return status(503);
  }
};

const tenantOf = ({ channelData, conversation }: Activity): string | undefined =>
  channelData?.tenant?.id ?? conversation.tenantId;

const whyForeign = ({ tenants, hosts }: Door, it: Activity, tenant: string | undefined): string | undefined => {
  const named = [it.channelData?.tenant?.id, it.conversation.tenantId].filter((one) => one !== undefined);
  if (it.channelId !== 'msteams') return `the channel ${it.channelId} is not Teams`;
  if (new Set(named.map(folded)).size > 1) return `the tenants ${named.join(' and ')} contradict each other`;
  if (tenant === undefined) return 'no tenant';
  if (!tenants.map(folded).includes(folded(tenant))) return `the tenant ${tenant} is not among those that are served`;
  return isPinned(hosts, it.serviceUrl)
    ? undefined
    : `the Connector ${it.serviceUrl} is not among those that are known`;
};

const folded = (text: string): string => text.toLowerCase();
const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** Whether we would send our token there. */
export const isPinned = (hosts: readonly string[], serviceUrl: string): boolean => {
  const { protocol, host, hostname, username, password } = new URL(serviceUrl);
  const listed = hosts.map(folded);
  const local = loopback.includes(hostname) && listed.includes(hostname);
  if (username || password) return false;
  return local ? /^https?:$/.test(protocol) : protocol === 'https:' && listed.includes(host);
};

const refuse = ({ log }: Door, code: 401 | 403, why: string): HttpReply => {
  log.warn({ why: why.slice(0, 300) }, 'refused a request to the endpoint of Teams');
  return status(code);
};
