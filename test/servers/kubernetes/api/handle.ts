import { isRecord } from '../json.ts';
import type { Images } from '../kubelet/images.ts';
import { readLog } from '../kubelet/logs.ts';
import type { Fields, KubeObject, Pod } from '../object.ts';
import { groupVersionOf } from '../resources.ts';
import { ApiError, badRequest, gone, notFound, type Status } from './api-error.ts';
import { remove } from './deletion.ts';
import type { ApiRequest } from './request.ts';
import { scaleOf, scalePatch } from './scale.ts';
import { fieldSelector, labelSelector, type Matches } from './selectors.ts';
import { create, type PatchType, patch, update, type WriteRequest, type Writer } from './writes.ts';

export interface Answer {
  code: number;
  body: Fields | KubeObject | Status | string;
}

/** Does what a request asks, all at once: nothing else happens between its reads and its writes. Errors: ApiError. */
export function handle(world: Writer & { images: Images }, request: ApiRequest): Answer {
  if (request.subresource === 'log') return log(world, request);
  if (request.subresource === 'scale') return scale(world, request);
  const write = writeRequest(request);
  const body = (request.body ?? {}) as Fields;
  if (request.verb === 'list') return { code: 200, body: list(world, request) };
  if (request.verb === 'create') return { code: 201, body: create(world, write, body) };
  if (request.verb === 'update') return { code: 200, body: update(world, write, body) };
  if (request.verb === 'patch') return { code: 200, body: patch(world, write, patchType(request), request.body) };
  if (request.verb === 'delete') return { code: 200, body: remove(world, write, body) };
  return { code: 200, body: get(world, request) };
}

function get({ store }: Writer, { resource, namespace, name }: ApiRequest): KubeObject {
  const found = store.get(resource.plural, namespace, name);
  if (!found) throw notFound(resource, name);
  return found;
}

export function matcher({ resource, query }: ApiRequest): Matches {
  const byLabel = labelSelector(query.get('labelSelector') ?? undefined);
  const byField = fieldSelector(resource, query.get('fieldSelector') ?? undefined);
  return (object) => byLabel(object) && byField(object);
}

/** A whole list, or a page of it. Items carry no kind and apiVersion, as in real lists. */
function list({ store }: Writer, request: ApiRequest): Fields {
  const { resource, namespace, query } = request;
  tooNew(store.version, Number(query.get('resourceVersion') ?? 0));
  const { after, version } = page(query.get('continue'), store.version);
  if (after && !store.since(version)) throw gone(version, store.version);
  const key = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`;
  const all = store.list(resource.plural, namespace).filter(matcher(request));
  const rest = all.sort((a, b) => (key(a) < key(b) ? -1 : 1)).filter((object) => key(object) > after);
  const limit = Number(query.get('limit') ?? 0) || rest.length;
  const items = rest.slice(0, limit).map(({ kind: _kind, apiVersion: _version, ...item }) => item);
  const next = rest.length > limit && {
    continue: token(key(rest[limit - 1]!), version),
    remainingItemCount: rest.length - limit,
  };
  const metadata = { resourceVersion: String(version), ...next };
  return { kind: `${resource.kind}List`, apiVersion: groupVersionOf(resource), metadata, items };
}

const token = (after: string, version: number): string =>
  Buffer.from(JSON.stringify({ after, version })).toString('base64url');

function page(given: string | null, version: number): { after: string; version: number } {
  if (!given) return { after: '', version };
  try {
    return JSON.parse(Buffer.from(given, 'base64url').toString()) as { after: string; version: number };
  } catch {
    throw badRequest('continue key is not valid: a token from an earlier page is needed');
  }
}

function tooNew(version: number, asked: number): void {
  if (asked <= version) return;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Timeout: Too large resource version: ${asked}, current: ${version}`;
  throw new ApiError(504, 'Timeout', message, { causes, retryAfterSeconds: 1 });
}

const patchTypes: { [contentType: string]: PatchType } = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
  'application/apply-patch+json': 'apply',
};

function patchType({ contentType, query }: ApiRequest): PatchType {
  const type = patchTypes[contentType];
  const known = Object.keys(patchTypes).join(', ');
  if (!type)
    throw new ApiError(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${known}`,
    );
  if (type === 'apply' && !query.get('fieldManager'))
    throw new ApiError(
      422,
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  return type;
}

function writeRequest({ resource, namespace, name, subresource, query, userAgent, body }: ApiRequest): WriteRequest {
  const options = isRecord(body) && body.kind === 'DeleteOptions' ? body : {};
  const dryRun = query.getAll('dryRun').concat(Array.isArray(options.dryRun) ? options.dryRun : []);
  if (dryRun.some((value) => value !== 'All'))
    throw badRequest(`dryRun: Unsupported value: "${dryRun}": supported values: "All"`);
  return {
    resource,
    namespace,
    name,
    ...(subresource === 'status' && { subresource }),
    fieldManager: query.get('fieldManager') ?? userAgent.split('/')[0] ?? 'unknown',
    userAgent,
    dryRun: dryRun.length > 0,
    force: query.get('force') === 'true',
  };
}

function scale(world: Writer, request: ApiRequest): Answer {
  if (request.verb === 'get') return { code: 200, body: scaleOf(get(world, request)) };
  const type = request.verb === 'patch' ? patchType(request) : 'merge';
  const wanted = type === 'json' ? request.body : scalePatch(request.body);
  const { subresource: _none, ...write } = writeRequest(request);
  return { code: 200, body: scaleOf(patch(world, write, type === 'json' ? 'json' : 'merge', wanted)) };
}

function log({ store, images }: Writer & { images: Images }, { resource, namespace, name, query }: ApiRequest): Answer {
  const pod = store.get<Pod>('pods', namespace, name);
  if (!pod) throw notFound(resource, name);
  const number = (key: string) => (query.has(key) ? Number(query.get(key)) : undefined);
  const wanted = {
    previous: query.get('previous') === 'true',
    tailLines: number('tailLines'),
    limitBytes: number('limitBytes'),
  };
  return { code: 200, body: readLog(pod, images, { ...wanted, container: query.get('container') ?? undefined }) };
}
