import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idAlphabet, parseReleaseId, releaseId } from '../../src/release/id.ts';

describe('release ids', () => {
  test('are the service and one letter per random number', () => {
    expect(releaseId('payments', [5, 11, 1])).toBe('payments-7f3');
    expect(releaseId('Payments', new Uint8Array([5, 11, 1, 0]))).toBe('payments-7f32');
  });

  test('use letters that cannot be misheard as a word or misread as another', () => {
    expect(idAlphabet).not.toMatch(/[aeiou01l]/);
    expect(new Set(idAlphabet).size).toBe(28);
  });

  test('every id reads back, in any case', () => {
    const service = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/);
    fc.assert(
      fc.property(service, fc.uint8Array({ minLength: 3, maxLength: 12 }), (name, random) => {
        const id = releaseId(name, random);
        const suffix = id.slice(name.length + 1);
        expect(parseReleaseId(id)).toStrictEqual({ id, service: name, suffix });
        expect(parseReleaseId(id.toUpperCase())).toStrictEqual({ id, service: name, suffix });
      }),
    );
  });

  test.each([
    '',
    'payments',
    'payments-',
    'payments-7f',
    'payments-prod',
    'payments-7f0',
    'payments-7fl',
    '-7f3',
    'pay ments-7f3',
    'payments-7f3\n',
    'payments-\u212A23',
    '../x-7f3',
  ])('%j is no release id', (text) => {
    expect(parseReleaseId(text)).toBeUndefined();
  });

  test.each([[[]], [[1, 2]], [Array(13).fill(1)], [[1, 2, -1]], [[1, 2, 0.5]], [[1, 2, Number.NaN]]])(
    'random numbers %j are refused',
    (random) => {
      expect(() => releaseId('payments', random)).toThrow(RangeError);
    },
  );
});
