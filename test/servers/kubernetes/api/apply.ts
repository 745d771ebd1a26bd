import { isRecord } from '../json.ts';
import type { Fields, KubeObject, ManagedFieldsEntry } from '../object.ts';
import { ApiError, badRequest, type Cause } from './api-error.ts';
import { type FieldSet, type FieldValues, fieldsOf, fromFieldsV1, readable, stepsOf } from './field-sets.ts';
import { isItem } from './keyed-lists.ts';
import { entryFor, isEntryOf, type Manager, present } from './managed-fields.ts';
import { strategicPatch } from './patches.ts';

/**
 * Server-side apply: fields of the configuration become ours; a field that another manager owns with another value is
 * a conflict unless forced; a field we applied before and leave out now is removed when nobody else owns it.
 * Returns the merged object with its managedFields. Errors: 409 naming each manager and field; 400.
 */
export function applyConfiguration(live: KubeObject, configuration: Fields, by: Manager, force: boolean): KubeObject {
  if (isRecord(configuration.metadata) && configuration.metadata.managedFields)
    throw badRequest('metadata.managedFields must be nil');
  const wanted = fieldsOf(configuration);
  const entries = live.metadata.managedFields ?? [];
  const others = entries.filter((entry) => !isEntryOf(entry, by));
  const causes = conflictsOf(others, wanted, fieldsOf(live));
  if (causes.length > 0 && !force) throw conflicts(causes);
  const mine = entries.find((entry) => isEntryOf(entry, by));
  const dropped = droppedFields(mine, wanted, others);
  const merged = structuredClone(strategicPatch(live, withoutIdentity(configuration), '', 'last')) as KubeObject;
  for (const path of dropped) removeField(merged, stepsOf(path));
  const left = others.map((entry) => (causes.length > 0 ? yielding(entry, wanted, fieldsOf(live)) : entry));
  merged.metadata.managedFields = present([...left, entryFor(by, live.apiVersion, new Set(wanted.keys()))]);
  return merged;
}

function conflictsOf(
  others: ManagedFieldsEntry[],
  wanted: FieldValues,
  live: FieldValues,
): (Cause & { path: string })[] {
  return others.flatMap((entry) =>
    [...fromFieldsV1(entry.fieldsV1)]
      .filter((path) => wanted.has(path) && live.has(path) && wanted.get(path) !== live.get(path))
      .map((path) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with "${entry.manager}"${entry.subresource ? ` with subresource "${entry.subresource}"` : ''} using ${entry.apiVersion}`,
        field: readable(path),
        path,
      })),
  );
}

function conflicts(causes: Cause[]): ApiError {
  const many = causes.length === 1 ? '1 conflict' : `${causes.length} conflicts`;
  const said = causes.length === 1 ? `${causes[0]!.message}: ${causes[0]!.field}` : byManager(causes);
  const list = causes.map(({ reason, message, field }) => ({ reason, message, field }));
  return new ApiError(409, 'Conflict', `Apply failed with ${many}: ${said}`, { causes: list });
}

/** Several conflicts, listed under the manager they are with. */
function byManager(causes: Cause[]): string {
  const groups = Object.entries(Object.groupBy(causes, ({ message }) => message));
  const said = ([message, group]: (typeof groups)[number]) =>
    [`${message.replace('conflict', 'conflicts')}:`, ...group!.map(({ field }) => `- ${field}`)].join('\n');
  return groups.map(said).join('\n');
}

/** Fields we applied last time, left out now, and owned by nobody else. */
function droppedFields(
  mine: ManagedFieldsEntry | undefined,
  wanted: FieldValues,
  others: ManagedFieldsEntry[],
): string[] {
  if (!mine) return [];
  const theirs: FieldSet = new Set(others.flatMap((entry) => [...fromFieldsV1(entry.fieldsV1)]));
  return [...fromFieldsV1(mine.fieldsV1)].filter((path) => !wanted.has(path) && !theirs.has(path));
}

/** After a forced apply the others lose exactly the fields whose value we changed. */
function yielding(entry: ManagedFieldsEntry, wanted: FieldValues, live: FieldValues): ManagedFieldsEntry {
  const kept = [...fromFieldsV1(entry.fieldsV1)].filter(
    (path) => !wanted.has(path) || wanted.get(path) === live.get(path),
  );
  return entryFor(entry, entry.apiVersion, new Set(kept));
}

function withoutIdentity({ apiVersion: _version, kind: _kind, ...rest }: Fields): Fields {
  return rest;
}

/** Removes one field; a `.` means the whole item of a keyed list. */
function removeField(node: unknown, [step, ...rest]: string[]): void {
  if (step === undefined) return;
  if (Array.isArray(node) && step !== '.') {
    const key = JSON.parse(step.slice(2)) as Fields;
    const at = node.findIndex((item) => isItem(item, key));
    if (at < 0) return;
    if (rest[0] === '.') node.splice(at, 1);
    else removeField(node[at], rest);
  } else if (isRecord(node)) {
    if (rest.length === 0) delete node[step.slice(2)];
    else removeField(node[step.slice(2)], rest);
  }
}
