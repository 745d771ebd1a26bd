import { canonical, isRecord } from '../json.ts';
import type { Fields } from '../object.ts';
import { itemKey, listKeys } from './keyed-lists.ts';

/** Which fields an object has: path → its value as text. A path is its FieldsV1 steps, joined. */
export type FieldValues = Map<string, string>;
export type FieldSet = Set<string>;

const joint = '\u0001';
/** Never owned by anyone: identity and what the server itself keeps. */
const unowned = new Set(
  ['name', 'namespace', 'uid', 'resourceVersion', 'generation', 'generateName', 'managedFields', 'selfLink']
    .concat('creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds')
    .map((name) => `f:metadata${joint}f:${name}`)
    .concat('f:apiVersion', 'f:kind', 'f:status'),
);
/** Maps that are owned as one: two managers never share a selector. */
const atomic = new Set(['selector', 'nodeSelector']);

/** What is owned as a whole besides its parts, because it need not be there at all. */
const optional = new Set(['labels', 'annotations', 'rollingUpdate', 'securityContext', 'resources']);

/** Every field of an object, as server-side apply counts them. Status is left out: its own subresource owns it. */
export function fieldsOf(object: unknown): FieldValues {
  const found: FieldValues = new Map();
  collect(object, [], '', found);
  return found;
}

function collect(value: unknown, path: string[], name: string, found: FieldValues): void {
  if (value === null || value === undefined || unowned.has(path.join(joint))) return;
  if (Array.isArray(value)) collectList(value, path, name, found);
  else if (isRecord(value) && Object.keys(value).length > 0 && !atomic.has(name)) {
    if (optional.has(name)) found.set([...path, '.'].join(joint), 'whole');
    for (const [key, child] of Object.entries(value)) collect(child, [...path, `f:${key}`], key, found);
  } else if (path.length > 0) found.set(path.join(joint), canonical(value));
}

function collectList(items: unknown[], path: string[], name: string, found: FieldValues): void {
  const by = listKeys(name, items);
  if (!by || !items.every(isRecord)) {
    found.set(path.join(joint), canonical(items));
    return;
  }
  if (name !== 'containers') found.set([...path, '.'].join(joint), 'whole');
  for (const item of items) {
    const itemPath = [...path, `k:${canonical(itemKey(item as Fields, by))}`];
    found.set([...itemPath, '.'].join(joint), 'item');
    collect(item, itemPath, '', found);
  }
}

/** A set of paths as the nested object that managedFields carries. */
export function toFieldsV1(set: Iterable<string>): Fields {
  const root: Fields = {};
  for (const path of [...set].sort()) {
    let node = root;
    for (const step of path.split(joint)) {
      node[step] ??= {};
      node = node[step] as Fields;
    }
  }
  return root;
}

export function fromFieldsV1(node: Fields, path: string[] = [], found: FieldSet = new Set()): FieldSet {
  const children = Object.entries(node);
  if (children.length === 0 && path.length > 0) found.add(path.join(joint));
  for (const [step, child] of children) fromFieldsV1(child as Fields, [...path, step], found);
  return found;
}

export const stepsOf = (path: string): string[] => path.split(joint);

/** `.spec.template.spec.containers[name="app"].image`, the way a conflict names a field. */
export const readable = (path: string): string =>
  stepsOf(path)
    .filter((step) => step !== '.')
    .map((step) => (step.startsWith('k:') ? `[${readableKey(step)}]` : `.${step.slice(2)}`))
    .join('');

const readableKey = (step: string): string =>
  Object.entries(JSON.parse(step.slice(2)) as Fields)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',');
