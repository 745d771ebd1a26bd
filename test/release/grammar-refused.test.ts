import { describe, expect, test } from 'vitest';
import { parse } from '../../src/release/grammar.ts';
import { words } from './grammar-words.ts';

/** A line, and the first word in it that was not understood; `null` when the line stops too early. */
const refused: [string, string | null][] = [
  // negation, politeness, questions, talk about a command
  ['no need to roll back payments in prod', 'no'],
  ['no need to roll back payments in prod anymore', 'no'],
  ["don't deploy payments 2.4.1 to prod", "don't"],
  ['don\u2019t deploy payments 2.4.1 to prod', "don't"],
  ['do not roll back payments in prod', 'do'],
  ['never deploy payments 2.4.1 to prod', 'never'],
  ['please deploy payments 2.4.1 to prod', 'please'],
  ['can you deploy payments 2.4.1 to prod', 'can'],
  ['should we roll back payments in prod?', 'should'],
  ['yesterday we had to roll back payments in prod', 'yesterday'],
  ['payments 2.4.1 to prod', 'payments'],
  ['if errors rise roll back payments in prod', 'if'],
  ['how do I roll back payments in prod', 'how'],
  ['deploy payments not to prod', 'not'],
  ['deploy not payments 2.4.1 to prod', 'not'],
  ['deploy payments 2.4.1 not to prod', 'not'],
  ['roll back payments in prod tomorrow maybe', 'tomorrow'],
  ['roll back payments in prod not', 'not'],
  ['roll back payments in prod to tomorrow', 'tomorrow'],
  ['roll back payments in prod?', 'prod?'],
  ['roll back payments in prod!', 'prod!'],
  ['roll back payments in prod.', 'prod.'],
  ['abort payments in prod if it fails', 'if'],
  ['abort payments-7f3 and payments-8f3', 'and'],
  ['approve payments-7f3 please', 'please'],
  // quoted and reported commands
  ['"deploy payments 2.4.1 to prod"', '"deploy'],
  ['\u201cdeploy payments 2.4.1 to prod\u201d', '"deploy'],
  ["'roll back payments in prod'", "'roll"],
  ['"rollback" payments prod', '"rollback"'],
  ['`deploy` payments 2.4.1 to prod', '`deploy`'],
  ['> deploy payments 2.4.1 to prod', '>'],
  ['&gt; deploy payments 2.4.1 to prod', '&gt;'],
  ['Anna: deploy payments 2.4.1 to prod', 'Anna:'],
  ['/release deploy payments 2.4.1 to prod', '/release'],
  ['<@U123> deploy payments 2.4.1 to prod', '<@U123>'],
  ['<https://x.example|deploy> payments 2.4.1 to prod', '<https://x.example|deploy>'],
  ['deploy payments 2.4.1 "to" prod', '"to"'],
  // more than one thing
  ['deploy payments 2.4.1 to prod and staging', 'and'],
  ['deploy payments 2.4.1 to prod staging', 'staging'],
  ['deploy payments 2.4.1 to prod, staging', 'prod,'],
  ['deploy payments checkout 2.4.1 to prod', '2.4.1'],
  ['deploy payments,checkout 2.4.1 to prod', 'payments,checkout'],
  ['deploy payments 2.4.1 to prod; abort payments-7f3', 'prod;'],
  ['deploy payments 2.4.1 to prod\nroll back payments in prod', 'roll'],
  ['status\u2028abort payments-7f3', 'abort'],
  ['deploy everything to prod', 'everything'],
  ['deploy * 2.4.1 to prod', '*'],
  ['roll back payments in prod and checkout', 'and'],
  // unknown or unsafe names
  ['deploy paymets 2.4.1 to prod', 'paymets'],
  ['deploy \u0440ayments 2.4.1 to prod', '\u0440ayments'],
  ['deploy payments 2.4.1 to moon', 'moon'],
  ['deploy payments 2.4.1 to prod with magic', 'magic'],
  ['deploy payments 2.4.1 to prod overriding nothing', 'nothing'],
  ['deploy payments 2.4.1 to prod overriding all,freeze', 'all,freeze'],
  ['deploy payments 2.4.1 to prod overriding freeze,freeze', 'freeze,freeze'],
  ['deploy payments 2.4.1 to prod overriding freeze lock', 'lock'],
  ['deploy payments 2.4.1 to prod overriding ,', ','],
  ['deploy hasOwnProperty 1 to prod', 'hasOwnProperty'],
  ['deploy payments 1 to __proto__', '__proto__'],
  ['deploy payments 1 to prod with __proto__', '__proto__'],
  ['deploy payments 1 to prod with constructor', 'constructor'],
  ['deploy payments 1 to prod overriding __proto__', '__proto__'],
  ['deploy payments 1 to prod valueOf x', 'valueOf'],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['help __proto__', '__proto__'],
  ['ro\u212A payments prod', 'ro\u212A'],
  // versions
  ['deploy payments to prod', 'to'],
  ['deploy payments prod to staging', 'prod'],
  ['deploy payments -1 to prod', '-1'],
  ['deploy payments .1 to prod', '.1'],
  ['deploy payments 2.4.1! to prod', '2.4.1!'],
  ['deploy payments 2/4 to prod', '2/4'],
  ['deploy payments $(id) to prod', '$(id)'],
  ['deploy payments sha256:abc to prod', 'sha256:abc'],
  [`deploy payments sha256:${'g'.repeat(64)} to prod`, `sha256:${'g'.repeat(53)}`],
  [`deploy payments ${'9'.repeat(129)} to prod`, '9'.repeat(60)],
  ['deploy payments:2.4.1 to prod', 'payments:2.4.1'],
  ['deploy payments@2.4.1 to prod', 'payments@2.4.1'],
  ['deploy payments <https://x.example|2.4.1 rc> to prod', '<https://x.example|2.4.1'],
  ['roll back payments in prod to', null],
  ['roll back payments in prod 2.4.0', '2.4.0'],
  ['roll back payments in prod to 2.4.0 2.3.0', '2.3.0'],
  ['roll back payments-7f3', 'payments-7f3'],
  ['roll payments back in prod', 'payments'],
  ['diff payments prod maybe', 'maybe'],
  ['diff payments prod 1 2', '2'],
  // missing and misplaced words
  ['deploy', null],
  ['deploy payments', null],
  ['deploy payments 2.4.1', null],
  ['deploy payments 2.4.1 to', null],
  ['deploy payments 2.4.1 prod', 'prod'],
  ['deploy 2.4.1 payments to prod', '2.4.1'],
  ['deploy payments 2.4.1 in prod', 'in'],
  ['deploy payments 2.4.1 to prod with', null],
  ['deploy payments 2.4.1 to prod at', null],
  ['deploy payments 2.4.1 to prod at with canary', 'with'],
  ['deploy payments 2.4.1 to prod at 9:00?', '9:00?'],
  [`deploy payments 2.4.1 to prod at ${'x '.repeat(50)}`, 'x'],
  ['deploy payments 2.4.1 to prod because', null],
  ['deploy payments 2.4.1 to prod because ""', null],
  ['deploy payments 2.4.1 to prod with canary with rolling', 'with'],
  ['deploy payments 2.4.1 to prod at 9:00 at 10:00', 'at'],
  ['deploy payments 2.4.1 to prod until 9:00', 'until'],
  ['deploy with canary payments 2.4.1 to prod', 'with'],
  ['with canary deploy payments 2.4.1 to prod', 'with'],
  ['roll back', null],
  ['roll', null],
  ['rollback', null],
  ['roll back payments', null],
  ['roll back prod', 'prod'],
  ['roll back prod payments', 'prod'],
  ['roll back payments in', null],
  ['roll back payments in prod with canary', 'with'],
  ['roll back payments in prod at 9:00', 'at'],
  ['pause', null],
  ['pause payments', null],
  ['pause prod', 'prod'],
  ['pause payments-bcd', null],
  ['pause payments-prod', 'payments-prod'],
  ['pause payments-7', 'payments-7'],
  ['take payments-7f3', 'payments-7f3'],
  ['take over', null],
  ['approve', null],
  ['approve payments', 'payments'],
  ['approve payments in prod', 'payments'],
  ['status moon', 'moon'],
  ['status payments prod now', 'now'],
  ['status prod payments', 'payments'],
  ['history', null],
  ['history prod', 'prod'],
  ['diff payments', null],
  ['plan', null],
  ['plan payments', null],
  ['plan roll back payments prod', 'roll'],
  ['why', null],
  ['why payments', 'payments'],
  ['freeze', null],
  ['freeze prod', null],
  ['freeze prod until Monday', null],
  ['freeze payments because x', 'payments'],
  ['unfreeze', null],
  ['unfreeze prod because x', 'because'],
  ['lock payments prod', null],
  ['lock payments because x', 'because'],
  ['unlock payments prod', null],
  ['release payments prod', null],
  ['release payments prod from quarantine', null],
  ['release payments prod because x', 'because'],
  ['doctor payments', 'payments'],
  ['help me', 'me'],
  ['help deploy payments', 'payments'],
  ['undeploy payments 2.4.1 to prod', 'undeploy'],
  ['restart payments in prod', 'restart'],
];

