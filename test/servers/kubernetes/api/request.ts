import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import type { Verb } from '../faults.ts';
import { groupVersionOf, type Resource, resourceAt, resources } from '../resources.ts';
import { ApiError, badRequest } from './api-error.ts';

/** A request as Kubernetes understands it. */
export interface ApiRequest {
  verb: Verb;
  resource: Resource;
  namespace: string | undefined;
  /** Empty for list, watch and create. */
  name: string;
  subresource: string;
  query: URLSearchParams;
  contentType: string;
  userAgent: string;
  body: unknown;
}

const route =
  /^\/(?:api|apis)\/(?<gv>v1|[^/]+\/v[^/]+)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/[^/]))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<sub>[^/]+))?$/;

const verbs: { [method: string]: Verb } = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** Undefined when the path names no resource that is served. Errors: 405, 400 for a body that cannot be read. */
export function readRequest(
  message: IncomingMessage,
  url: URL,
  text: string,
  absent: readonly string[],
): ApiRequest | undefined {
  const found = match(url.pathname);
  if (!found || absent.includes(groupVersionOf(found.resource))) return undefined;
  const { resource, namespace, name = '', sub = '' } = found;
  if (sub && !resource.subresources.includes(sub)) return undefined;
  const headers = message.headers;
  const contentType = (headers['content-type'] ?? 'application/json').split(';')[0]!;
  return {
    verb: verbOf(message.method ?? 'GET', name, url.searchParams),
    resource,
    namespace,
    name: decodeURIComponent(name),
    subresource: sub,
    query: url.searchParams,
    contentType,
    userAgent: headers['user-agent'] ?? '',
    body: bodyOf(text, contentType),
  };
}

interface Match {
  resource: Resource;
  namespace: string | undefined;
  name?: string;
  sub?: string;
}

function match(path: string): Match | undefined {
  const itself = /^\/api\/v1\/namespaces(?:\/(?<name>[^/]+))?$/.exec(path);
  if (itself) return { resource: namespaces, namespace: undefined, name: itself.groups?.name };
  const { gv, namespace, plural, name, sub } = route.exec(path)?.groups ?? {};
  const resource = gv && plural ? resourceAt(gv, plural) : undefined;
  if (!resource || (namespace !== undefined && !resource.namespaced)) return undefined;
  return { resource, namespace, name, sub };
}

const namespaces = resources.find(({ kind }) => kind === 'Namespace')!;

function verbOf(method: string, name: string, query: URLSearchParams): Verb {
  if (method === 'GET') return name ? 'get' : ['true', '1'].includes(query.get('watch') ?? '') ? 'watch' : 'list';
  const verb = verbs[method];
  if (!verb || (verb !== 'create' && !name))
    throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
  return verb;
}

function bodyOf(text: string, contentType: string): unknown {
  if (!text) return undefined;
  try {
    return contentType.endsWith('yaml') ? parse(text) : JSON.parse(text);
  } catch (error) {
    throw badRequest(`the object provided is unrecognized: ${(error as Error).message}`);
  }
}
