import { writeFileSync } from 'node:fs';
import { jsonSchema } from '../../src/config/json-schema.ts';

// Run by hand after a change of the catalog's schema; the test beside it fails until then.
writeFileSync(new URL('../../release.schema.json', import.meta.url), `${JSON.stringify(jsonSchema(), null, 2)}\n`);