describe('lines that are not commands', () => {
  test.each(refused)('%j', (line, word) => {
    const answer = parse(line, words);
    if (answer.ok) expect.fail(`accepted as ${answer.canonical}`);
    expect(answer.say).toContain(word === null ? ' ' : `"${word}`);
    if (word === null) expect(answer.say).toMatch(/not complete|is missing/);
    expect(answer.hint).not.toBe('');
  });

  test('a reason of 501 characters is refused with its length, never cut', () => {
    const answer = parse(`deploy payments 2.4.1 to prod because ${'x'.repeat(501)}`, words);
    expect(answer).toMatchObject({ ok: false, say: expect.stringContaining('501 characters') });
  });

  test('the refusal says what is expected, what exists and how it is written', () => {
    const answer = parse('roll back payments in moon', words);
    expect(answer).toMatchObject({
      say: 'I did not understand "moon" after "roll back payments in".',
      hint: expect.stringMatching(/an environment.*Environments: staging, prod\..*roll back <service> \[in\] <env>/),
    });
  });

  test('a word of the wrong kind is called what it is', () => {
    expect(parse('roll back prod payments', words)).toMatchObject({
      say: expect.stringContaining('"prod" (an environment)'),
    });
    expect(parse('unfreeze checkout', words)).toMatchObject({ say: expect.stringContaining('"checkout" (a service)') });
  });
});

