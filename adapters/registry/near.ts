import { editDistance } from '../../src/config/nearest.ts';

const mostNear = 5;
// Signatures and attestations that tools keep beside an image; nobody releases them.
const companion = /^sha256-[0-9a-f]{64}/;

const plain = (tag: string): string => tag.toLowerCase().replace(/^v(?=\d)/, '');
const numbers = (tag: string): number[] =>
  (/^\d+(?:\.\d+)*/.exec(plain(tag))?.[0] ?? '').split('.').filter(Boolean).map(Number);

/** How many leading numbers two versions share: 2.4.1 and 2.4.7 share two. */
function shared(left: number[], right: number[]): number {
  const differs = left.findIndex((number, index) => number !== right[index]);
  return differs < 0 ? left.length : differs;
}

function newerFirst(left: string, right: string): number {
  const [a, b] = [numbers(left), numbers(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const apart = (b[index] ?? -1) - (a[index] ?? -1);
    if (apart !== 0) return apart;
  }
  return left < right ? 1 : -1;
}

/** Of the tags there are, those somebody who typed `version` may have meant: nearest first, at most five. */
export function nearTags(version: string, tags: readonly string[]): string[] {
  const far = (tag: string) => editDistance(plain(version), plain(tag)) - shared(numbers(version), numbers(tag)) / 2;
  return tags
    .filter((tag) => !companion.test(tag))
    .map((tag) => ({ tag, distance: far(tag) }))
    .sort((a, b) => a.distance - b.distance || newerFirst(a.tag, b.tag))
    .slice(0, mostNear)
    .map(({ tag }) => tag);
}
