import type { KubeObject, Labels } from '../object.ts';
import type { Resource } from '../resources.ts';
import { badRequest } from './api-error.ts';

export type Matches = (object: KubeObject) => boolean;

type LabelTest = (labels: Labels) => boolean;

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k` → a test. Errors: 400 naming the part that cannot be read. */
export function labelSelector(text: string | undefined): Matches {
  const tests = (text ? splitOutsideParentheses(text) : []).map(labelTest);
  return (object) => tests.every((test) => test(object.metadata.labels ?? {}));
}

const splitOutsideParentheses = (text: string): string[] => text.split(/,(?![^(]*\))/).map((part) => part.trim());

function labelTest(part: string): LabelTest {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part);
  if (set)
    return setTest(
      set[1]!,
      set[2] === 'in',
      set[3]!.split(',').map((value) => value.trim()),
    );
  const pair = /^([^=!\s]+)\s*(==|=|!=)\s*([A-Za-z0-9._-]*)$/.exec(part);
  if (pair) return (labels) => (labels[pair[1]!] === pair[3]) === (pair[2] !== '!=');
  const bare = /^(!?)([A-Za-z0-9./_-]+)$/.exec(part);
  if (bare) return (labels) => bare[2]! in labels === (bare[1] === '');
  throw badRequest(`unable to parse requirement: ${part}`);
}

const setTest = (key: string, wanted: boolean, values: string[]): LabelTest => {
  return (labels) => (key in labels && values.includes(labels[key]!)) === wanted;
};

/** `metadata.name=x,type!=Normal` → a test. Errors: 400 when the kind does not index that field, as the real one says. */
export function fieldSelector(resource: Resource, text: string | undefined): Matches {
  const tests = (text ? text.split(',') : []).map((part) => fieldTest(resource, part));
  return (object) => tests.every((test) => test(object));
}

function fieldTest(resource: Resource, part: string): Matches {
  const pair = /^([^=!]+)(==|=|!=)(.*)$/.exec(part);
  if (!pair) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
  const [, field, sign, value] = pair as unknown as [string, string, string, string];
  const known = ['metadata.name', ...(resource.namespaced ? ['metadata.namespace'] : []), ...resource.fields];
  if (!known.includes(field)) throw badRequest(`field label not supported: ${field}`);
  return (object) => (valueAt(object, field) === value) === (sign !== '!=');
}

function valueAt(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  if (value === undefined || value === null) return '';
  return String(value);
}
