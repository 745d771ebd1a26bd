import { isRecord } from '../json.ts';
import type { Fields } from '../object.ts';
import { ApiError } from './api-error.ts';

/** A right that is missing. A field left out, or `*`, means any. */
export interface Denial {
  verb?: string;
  group?: string;
  resource?: string;
  subresource?: string;
  namespace?: string;
}

export interface Access {
  verb: string;
  group: string;
  resource: string;
  subresource: string;
  namespace: string;
}

const covers = (wanted: string | undefined, given: string): boolean =>
  wanted === undefined || wanted === '*' || wanted === given;

/** A denial that names no subresource covers only the resource itself. */
export const isDenied = (denials: readonly Denial[], asked: Access): boolean =>
  denials.some(
    (denial) =>
      covers(denial.verb, asked.verb) &&
      covers(denial.group, asked.group) &&
      covers(denial.resource, asked.resource) &&
      covers(denial.subresource ?? '', asked.subresource) &&
      covers(denial.namespace, asked.namespace),
  );

export function forbidden(
  user: string,
  name: string,
  { verb, group, resource, subresource, namespace }: Access,
): ApiError {
  const what = subresource ? `${resource}/${subresource}` : resource;
  const subject = `${resource}${group && `.${group}`}${name && ` "${name}"`} is forbidden`;
  const where = namespace ? ` in the namespace "${namespace}"` : ' at the cluster scope';
  const message = `${subject}: User "${user}" cannot ${verb} resource "${what}" in API group "${group}"${where}`;
  return new ApiError(403, 'Forbidden', message, { name, ...(group && { group }), kind: resource });
}

/** Answers a SelfSubjectAccessReview from the same denials that requests meet. */
export function reviewAccess(body: Fields, denials: readonly Denial[]): Fields {
  const spec = isRecord(body.spec) ? body.spec : {};
  const asked = isRecord(spec.resourceAttributes) ? spec.resourceAttributes : {};
  const text = (key: string) => String(asked[key] ?? '');
  const [verb, group, resource] = [text('verb'), text('group'), text('resource')];
  const access = { verb, group, resource, subresource: text('subresource'), namespace: text('namespace') };
  const allowed = !isDenied(denials, access);
  const reason = allowed ? 'RBAC: allowed by the stand-in' : 'RBAC: denied by the stand-in';
  const head = { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1' };
  return { ...head, metadata: { creationTimestamp: null }, spec, status: { allowed, reason } };
}
