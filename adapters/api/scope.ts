import { type Catalog, findEnvironment, findService } from '../../src/config/catalog.ts';
import { type Permission, permissions } from '../../src/config/catalog-schema.ts';
import { type Refusal, refuse } from '../../src/errors.ts';
import type { Principal } from '../../src/ports.ts';
import type { Target } from '../../src/release/command.ts';
import { parseReleaseId } from '../../src/release/id.ts';
import { may } from '../../src/release/policy.ts';
import type { Release } from '../../src/release/release.ts';
import type { Call } from './route.ts';

/**
 * What a principal sees. What they do not see is answered like what does not exist, word for word, so that nobody can
 * find out by asking.
 */

const unknownTarget = (): Refusal =>
  refuse(
    'unknown-service',
    'There is no such service in such an environment for you.',
    'GET /api/v1/services lists yours.',
  );
const unknownRelease = (): Refusal =>
  refuse('unknown-release', 'There is no such release for you.', 'GET /api/v1/releases lists yours.');

/** The target that words mean, by name or alias; undefined when the service does not live there. */
function targetOf(catalog: Catalog, words: Target): Target | undefined {
  const service = findService(catalog, words.service);
  const environment = findEnvironment(catalog, words.environment)?.name;
  if (!service || environment === undefined || !Object.hasOwn(service.targets, environment)) return undefined;
  return { service: service.name, environment };
}

const holdsAny = (catalog: Catalog, who: Principal, target: Target): boolean =>
  permissions.some((permission) => may(catalog, who, permission, target));

const allowed = (call: Call, target: Target, permission: Permission | 'any'): boolean => {
  const catalog = call.gateway.catalog();
  return permission === 'any' ? holdsAny(catalog, call.who, target) : may(catalog, call.who, permission, target);
};

/** The target that is meant, if they have the permission there (`any`: whichever). */
export function seenTarget(call: Call, words: Target, permission: Permission | 'any'): Target | Refusal {
  const target = targetOf(call.gateway.catalog(), words);
  return target && allowed(call, target, permission) ? target : unknownTarget();
}

/** The release that is meant, if they have the permission on its target. @throws TransientError */
export async function seenRelease(
  call: Call,
  word: string,
  permission: Permission | 'any',
): Promise<Release | Refusal> {
  const id = parseReleaseId(word)?.id;
  const loaded = id === undefined ? undefined : await call.gateway.ledger.load(id);
  return loaded && allowed(call, loaded.release.target, permission) ? loaded.release : unknownRelease();
}

/** Every target that they may read. */
export function readableTargets({ gateway, who }: Call): Target[] {
  const catalog = gateway.catalog();
  return Object.values(catalog.services)
    .flatMap(({ name, targets }) => Object.keys(targets).map((environment) => ({ service: name, environment })))
    .filter((target) => may(catalog, who, 'read', target));
}
