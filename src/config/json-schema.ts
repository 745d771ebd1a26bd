import { z } from 'zod';
import { catalogSchema } from './catalog-schema.ts';

/** The shape of `release.yaml` as JSON Schema 2020-12, for editors. References are only checked when the file is read. */
export function jsonSchema(): object {
  const nothing = { clusters: [], environments: [], services: [], teams: [], roles: [] };
  const schema = z.toJSONSchema(catalogSchema(nothing), { io: 'input', reused: 'ref' });
  return { title: 'Release Engineer catalog (release.yaml)', ...schema };
}
