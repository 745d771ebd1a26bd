import { equal, isRecord } from '../json.ts';
import type { Fields } from '../object.ts';
import { ApiError, badRequest } from './api-error.ts';
import { mergeKey } from './keyed-lists.ts';

/** RFC 7386. Returns a new value; the target stays as it was. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return structuredClone(patch);
  const result: Fields = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** Where an item goes that a keyed list does not have yet: a strategic patch puts it first, an apply last. */
type Newcomers = 'first' | 'last';

/** Strategic merge: like RFC 7386, but lists with a merge key are merged item by item, with $patch and $retainKeys. */
export function strategicPatch(target: unknown, patch: unknown, field = '', newcomers: Newcomers = 'first'): unknown {
  if (Array.isArray(patch)) return mergeList(Array.isArray(target) ? target : [], patch, field, newcomers);
  if (!isRecord(patch)) return structuredClone(patch);
  if (patch.$patch === 'replace') return without(patch, '$patch');
  const result: Fields = retained(isRecord(target) ? target : {}, patch.$retainKeys);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    if (value === null) delete result[key];
    else if (isRecord(value) && value.$patch === 'delete') delete result[key];
    else result[key] = strategicPatch(result[key], value, key, newcomers);
  }
  return result;
}

const retained = (target: Fields, keep: unknown): Fields =>
  Array.isArray(keep)
    ? Object.fromEntries(Object.entries(target).filter(([key]) => keep.includes(key)))
    : { ...target };

const without = (value: Fields, key: string): Fields =>
  structuredClone(Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)));

function mergeList(target: unknown[], patch: unknown[], field: string, newcomers: Newcomers): unknown[] {
  const key = mergeKey(field, [...patch, ...target]);
  if (!key) return structuredClone(patch);
  if (patch.some((item) => isRecord(item) && item.$patch === 'replace' && Object.keys(item).length === 1))
    return structuredClone(patch.filter((item) => !(isRecord(item) && '$patch' in item)));
  const known = new Set(target.map((item) => (item as Fields)[key]));
  let result = [...target];
  for (const item of patch)
    if (known.has(merging(item, key)[key])) result = mergeItem(result, item as Fields, key, newcomers);
  const added = patch.filter((item) => !known.has((item as Fields)[key]) && (item as Fields).$patch !== 'delete');
  const fresh = added.map((item) => strategicPatch({}, item, field, newcomers));
  return newcomers === 'first' ? [...fresh, ...result] : [...result, ...fresh];
}

function merging(item: unknown, key: string): Fields {
  if (!isRecord(item) || item[key] === undefined)
    throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
  return item;
}

function mergeItem(list: unknown[], item: Fields, key: string, newcomers: Newcomers): unknown[] {
  const at = list.findIndex((other) => isRecord(other) && other[key] === item[key]);
  if (item.$patch === 'delete') return list.filter((_, index) => index !== at);
  return list.with(at, strategicPatch(list[at], item, '', newcomers));
}

interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

/** RFC 6902. Errors: 422 as the API server answers a failed `test` or a path that is not there; 400 for a bad op. */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('json: a JSON patch is a list of operations');
  const root = { '': structuredClone(target) };
  for (const operation of patch as Operation[]) operate(root, operation);
  return root[''];
}

/** The API server does not say which operation it was. */
const refused = (): ApiError =>
  new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

function operate(root: Fields, { op, path, from, value }: Operation): void {
  if (op === 'test') {
    if (!equal(read(root, path), value)) throw refused();
  } else if (op === 'add') insert(root, path, structuredClone(value));
  else if (op === 'replace') {
    take(root, path);
    insert(root, path, structuredClone(value));
  } else if (op === 'remove') take(root, path);
  else if (op === 'copy') insert(root, path, structuredClone(read(root, from ?? '')));
  else if (op === 'move') insert(root, path, take(root, from ?? ''));
  else throw badRequest(`unexpected kind: ${op}`);
}

const steps = (path: string): string[] =>
  path.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

function parent(root: Fields, path: string): [holder: Fields | unknown[], key: string] {
  const keys = ['', ...steps(path).slice(1)];
  let holder: unknown = root;
  for (const key of keys.slice(0, -1)) holder = Array.isArray(holder) ? holder[Number(key)] : (holder as Fields)?.[key];
  if (typeof holder !== 'object' || holder === null) throw refused();
  return [holder as Fields, keys.at(-1)!];
}

function read(root: Fields, path: string): unknown {
  const [holder, key] = parent(root, path);
  return Array.isArray(holder) ? holder[Number(key)] : holder[key];
}

function insert(root: Fields, path: string, value: unknown): void {
  const [holder, key] = parent(root, path);
  if (Array.isArray(holder)) holder.splice(key === '-' ? holder.length : Number(key), 0, value);
  else holder[key] = value;
}

function take(root: Fields, path: string): unknown {
  const [holder, key] = parent(root, path);
  const value = Array.isArray(holder) ? holder[Number(key)] : holder[key];
  if (value === undefined) throw refused();
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  return value;
}
