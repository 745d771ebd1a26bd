import { describe, expect, test } from 'vitest';
import { parse } from '../../src/release/grammar.ts';
import { nearest, slips } from '../../src/release/grammar-nearest.ts';

const words = {
  services: [
    { name: 'payments', aliases: ['pay'] },
    { name: 'payments-eu', aliases: [] },
    { name: 'checkout', aliases: [] },
  ],
  environments: [
    { name: 'staging', aliases: ['stg'] },
    { name: 'prod', aliases: ['production', 'prd'] },
  ],
};

const suggestions = (line: string): string[] => {
  const answer = parse(line, words);
  return answer.ok ? expect.fail(`accepted as ${answer.canonical}`) : answer.didYouMean;
};

describe('did you mean', () => {
  test.each([
    // a slip in a verb, a service, an environment, a strategy, a gate, a keyword
    ['deply payments 2.4.1 to prod', ['deploy payments 2.4.1 to prod']],
    ['redeploy payments 2.4.1 to prod', ['deploy payments 2.4.1 to prod']],
    ['rolback payments prod', ['roll back payments in prod']],
    ['rol back payments prod', ['roll back payments in prod']],
    ['roll bcak payments prod', ['roll back payments in prod']],
    ['tkae over payments-7f3', ['take over payments-7f3']],
    ['stauts', ['status']],
    ['help deplyo', ['help deploy']],
    ['roll back paymnets in prod', ['roll back payments in prod']],
    ['roll back \u0440ayments in prod', ['roll back payments in prod']],
    ['roll back payments in prd1', ['roll back payments in prod']],
    ['roll back payments in Porduction', ['roll back payments in prod']],
    ['deploy payments 2.4.1 to prod with canry', ['deploy payments 2.4.1 to prod with canary']],
    ['deploy payments 2.4.1 to prod with bluegreen', ['deploy payments 2.4.1 to prod with blue-green']],
    ['deploy payments 2.4.1 to prod wiht canary', ['deploy payments 2.4.1 to prod with canary']],
    ['deploy payments 2.4.1 to prod overriding frezee', ['deploy payments 2.4.1 to prod overriding freeze']],
    ['deploy payments 2.4.1 to prod overriding freze,lokc', ['deploy payments 2.4.1 to prod overriding freeze,lock']],
    ['freeze prod becuase sale', ['freeze prod because sale']],
    ['release payments prod form quarantine because x', ['release payments in prod from quarantine because x']],
    // several slips
    ['deply paymnets 2.4.1 to porduction', ['deploy payments 2.4.1 to prod']],
    // a word left out
    ['deploy payments 2.4.1 prod', ['deploy payments 2.4.1 to prod']],
    ['roll back payments prod 2.4.0', ['roll back payments in prod to 2.4.0']],
    ['deploy payments 2.4.1 to prod canary', ['deploy payments 2.4.1 to prod with canary']],
    ['release payments prod because x', ['release payments in prod from quarantine because x']],
    ['take payments-7f3', ['take over payments-7f3']],
    // the environment left out: each of them is offered, none is assumed
    ['roll back payments', ['roll back payments in staging', 'roll back payments in prod']],
    ['deploy payments 2.4.1', ['deploy payments 2.4.1 to staging', 'deploy payments 2.4.1 to prod']],
    ['roll back payments to 2.4.0', ['roll back payments in staging to 2.4.0', 'roll back payments in prod to 2.4.0']],
    // dressed up
    ['deploy payments 2.4.1 to prod?', ['deploy payments 2.4.1 to prod']],
    ['"status"', ['status']],
  ])('%j → %j', (line, expected) => {
    expect(suggestions(line)).toStrictEqual(expected);
  });

  test.each([
    'no need to roll back payments in prod',
    "don't deploy payments 2.4.1 to prod",
    'dont deploy payments 2.4.1 to prod',
    'undeploy payments 2.4.1 to prod',
    'roll back payments in prod tomorrow',
    'roll back payments in prod tomorrow maybe',
    'deploy payments 2.4.1 to prod and staging',
    'deploy payments 2.4.1 to prd1 not now',
    'payments 2.4.1 to prod',
    'deploy everything to prod',
    'deploy payments to prod',
    'freeze prod',
    'hello',
    '?',
  ])('%j: nothing is offered, because nothing near it says the same', (line) => {
    expect(suggestions(line)).toStrictEqual([]);
  });

  test('at most three, nearest first', () => {
    const services = ['alpha-1', 'alpha-2', 'alpha-3', 'alpha-44'].map((name) => ({ name, aliases: [] }));
    const answer = parse('roll back alpha-4 in prod', { ...words, services });
    expect(answer).toMatchObject({ ok: false });
    expect(!answer.ok && answer.didYouMean).toHaveLength(3);
  });

  test('four environments are named in the hint, not offered one by one', () => {
    const environments = ['dev', 'test', 'staging', 'prod'].map((name) => ({ name, aliases: [] }));
    const answer = parse('roll back payments', { ...words, environments });
    expect(answer).toMatchObject({ didYouMean: [], hint: expect.stringContaining('dev, test, staging, prod') });
  });
});

describe('nearness', () => {
  test.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['prod', 'prod', 0],
    ['pord', 'prod', 1],
    ['prd', 'prod', 1],
    ['prood', 'prod', 1],
    ['proc', 'prod', 1],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ])('%j to %j takes %i slips', (from, to, count) => {
    expect(slips(from, to)).toBe(count);
    expect(slips(to, from)).toBe(count);
  });

  test('two letters are never corrected, short words by one slip, long ones by two', () => {
    expect(nearest('no', ['in', 'to', 'now'])).toStrictEqual([]);
    expect(nearest('prdo', ['prod'])).toStrictEqual([{ word: 'prod', slips: 1 }]);
    expect(nearest('pdro', ['prod'])).toStrictEqual([]);
    expect(nearest('pamnets', ['payments'])).toStrictEqual([{ word: 'payments', slips: 2 }]);
    expect(nearest('prod', ['prod'])).toStrictEqual([]);
  });
});
