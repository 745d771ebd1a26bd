import { qualified, type Resource } from '../resources.ts';

export interface Cause {
  reason?: string;
  message: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  causes?: Cause[];
  retryAfterSeconds?: number;
}

/** An answer that is not the object: becomes a metav1.Status with this code. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails & { uid?: string };
  code?: number;
}

export function statusOf(error: ApiError): Status {
  const { code, reason, message, details } = error;
  const head = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' } as const;
  return { ...head, message, reason, ...(details && { details }), code };
}

const about = (resource: Resource, name: string): StatusDetails => ({
  name,
  ...(resource.group && { group: resource.group }),
  kind: resource.plural,
});

export const notFound = (resource: Resource, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, about(resource, name));

export const alreadyExists = (resource: Resource, name: string): ApiError =>
  new ApiError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, about(resource, name));

const changed = 'the object has been modified; please apply your changes to the latest version and try again';

/** The 409 of a lost compare-and-set on resourceVersion. */
export const conflict = (resource: Resource, name: string, why = changed): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    about(resource, name),
  );

/** The 422 of a body that the schema or the rules of its kind do not allow. */
export function invalid(resource: Resource, name: string, causes: Cause[]): ApiError {
  const subject = `${resource.kind}${resource.group && `.${resource.group}`} "${name}"`;
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const said = texts.length > 1 ? `[${texts.join(', ')}]` : texts.join();
  const details = { name, ...(resource.group && { group: resource.group }), kind: resource.kind, causes };
  return new ApiError(422, 'Invalid', `${subject} is invalid: ${said}`, details);
}

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);

export const gone = (version: number, oldest: number): ApiError =>
  new ApiError(410, 'Expired', `too old resource version: ${version} (${oldest})`);
