import { expect, it } from 'vitest';
import { parseChallenge } from '../../../adapters/registry/challenge.ts';

it.each([
  ['Basic realm="Registry"', { scheme: 'basic', realm: 'Registry' }],
  [
    'bearer realm="https://a/t",service="s, with comma",scope="repository:x:pull,push"',
    { scheme: 'bearer', realm: 'https://a/t', service: 's, with comma', scope: 'repository:x:pull,push' },
  ],
  ['Bearer realm=https://a/t, service=s', { scheme: 'bearer', realm: 'https://a/t', service: 's' }],
  ['Basic realm="x", Bearer realm="https://a/t"', { scheme: 'bearer', realm: 'https://a/t' }],
])('reads %s', (header, challenge) => {
  expect(parseChallenge(header)).toEqual(challenge);
});

it.each([null, '', 'Negotiate', 'Digest realm="x"'])('knows no challenge in %s', (header) => {
  expect(parseChallenge(header)).toBeUndefined();
});