describe('one word for two things', () => {
  const environments = [{ name: 'prod', aliases: ['live'] }];

  test('a service called like an environment is asked about, and the full spellings are offered', () => {
    const services = [
      { name: 'live', aliases: [] },
      { name: 'payments', aliases: [] },
    ];
    const answer = parse('status live', { services, environments });
    expect(answer).toMatchObject({ ok: false, say: '"status live" can be read as "status live" or "status in prod".' });
    expect(answer).toMatchObject({ didYouMean: ['status in prod'] });
  });

  test('an alias of two services is asked about in every command, also in another case', () => {
    const services = [
      { name: 'payments', aliases: ['pay'] },
      { name: 'payroll', aliases: ['Pay'] },
    ];
    expect(parse('roll back pay in prod', { services, environments })).toMatchObject({
      ok: false,
      didYouMean: ['roll back payments in prod', 'roll back payroll in prod'],
    });
  });

  test('where only one reading is possible by position, it is no guess', () => {
    const services = [{ name: 'prod', aliases: [] }];
    expect(parse('roll back prod in prod', { services, environments })).toMatchObject({ ok: true });
  });

  test('an empty catalog understands what needs no names', () => {
    const none = { services: [], environments: [] };
    expect(parse('status', none)).toMatchObject({ ok: true });
    expect(parse('roll back payments in prod', none)).toMatchObject({
      ok: false,
      hint: expect.stringContaining('Services: none.'),
    });
  });
});
