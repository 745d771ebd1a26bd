import { isRecord } from '../json.ts';
import type { Fields } from '../object.ts';

/** Lists that Kubernetes merges by a key of their items, as far as workloads and services use them. */
const keys: { [list: string]: string[] } = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  imagePullSecrets: ['name'],
  volumeMounts: ['mountPath'],
  conditions: ['type'],
  ownerReferences: ['uid'],
  hostAliases: ['ip'],
};

/**
 * The fields that name an item of this list, or undefined when the list is replaced as a whole.
 * `merge` is the one key of strategic merge; server-side apply also tells ports apart by protocol.
 */
export function listKeys(list: string, items: unknown[]): string[] | undefined {
  if (list === 'ports')
    return [items.some((item) => isRecord(item) && 'containerPort' in item) ? 'containerPort' : 'port', 'protocol'];
  return keys[list];
}

/** The one key by which a strategic merge patch finds an item. */
export const mergeKey = (list: string, items: unknown[]): string | undefined => listKeys(list, items)?.[0];

/** `{name: "app"}`: what names this item. */
export function itemKey(item: Fields, by: string[]): Fields {
  const named = by.filter((key) => item[key] !== undefined || key === 'protocol');
  return Object.fromEntries(named.map((key) => [key, item[key] ?? 'TCP']));
}

export const isItem = (item: unknown, key: Fields): boolean =>
  isRecord(item) && Object.entries(key).every(([name, value]) => (item[name] ?? 'TCP') === value);
