import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from '../../src/release/grammar.ts';
import { canonical } from '../../src/release/grammar-canonical.ts';
import { clauseWords } from '../../src/release/grammar-table.ts';
import { cleanReason } from '../../src/release/grammar-text.ts';
import { anyCommand } from './grammar-commands.ts';
import { words } from './grammar-words.ts';

const fullNames = new Map(
  [...words.services, ...words.environments].flatMap(({ name, aliases }) =>
    [name, ...aliases].map((word) => [word.toLowerCase(), name.toLowerCase()]),
  ),
);

const linkText = (_: string, mail?: string, page?: string, label?: string) =>
  label && !(mail ?? page ?? '').endsWith(label) ? label : (mail ?? page ?? '');

/**
 * What a line says, word for word, counted independently of the grammar: full names, one case, one spelling of the verbs, and
 * without the only two words that may be left out.
 */
const account = (line: string): string[] => {
  const plain = line
    .replace(/<(?:mailto:([^<>|\s]+)|(https?:\/\/[^<>|\s]+))(?:\|([^<>|]*))?>/g, linkText)
    .replace(/ ?\([^()<>|\s]+\)|[<>]/g, '')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}"'`\u2018-\u201f]/gu, '')
    .toLowerCase()
    .replace(/^\s*rollback\b/, 'roll back')
    .replace(/^\s*help\s+rollback\b/, 'help roll back')
    .replace(/^\s*(help\s+)?takeover\b/, '$1take over')
    .replace(/^\s*plan\s+deploy\s/, 'plan ')
    .replace(/,\s+/g, ',');
  const tokens = plain.split(/\s+/u).filter((word) => word && word !== 'in');
  return tokens.map((word) => fullNames.get(word) ?? word).sort();
};

const soupWords = [
  ...'deploy roll back rollback promote pause resume abort hold take over takeover approve reject status history diff'.split(
    ' ',
  ),
  ...'plan why freeze unfreeze lock unlock release from quarantine doctor help in to with at until overriding because'.split(
    ' ',
  ),
  ...'canary rolling freeze,lock freeze, all payments pay prod prd staging Prod 2.4.1 v2 17 payments-7f3 9:00 now not and'.split(
    ' ',
  ),
  ...'no never maybe ? ! . , ; "prod" `2.4.1` <https://x.io|2.4.1> __proto__ constructor toString please tomorrow'.split(
    ' ',
  ),
];
const soup = fc.array(fc.constantFrom(...soupWords), { maxLength: 12 }).map((parts) => parts.join(' '));
const shuffledCommand = fc
  .tuple(anyCommand, fc.nat(30), fc.nat(30), fc.constantFrom(...soupWords))
  .map(([command, from, to, word]) => {
    const tokens = canonical(command).split(' ');
    const [moved] = tokens.splice(from % tokens.length, 1, word);
    tokens.splice(to % (tokens.length + 1), 0, moved ?? '');
    return tokens.join(' ');
  });
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  soup,
  shuffledCommand,
);

