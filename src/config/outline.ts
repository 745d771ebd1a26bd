import { z } from 'zod';

/**
 * The names in a file that may be wrong everywhere else. Reading them first, forgivingly, lets one strict pass check
 * every reference where it stands, so that all problems come at once.
 */
const words = z.array(z.string().catch('')).catch([]);
const named = z.looseObject({ aliases: words.optional() }).catch({});
const environment = z
  .looseObject({
    aliases: words.optional(),
    after: z.looseObject({ environment: z.string() }).optional().catch(undefined),
  })
  .catch({});
const section = <T extends z.ZodType>(entry: T) => z.record(z.string(), entry).catch({});

const outlined = z
  .looseObject({
    clusters: section(z.unknown()).default({}),
    environments: section(environment).default({}),
    services: section(named).default({}),
    teams: section(z.unknown()).default({}),
    roles: section(z.unknown()).default({}),
  })
  .catch({ clusters: {}, environments: {}, services: {}, teams: {}, roles: {} });

export type Outline = z.infer<typeof outlined>;

/** Never fails: what cannot be read is left out, and the strict pass says why. */
export const outlineOf = (raw: unknown): Outline => outlined.parse(raw);

/** The names that references may use. */
export interface Known {
  clusters: string[];
  environments: string[];
  services: string[];
  teams: string[];
  roles: string[];
}

export const knownNames = (outline: Outline): Known => ({
  clusters: Object.keys(outline.clusters),
  environments: Object.keys(outline.environments),
  services: Object.keys(outline.services),
  teams: Object.keys(outline.teams),
  roles: Object.keys(outline.roles),
});
