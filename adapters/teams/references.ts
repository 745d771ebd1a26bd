import { z } from 'zod';
import type { Address } from '../../src/release/event.ts';
import type { Activity } from './activity.ts';
import { isPinned } from './door.ts';
import type { Conversation } from './transport.ts';

/** How to reach a conversation of Teams, remembered where every process can read it: a worker posts first. */

/** Small values by key, kept for all processes. */
export interface Store {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
}

export interface References {
  /** Keeps who serves the conversation of something that was verified to come from Teams. */
  remember(activity: Activity): Promise<void>;
  /** Where this address is served: as last heard of it, else as last heard of its tenant, else Teams' global Connector. */
  find(address: Address): Promise<Conversation>;
}

export interface Defaults {
  /** Answers for every tenant; Teams hands the call on. Source: learn.microsoft.com, "Send proactive messages". */
  serviceUrl: string;
  /** Entra tenant of conversations that we never heard of. */
  tenant: string;
}

const reference = z.object({ serviceUrl: z.url(), tenant: z.string() });
type Reference = z.infer<typeof reference>;

const keyOf = (id: string): string => `teams:conversation:${id}`;
const keyOfTenant = (tenant: string): string => `teams:tenant:${tenant.toLowerCase()}`;

/**
 * What this process wrote or read last is not written again: a conversation moves perhaps once in its life.
 *
 * @param hosts of Connectors that we answer: what the ledger remembers of any other, of settings before these, is not used
 */
export function references(store: Store, defaults: Defaults, hosts: readonly string[]): References {
  const known = new Map<string, string>();
  const keep = async (key: string, value: Reference): Promise<void> => {
    const text = JSON.stringify(value);
    if (known.get(key) === text) return;
    if (JSON.stringify(reference.safeParse(await store.read(key)).data) !== text) await store.write(key, value);
    if (known.size >= most) known.clear();
    known.set(key, text);
  };
  const look = async (key: string): Promise<Reference | undefined> => {
    const kept = reference.safeParse(await store.read(key)).data;
    return kept && isPinned(hosts, kept.serviceUrl) ? kept : undefined;
  };
  /** Any Connector of a tenant's does for its new conversations: where its people are in several regions, the first stays. */
  const keepTenant = async (tenant: string, value: Reference): Promise<void> => {
    const key = keyOfTenant(tenant);
    if (known.has(key)) return;
    if (await look(key)) known.set(key, '');
    else await keep(key, value);
  };
  return {
    async remember({ serviceUrl, conversation, channelData }) {
      const tenant = channelData?.tenant?.id ?? conversation?.tenantId;
      if (!serviceUrl || !conversation || !tenant) return;
      await keep(keyOf(placeOf(channelData?.channel?.id ?? conversation.id)), { serviceUrl, tenant });
      await keepTenant(tenant, { serviceUrl, tenant });
    },
    async find({ channel, tenant, thread }) {
      const id = thread ? inThread(channel, thread) : channel;
      const own = (await look(keyOf(placeOf(channel)))) ?? (await look(keyOfTenant(tenant || defaults.tenant)));
      return { ...defaults, ...(tenant ? { tenant } : {}), ...own, id };
    },
  };
}

/** Conversations that one process remembers to have kept. */
const most = 10_000;

/** A channel or chat, without the thread in it. */
export const placeOf = (conversation: string): string => conversation.split(';')[0]!;

/** The thread in which a conversation of a channel goes on. */
export const threadOf = (conversation: string): string | undefined => /;messageid=([^;]+)/.exec(conversation)?.[1];

export const inThread = (channel: string, thread: string): string => `${channel};messageid=${thread}`;

/** Whether this is a channel of a team: chats between people have no threads. */
export const isChannel = (id: string): boolean => /@thread\.(?:tacv2|skype)$/.test(placeOf(id));