describe('every command', () => {
  test('reads back as itself from its canonical line', () => {
    fc.assert(
      fc.property(anyCommand, (command) => {
        const line = canonical(command);
        expect(parse(line, words)).toStrictEqual({ ok: true, command, canonical: line });
      }),
      { numRuns: 3000 },
    );
  });

  test('survives capitals, aliases, wide spaces and invisible characters', () => {
    const dressed = (line: string) => line.replace(/\bprod\b/g, 'PrD').replace(/ /g, '\u00a0\u200b ');
    fc.assert(
      fc.property(
        anyCommand.filter((command) => !('reason' in command) && !JSON.stringify(command).includes('prod"')),
        (command) => {
          const answer = parse(dressed(canonical(command)), words);
          expect(answer).toMatchObject({ ok: true, command });
        },
      ),
    );
  });

  const junk = [
    'not',
    'no',
    'never',
    'maybe',
    'and',
    'please',
    'tomorrow',
    '?',
    '!',
    '"',
    ';',
    '&&',
    '$(x)',
    "don't",
    '<@U1>',
  ];
  const closed = anyCommand.filter((command) => {
    const line = canonical(command);
    return line !== '' && !/ (because|at|until) /.test(` ${line} `);
  });
  test('is refused as soon as one foreign word stands anywhere in it, and the refusal names a word of the line', () => {
    fc.assert(
      fc.property(closed, fc.constantFrom(...junk), fc.nat(40), (command, word, place) => {
        const tokens = canonical(command).split(' ');
        tokens.splice(place % (tokens.length + 1), 0, word);
        const answer = parse(tokens.join(' '), words);
        if (answer.ok) expect.fail(`accepted ${tokens.join(' ')} as ${answer.canonical}`);
        expect(tokens.some((token) => answer.say.includes(`"${token.slice(0, 60)}`))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('any text', () => {
  test('never throws, and is accepted only when every word of it is in the command and every word of the command in it', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anything, (text) => {
        const answer = parse(text, words);
        if (!answer.ok) return;
        accepted += 1;
        expect(account(answer.canonical)).toStrictEqual(account(text));
      }),
      { numRuns: 6000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  test('gets at most three suggestions, each a command in its canonical form that leaves out no foreign word', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const answer = parse(text, words);
        if (answer.ok) return;
        expect(answer.didYouMean.length).toBeLessThanOrEqual(3);
        for (const line of answer.didYouMean) {
          expect(parse(line, words)).toMatchObject({ ok: true, canonical: line });
          expect(account(line).length).toBeGreaterThanOrEqual(
            account(text).filter((word) => word !== 'deploy').length - 1,
          );
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('is cleaned as a reason in one go', () => {
    fc.assert(
      fc.property(fc.oneof(anything, soup), (text) => {
        const once = cleanReason(text);
        expect(cleanReason(once)).toBe(once);
        expect(once).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
      { numRuns: 3000 },
    );
  });
});

/** The quickest of some runs: the machine may be busy, the grammar may not. */
const quickest = (work: () => unknown): number => {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 10 && best >= 5; run += 1) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
};

describe('time', () => {
  const many = {
    services: Array.from({ length: 400 }, (_, n) => ({ name: `service-${n}`, aliases: [`svc${n}`, `s-${n}-api`] })),
    environments: Array.from({ length: 12 }, (_, n) => ({ name: `env-${n}`, aliases: [`e${n}`] })),
  };

  test('any text is judged within 5 ms', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(quickest(() => parse(text, words))).toBeLessThan(5);
      }),
    );
  });

  test.each([
    ['64 KB of one word', 'deploy '.repeat(9400)],
    ['64 KB without a space', 'x'.repeat(65536)],
    ['64 KB of line breaks', '\n'.repeat(65536)],
    ['links within links', `rollback payments prod because ${'<https://'.repeat(395)}a${'>'.repeat(395)}`],
    ['labels within labels', `rollback payments prod because ${'<mailto:b|'.repeat(355)}b${'>'.repeat(355)}`],
    ['quotes within quotes', `rollback payments prod because ${'"\'`'.repeat(300)}x${'`\'"'.repeat(300)}`],
    ['backticks', '`'.repeat(4000)],
    ['one-letter words', 'a '.repeat(2000)],
    ['a clause word again and again', `deploy payments 1 to prod ${'at x '.repeat(700)}`],
    ['commas', `deploy payments 1 to prod overriding ${', '.repeat(1900)}`],
    ['a long word near no other', `rollback ${'p'.repeat(3900)}`],
  ])('%s is judged within 5 ms', (_, text) => {
    expect(quickest(() => parse(text, words))).toBeLessThan(5);
  });

  test('64 KB are refused by their length', () => {
    expect(parse('deploy '.repeat(9400), words)).toMatchObject({
      ok: false,
      say: expect.stringContaining('65800 characters'),
    });
  });

  test.each(['deply servce-7 1 to env-3', 'deploy service-399 1 to env-11', 'rollback serice-3 evn-3', 'status svc-1'])(
    '%s is judged within 5 ms against 400 services',
    (text) => {
      expect(quickest(() => parse(text, many))).toBeLessThan(5);
    },
  );
});

test('the words that start a clause are the ones this file knows', () => {
  expect([...clauseWords].sort()).toStrictEqual(['at', 'because', 'overriding', 'to', 'until', 'with']);
});
