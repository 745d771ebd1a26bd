import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { equal, isRecord } from '../json.ts';
import type { MutationLog, Write } from '../mutations.ts';
import type { Fields, KubeObject, ObjectMeta } from '../object.ts';
import { groupVersionOf, type Resource } from '../resources.ts';
import type { Store } from '../store.ts';
import { alreadyExists, badRequest, conflict, notFound } from './api-error.ts';
import { applyConfiguration } from './apply.ts';
import { withDefaults } from './defaults.ts';
import { afterUpdate, type Manager } from './managed-fields.ts';
import { jsonPatch, mergePatch, strategicPatch } from './patches.ts';
import { validate, validateStrictly } from './validation.ts';

export interface Writer {
  store: Store;
  clock: Clock;
  chance: Chance;
  mutations: MutationLog;
  strictDryRun: boolean;
}

/** What a write request says besides its body. */
export interface WriteRequest {
  resource: Resource;
  namespace: string | undefined;
  name: string;
  subresource?: 'status';
  fieldManager: string;
  userAgent: string;
  dryRun: boolean;
  force: boolean;
  /** managedFields were already worked out, by an apply. */
  applied?: boolean;
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/** Errors: 409 AlreadyExists, 422, 400 for another namespace or kind. */
export function create(world: Writer, request: WriteRequest, body: Fields): KubeObject {
  const { resource, namespace } = request;
  const object = withDefaults(identified(world, request, body));
  const { name } = object.metadata;
  if (world.store.get(resource.plural, namespace, name)) throw alreadyExists(resource, name);
  return commit(world, { ...request, name }, 'create', undefined, object, undefined);
}

function identified(world: Writer, request: WriteRequest, body: Fields): KubeObject {
  const { resource, namespace } = request;
  const given = (isRecord(body.metadata) ? body.metadata : {}) as Partial<ObjectMeta>;
  if (given.namespace && namespace && given.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  const name = given.name || (given.generateName ? given.generateName + world.chance.suffix(given.generateName) : '');
  const metadata: ObjectMeta = {
    ...given,
    name,
    ...(resource.namespaced && { namespace }),
    uid: world.chance.uid(),
    resourceVersion: '',
    creationTimestamp: world.clock.stamp(),
    ...(resource.generation && { generation: 1 }),
    managedFields: [],
  };
  return { ...body, apiVersion: groupVersionOf(resource), kind: resource.kind, metadata };
}

/** PUT. With metadata.resourceVersion it is a compare-and-set. Errors: 404, 409 Conflict, 422, 400. */
export function update(world: Writer, request: WriteRequest, body: Fields): KubeObject {
  const before = existing(world, request);
  if (!isRecord(body.metadata) || (body.metadata.name ?? request.name) !== request.name)
    throw badRequest('the name of the object does not match the name on the URL');
  return replace(world, request, 'update', before, body as unknown as KubeObject, undefined);
}

/** PATCH. Errors: as update, and 409 with the managers' names when an apply meets somebody else's field. */
export function patch(world: Writer, request: WriteRequest, type: PatchType, body: unknown): KubeObject {
  const { store } = world;
  const found = store.get(request.resource.plural, request.namespace, request.name);
  if (type === 'apply') return apply(world, request, found, body as Fields);
  const before = existing(world, request);
  const how = { json: jsonPatch, merge: mergePatch, strategic: strategicPatch }[type];
  return replace(world, request, 'patch', before, how(before, body) as KubeObject, body);
}

function apply(world: Writer, request: WriteRequest, before: KubeObject | undefined, body: Fields): KubeObject {
  const by = managerOf(world, request, 'Apply');
  const live = before ?? identified(world, request, body);
  const result = applyConfiguration(live, body, by, request.force || !before);
  if (before) return replace(world, { ...request, applied: true }, 'patch', before, result, body);
  return commit(world, { ...request, applied: true }, 'create', undefined, withDefaults(result), body);
}

const existing = (world: Writer, { resource, namespace, name }: WriteRequest): KubeObject => {
  const found = world.store.get(resource.plural, namespace, name);
  if (!found) throw notFound(resource, name);
  return found;
};

const managerOf = (world: Writer, request: WriteRequest, operation: Manager['operation']): Manager => ({
  manager: request.fieldManager,
  operation,
  time: world.clock.stamp(),
  ...(request.subresource && { subresource: request.subresource }),
});

function replace(
  world: Writer,
  request: WriteRequest,
  verb: Write['verb'],
  before: KubeObject,
  wanted: KubeObject,
  body: unknown,
): KubeObject {
  const { resource, name } = request;
  const { resourceVersion, uid } = wanted.metadata;
  if (resourceVersion && resourceVersion !== before.metadata.resourceVersion) throw conflict(resource, name);
  if (uid && uid !== before.metadata.uid)
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`,
    );
  return commit(world, request, verb, before, withDefaults(merged(request, before, wanted)), body);
}

/** The client's object with what only the server decides; a status write changes only the status, and the other way. */
function merged({ subresource, resource }: WriteRequest, before: KubeObject, wanted: KubeObject): KubeObject {
  if (subresource === 'status') return { ...before, status: wanted.status };
  const { namespace, name, uid, resourceVersion, creationTimestamp, deletionTimestamp, generation } = before.metadata;
  const kept = { namespace, name, uid, resourceVersion, creationTimestamp, deletionTimestamp, generation };
  const metadata = { ...wanted.metadata, ...kept, managedFields: wanted.metadata.managedFields };
  const status = resource.subresources.includes('status') ? before.status : wanted.status;
  const result: KubeObject = { ...wanted, apiVersion: before.apiVersion, kind: before.kind, metadata };
  return status === undefined ? result : { ...result, status };
}

function commit(
  world: Writer,
  request: WriteRequest,
  verb: Write['verb'],
  before: KubeObject | undefined,
  wanted: KubeObject,
  body: unknown,
): KubeObject {
  const { resource, fieldManager, userAgent } = request;
  validate(resource, wanted, before);
  if (request.dryRun && world.strictDryRun) validateStrictly(resource, wanted, body, before);
  const after = stamped(world, request, before, wanted);
  if (before && isSame(before, after)) return before;
  if (request.dryRun) return after;
  const stored = world.store.put(resource.plural, after);
  world.mutations.record({ verb, before, after: stored, fieldManager, userAgent });
  return stored;
}

function stamped(world: Writer, request: WriteRequest, before: KubeObject | undefined, wanted: KubeObject): KubeObject {
  const counts = request.resource.generation && before && !equal(before.spec, wanted.spec);
  const generation = counts ? (before.metadata.generation ?? 0) + 1 : wanted.metadata.generation;
  const managedFields = request.applied
    ? wanted.metadata.managedFields
    : afterUpdate(before, wanted, managerOf(world, request, 'Update'));
  return { ...wanted, metadata: { ...wanted.metadata, generation, managedFields } };
}

/** A write that changes nothing is not a write: the same resourceVersion comes back. */
const isSame = (a: KubeObject, b: KubeObject): boolean => equal(withoutTimes(a), withoutTimes(b));

const withoutTimes = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    managedFields: object.metadata.managedFields?.map((entry) => ({ ...entry, time: '' })),
  },
});
