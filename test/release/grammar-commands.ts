import fc from 'fast-check';
import { type Command, controlVerbs, gateNames, strategyNames } from '../../src/release/command.ts';
import { cleanReason } from '../../src/release/grammar-text.ts';
import { isReason, isVersion } from '../../src/release/grammar-values.ts';
import { idAlphabet, releaseId } from '../../src/release/id.ts';
import { words } from './grammar-words.ts';

const environmentWords = new Set(words.environments.flatMap(({ name, aliases }) => [name, ...aliases]));
const serviceNames = words.services.map(({ name }) => name);

/** Plain objects only: what the grammar makes is compared to the last detail. */
const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record<T>(fields, { noNullPrototype: true });

const service = fc.constantFrom(...serviceNames);
const environment = fc.constantFrom(...words.environments.map(({ name }) => name));
const target = record({ service, environment });
const version = fc
  .oneof(
    fc.stringMatching(/^v?[0-9]{1,3}(\.[0-9]{1,3}){0,2}(-rc[0-9])?$/),
    fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/),
    fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`),
  )
  .filter((text) => isVersion(text) && !environmentWords.has(text.toLowerCase()));
const release = fc
  .tuple(service, fc.array(fc.nat(idAlphabet.length - 1), { minLength: 3, maxLength: 6 }))
  .map(([name, random]) => releaseId(name, random))
  .filter((id) => !serviceNames.includes(id));
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom('at', 'with', 'because', 'to', '"', "'", '`', '<https://x|', '<mailto:', '>', 'down', '5%'),
      {
        maxLength: 12,
      },
    )
    .map((parts) => parts.join(' ')),
);
const reason = anyText.map(cleanReason).filter(isReason);
const clauseWords = new Set(['to', 'with', 'at', 'until', 'overriding', 'because']);
const time = fc
  .array(
    fc.stringMatching(/^[A-Za-z0-9:.,+/_-]{1,12}$/).filter((word) => !clauseWords.has(word.toLowerCase())),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((parts) => parts.join(' '));
const overriding = fc.oneof(
  fc.constant('all' as const),
  fc.uniqueArray(fc.constantFrom(...gateNames), { minLength: 1, maxLength: 4 }),
);

/** Fields that may be there or not; never there as `undefined`. */
const some = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T, never>(fields, { requiredKeys: [], noNullPrototype: true });

const deploy = fc
  .tuple(
    record({ target, version }),
    some({ strategy: fc.constantFrom(...strategyNames), at: time, overriding, reason }),
  )
  .map(([must, may]) => ({ verb: 'deploy' as const, ...must, ...may }));

const on = fc.oneof(
  release.map((id) => ({ release: id })),
  target.map((where) => ({ target: where })),
);

const build = <M extends object, O extends object>(must: fc.Arbitrary<M>, may: fc.Arbitrary<O>) =>
  fc.tuple(must, may).map(([a, b]) => ({ ...a, ...b }) as unknown as Command);

const constant = <T extends string>(...verbs: T[]) => fc.constantFrom(...verbs);
const nothing = fc.constant({});

/** Any command that can be typed. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  deploy,
  deploy.map((inner): Command => ({ verb: 'plan', deploy: inner })),
  build(record({ verb: constant('rollback'), target }), some({ to: version, reason })),
  build(record({ verb: constant(...controlVerbs), on }), some({ reason })),
  build(record({ verb: constant('approve', 'reject'), release }), some({ reason })),
  build(record({ verb: constant('status') }), some({ service, environment })),
  build(record({ verb: constant('history'), service }), some({ environment })),
  build(record({ verb: constant('diff'), target }), some({ version })),
  build(record({ verb: constant('why'), release }), nothing),
  build(record({ verb: constant('freeze'), environment, reason }), some({ until: time })),
  build(record({ verb: constant('unfreeze'), environment }), nothing),
  build(record({ verb: constant('lock', 'unlock', 'release-from-quarantine'), target, reason }), nothing),
  build(record({ verb: constant('doctor', 'form') }), nothing),
  build(record({ verb: constant('help') }), some({ about: constant('rollback', 'take-over', 'deploy', 'doctor') })),
);
