import { z } from 'zod';
import { problemSchema } from './problem.ts';
import type { ReplySpec, Route } from './route.ts';

/** The OpenAPI document, made of the same table as the routes: they cannot differ. */

export interface Schema {
  [key: string]: unknown;
}
export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Schema;
  description?: string;
}
type Content = Record<string, { schema: Schema }>;
export interface Operation {
  operationId: string;
  summary: string;
  security: Schema[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content }>;
  'x-permission': string;
}
export interface OpenApi {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Schema };
}

type Components = Record<string, Schema>;

/** Schemas that carry an id are written once, and referred to. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Components): Schema {
  const { $schema, $defs, ...made } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Schema;
  const text = JSON.stringify({ made, $defs: $defs ?? {} }).replaceAll('"#/$defs/', '"#/components/schemas/');
  const moved = JSON.parse(text) as { made: Schema; $defs: Components };
  Object.assign(components, moved.$defs);
  return moved.made;
}

function parametersOf(route: Route, components: Components): Parameter[] {
  const from = (where: 'path' | 'query', schema: z.ZodType | undefined): Parameter[] => {
    if (!schema) return [];
    const { properties = {}, required = [] } = schemaOf(schema, 'input', components) as {
      properties?: Record<string, Schema>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, one]) => ({
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      schema: one,
    }));
  };
  return [...from('path', route.params), ...from('query', route.query), ...(route.body ? [keyParameter] : [])];
}

const keyParameter: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same request under the same key is done once; kept for at least 7 days.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
};

function responseOf(spec: ReplySpec, components: Components): { description: string; content?: Content } {
  if (spec.type !== undefined)
    return { description: spec.say, content: { [spec.type]: { schema: { type: 'string' } } } };
  if (!spec.body) return { description: spec.say };
  return {
    description: spec.say,
    content: { 'application/json': { schema: schemaOf(spec.body, 'output', components) } },
  };
}

function operationOf(route: Route, components: Components): Operation {
  const said = Object.entries(route.answers).map(([status, spec]) => [status, responseOf(spec, components)]);
  const problems = {
    description: 'A refusal or an error',
    content: { 'application/json': { schema: schemaOf(problemSchema, 'output', components) } },
  };
  return {
    operationId: route.id,
    summary: route.summary,
    'x-permission': route.needs,
    security: route.needs === 'nothing' ? [] : [{ token: [] }],
    parameters: parametersOf(route, components),
    requestBody: route.body && {
      required: !route.body.safeParse({}).success,
      content: { 'application/json': { schema: schemaOf(route.body, 'input', components) } },
    },
    responses: { ...Object.fromEntries(said), default: problems },
  };
}

/** OpenAPI 3.1 of a table of routes. */
export function openApiOf(routes: readonly Route[]): OpenApi {
  const schemas: Components = {};
  const paths: OpenApi['paths'] = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Release Engineer',
      version: '1',
      description: 'Ask for releases, follow them, steer them. Tokens never approve: that is done by people, in chat.',
    },
    paths,
    components: {
      schemas,
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 're_<id>_<secret>' } },
    },
  };
}
