import type { KubeObject, ManagedFieldsEntry } from '../object.ts';
import { type FieldSet, fieldsOf, fromFieldsV1, toFieldsV1 } from './field-sets.ts';

/** Who writes, and how: one entry of managedFields. */
export interface Manager {
  manager: string;
  operation: 'Apply' | 'Update';
  subresource?: string;
  /** RFC 3339, API server's clock. */
  time: string;
}

export const isEntryOf = (entry: ManagedFieldsEntry, by: Manager): boolean =>
  entry.manager === by.manager && entry.operation === by.operation && entry.subresource === by.subresource;

export function entryFor(by: Manager, apiVersion: string, set: FieldSet): ManagedFieldsEntry {
  const { manager, operation, time, subresource } = by;
  const head = { manager, operation, apiVersion, time, fieldsType: 'FieldsV1' as const, fieldsV1: toFieldsV1(set) };
  return subresource ? { ...head, subresource } : head;
}

/**
 * managedFields after an update: the writer gains what changed, everyone else loses it, and what is gone from the
 * object is gone from everyone.
 */
export function afterUpdate(before: KubeObject | undefined, after: KubeObject, by: Manager): ManagedFieldsEntry[] {
  const was = fieldsOf(before);
  const is = fieldsOf(after);
  const changed = new Set([...is.keys()].filter((path) => was.get(path) !== is.get(path)));
  const entries = before?.metadata.managedFields ?? [];
  const kept = entries.map((entry) => (isEntryOf(entry, by) ? entry : losing(entry, changed, is)));
  if (changed.size === 0) return present(kept);
  const own = kept.find((entry) => isEntryOf(entry, by));
  const gained = new Set([...(own ? fromFieldsV1(own.fieldsV1) : []), ...changed].filter((path) => is.has(path)));
  return present([...kept.filter((entry) => entry !== own), entryFor(by, after.apiVersion, gained)]);
}

function losing(entry: ManagedFieldsEntry, lost: FieldSet, existing: Map<string, string>): ManagedFieldsEntry {
  if (entry.subresource) return entry;
  const set = [...fromFieldsV1(entry.fieldsV1)];
  const kept = set.filter((path) => existing.has(path) && !lost.has(path));
  return kept.length === set.length ? entry : { ...entry, fieldsV1: toFieldsV1(kept) };
}

/** Entries that own nothing any more disappear. */
export const present = (entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] =>
  entries.filter((entry) => Object.keys(entry.fieldsV1).length > 0);
