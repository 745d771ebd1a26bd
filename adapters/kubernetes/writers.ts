import type { V1ObjectMeta } from '@kubernetes/client-node';
import { instant } from './rollout-clock.ts';

export const fieldManager = 'release-engineer';

export interface Writer {
  manager: string;
  /** ms of the API server's clock. */
  at: number;
}

/** Who last wrote a container's image, by managedFields. Undefined when the server does not say. */
export function imageWriter(metadata: V1ObjectMeta | undefined, name: string, init: boolean): Writer | undefined {
  const list = init ? 'f:initContainers' : 'f:containers';
  return lastWriter(metadata, [
    'f:spec',
    'f:template',
    'f:spec',
    list,
    `k:{"name":${JSON.stringify(name)}}`,
    'f:image',
  ]);
}

/** Who last wrote a field, given as its path in managedFields. The newest wins; a manager without time is old. */
export function lastWriter(metadata: V1ObjectMeta | undefined, path: string[]): Writer | undefined {
  const writers = (metadata?.managedFields ?? [])
    .filter((entry) => has(entry.fieldsV1, path))
    .map((entry) => ({ manager: entry.manager ?? 'unknown', at: instant(entry.time) ?? 0 }));
  return writers.sort((a, b) => b.at - a.at)[0];
}

function has(fields: unknown, path: string[]): boolean {
  let at = fields;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !(key in at)) return false;
    at = (at as Record<string, unknown>)[key];
  }
  return true;
}
