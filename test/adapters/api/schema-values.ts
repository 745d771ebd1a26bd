import * as fc from 'fast-check';
import { z } from 'zod';
import type { OpenApi, Schema } from '../../../adapters/api/openapi.ts';

/** Values from the document alone, as a stranger would make them: right ones, nearly right ones, and hostile ones. */

/** Words that mean something in the rig, by the name of the field: so that requests get past the first door. */
const meant: Record<string, string[]> = {
  service: ['payments', 'pay', 'search', 'nothing'],
  environment: ['staging', 'stage', 'prod'],
  version: ['2.4.1', 'v1', 'sha-1', 'latest'],
  to: ['2.4.0', '17'],
  reason: ['because we can', 'urgent: the till is down'],
  at: ['tomorrow 09:00 Europe/Berlin', 'in 2h', 'soon'],
  text: [
    'deploy payments 1 to staging',
    'deploy payments 2 to prod because now',
    'status',
    'history payments',
    'plan payments 3 to staging',
    'diff payments staging',
    'freeze staging because inventory',
    'unfreeze staging',
    'lock search prod because audit',
    'unlock search prod because done',
    'roll back payments in staging',
    'pause payments in staging',
    'doctor',
    'help deploy',
    'deploy paymnets 1 to staging',
  ],
};

const hostile = fc.constantFrom<unknown>(
  '__proto__',
  'constructor',
  'toString',
  '../../etc/passwd',
  "'; DROP TABLE releases; --",
  '{{7*7}}<%= 7*7 %>',
  '\u0000',
  '\ud800',
  '\u202e\u2066evil',
  'İıſK',
  '😀'.repeat(300),
  'a'.repeat(5_000),
  '-1',
  '1e999',
  'NaN',
  -1,
  0,
  1e308,
  2 ** 53,
  null,
  true,
  [],
  [[[[[[]]]]]],
  {},
  { $ne: null },
  { __proto__: null, toString: 1 },
);

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 600 }));
const textOf = (name: string): fc.Arbitrary<string> =>
  meant[name]
    ? fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...meant[name]) }, { weight: 1, arbitrary: anyText })
    : anyText;

function fitting(schema: Schema, name: string): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  if (Array.isArray(schema.anyOf)) return fc.oneof(...schema.anyOf.map((one) => fitting(one as Schema, name)));
  if (schema.type === 'integer')
    return fc.integer({ min: Number(schema.minimum ?? 0), max: Number(schema.maximum ?? 99) });
  if (schema.type === 'array') return fc.array(fitting((schema.items ?? {}) as Schema, name), { maxLength: 4 });
  if (schema.type === 'object') return fittingObject(schema);
  return textOf(name);
}

function fittingObject({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties as Record<string, Schema>).map(
    ([name, one]) => [name, valueFor(one, name)] as const,
  );
  return fc.record(Object.fromEntries(fields), { requiredKeys: required as string[] });
}

/** Mostly what the schema asks for, sometimes anything. */
export const valueFor = (schema: Schema, name = ''): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 14, arbitrary: fitting(schema, name) }, { weight: 1, arbitrary: hostile });

const quoted = JSON.stringify;

/** The body as it is sent: JSON, or what somebody hopes will pass for it. */
export const bodyText = (schema: Schema): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 12, arbitrary: valueFor(schema).map((value) => quoted(value)) },
    { weight: 2, arbitrary: fittingObject(schema).map((value) => withTwice(quoted(value))) },
    {
      weight: 1,
      arbitrary: fittingObject(schema).map((value) => `{"__proto__":{"admin":true},${quoted(value).slice(1)}`),
    },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '{', 'null', '[]', `${'['.repeat(9_000)}`, `{"text":"${'x'.repeat(70_000)}"}`),
    },
  );

/** Every key twice, with different values. */
const withTwice = (json: string): string =>
  json === '{}' ? json : `${json.slice(0, -1)},${json.slice(1).replaceAll(/"[^"]*"(?=[,}])/g, '"twice"')}`;

/** Judges a value by a schema of the document. @returns what is wrong with it */
export function judgeBy(document: OpenApi, schema: Schema): (value: unknown) => string | undefined {
  const made = z.fromJSONSchema(inlined(document, schema) as Parameters<typeof z.fromJSONSchema>[0]);
  return (value) => {
    const read = made.safeParse(value);
    return read.success ? undefined : z.prettifyError(read.error);
  };
}

/** With what is referred to in the place of each reference; the document has no circles. */
function inlined(document: OpenApi, schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((one) => inlined(document, one));
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('$ref' in schema) return inlined(document, document.components.schemas[String(schema.$ref).split('/').at(-1)!]);
  return Object.fromEntries(Object.entries(schema).map(([name, one]) => [name, inlined(document, one)]));
}
