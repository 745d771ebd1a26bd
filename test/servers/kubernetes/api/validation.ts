import { equal, isRecord } from '../json.ts';
import type { Container, Fields, KubeObject, PodSpec, WorkloadSpec } from '../object.ts';
import type { Resource } from '../resources.ts';
import { type Cause, invalid } from './api-error.ts';

const workloads = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);
const dnsName = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** What the API server refuses with 422, as far as workloads go. Errors: one 422 that names every bad field. */
export function validate(resource: Resource, object: KubeObject, before?: KubeObject): void {
  const causes = [...nameCauses(object), ...(workloads.has(object.kind) ? workloadCauses(object, before) : [])];
  if (causes.length > 0) throw invalid(resource, object.metadata.name, causes);
}

const required = (field: string): Cause => ({ reason: 'FieldValueRequired', message: 'Required value', field });

const invalidValue = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
  field,
});

function nameCauses({ metadata }: KubeObject): Cause[] {
  if (!metadata.name)
    return [{ ...required('metadata.name'), message: 'Required value: name or generateName is required' }];
  if (dnsName.test(metadata.name) && metadata.name.length <= 253) return [];
  return [
    invalidValue(
      'metadata.name',
      metadata.name,
      'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters',
    ),
  ];
}

function workloadCauses(object: KubeObject, before: KubeObject | undefined): Cause[] {
  const spec = object.spec as Partial<WorkloadSpec> | undefined;
  if (!spec?.selector) return [required('spec.selector')];
  return [...replicaCauses(spec), ...selectorCauses(spec as WorkloadSpec, before), ...podCauses(spec.template?.spec)];
}

function replicaCauses({ replicas }: Partial<WorkloadSpec>): Cause[] {
  if (replicas === undefined || (Number.isInteger(replicas) && replicas >= 0)) return [];
  return [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')];
}

function selectorCauses(spec: WorkloadSpec, before: KubeObject | undefined): Cause[] {
  const old = (before?.spec as WorkloadSpec | undefined)?.selector;
  const moved = old !== undefined && !equal(old, spec.selector);
  const immutable = moved ? [invalidValue('spec.selector', spec.selector, 'field is immutable')] : [];
  const labels = spec.template?.metadata?.labels ?? {};
  const match = Object.entries(spec.selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  if (match) return immutable;
  const unmatched = invalidValue(
    'spec.template.metadata.labels',
    labels,
    '`selector` does not match template `labels`',
  );
  return [unmatched, ...immutable];
}

function podCauses(spec: PodSpec | undefined): Cause[] {
  if (!spec?.containers?.length) return [required('spec.template.spec.containers')];
  return [...listCauses('containers', spec.containers), ...listCauses('initContainers', spec.initContainers ?? [])];
}

function listCauses(list: string, containers: Container[]): Cause[] {
  return containers.flatMap(({ name, image }, at) => {
    const field = `spec.template.spec.${list}[${at}]`;
    const double = containers.findIndex((other) => other.name === name) < at;
    return [
      ...(name ? [] : [required(`${field}.name`)]),
      ...(double
        ? [
            {
              reason: 'FieldValueDuplicate',
              message: `Duplicate value: ${JSON.stringify(name)}`,
              field: `${field}.name`,
            },
          ]
        : []),
      ...(image ? [] : [required(`${field}.image`)]),
    ];
  });
}

/** host[:port]/path[:tag][@algorithm:digest], lower-case path, as the container runtime reads it. */
const imageReference =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[a-z0-9]+:[a-f0-9]{64})?$/;

export const isImageReference = (image: string): boolean => imageReference.test(image);

/**
 * Stricter than a bare API server, like the admission policy that careful clusters add: a dry run also refuses an
 * image reference that no runtime can read, and a patch that names a container the workload does not have.
 */
export function validateStrictly(resource: Resource, object: KubeObject, patch: unknown, before?: KubeObject): void {
  const causes = [...containersOf(object)].filter(([, { image }]) => !isImageReference(image)).map(badImage);
  const known = new Set([...containersOf(before)].map(([, { name }]) => name));
  const named = before ? [...containersOf(patch)].filter(([, { name }]) => !known.has(name)) : [];
  const all = [...causes, ...named.map(unknownContainer)];
  if (all.length > 0) throw invalid(resource, object.metadata.name, all);
}

const badImage = ([field, { image }]: [string, Container]): Cause =>
  invalidValue(`${field}.image`, image, `couldn't parse image reference "${image}": invalid reference format`);

const unknownContainer = ([field, { name }]: [string, Container]): Cause => ({
  reason: 'FieldValueNotFound',
  message: `Not found: ${JSON.stringify(name)}`,
  field: `${field}.name`,
});

function* containersOf(object: unknown): Generator<[field: string, container: Container]> {
  const spec = isRecord(object) && isRecord(object.spec) && isRecord(object.spec.template) && object.spec.template.spec;
  for (const list of ['containers', 'initContainers']) {
    const items = spec && (spec as Fields)[list];
    if (Array.isArray(items))
      for (const [at, item] of items.entries()) yield [`spec.template.spec.${list}[${at}]`, item as Container];
  }
}
