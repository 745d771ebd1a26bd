import { describe, expect, test } from 'vitest';
import { parse } from '../../src/release/grammar.ts';
import { helpFor, usageHint } from '../../src/release/grammar-help.ts';
import { rows, usage } from '../../src/release/grammar-table.ts';

const words = {
  services: [{ name: 'payments', aliases: [] }],
  environments: [{ name: 'prod', aliases: [] }],
};

describe('help', () => {
  test('the example of every command is that command, in its canonical form', () => {
    for (const row of rows)
      expect(parse(row.example, words)).toMatchObject({
        ok: true,
        canonical: row.example,
        command: { verb: row.verb },
      });
  });

  test('the overview names every verb, in the order of the table, one line per way of writing', () => {
    const lines = helpFor();
    for (const row of rows) expect(lines.some((line) => line.includes(row.says[0]!))).toBe(true);
    expect(lines).toContain(
      'promote | pause | resume | abort | hold | take over (<release> | <service> [in] <env>) [because <reason>]',
    );
    expect(lines).toContain('freeze <env> [until <time>] because <reason>');
    expect(lines.length).toBeLessThanOrEqual(16);
  });

  test.each(['rollback', 'roll back', 'Roll Back'])(
    'help for %j shows how to write it, how else, and an example',
    (about) => {
      expect(helpFor(about)).toStrictEqual([
        'roll back <service> [in] <env> [to <version|revision>] [because <reason>]',
        'Also: rollback',
        'Example: roll back payments in prod to 2.4.0',
      ]);
    },
  );

  test.each(['__proto__', 'constructor', 'nonsense', ''])('help for %j is the overview', (about) => {
    expect(helpFor(about)).toStrictEqual(helpFor());
  });

  test('what "help x" understands, help can show', () => {
    for (const row of rows) {
      const answer = parse(`help ${row.says[0]}`, words);
      expect(answer).toMatchObject({ ok: true, command: { verb: 'help', about: row.verb } });
      expect(helpFor(row.verb)[0]).toBe(usage(row));
    }
  });

  test('the hint for a slash command is one short line', () => {
    expect(usageHint).toMatch(/^deploy <service> <version> to <env> · roll back /);
    expect(usageHint.length).toBeLessThan(200);
  });
});
