import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { containersOf, withDigests } from '../../../adapters/kubernetes/images.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const pod = (image: string, imageID: string): V1Pod => ({
  spec: { containers: [{ name: 'app', image }] },
  status: {
    containerStatuses: [{ name: 'app', image, imageID, ready: true, restartCount: 0 }],
  },
});
const of = (image: string, pods: V1Pod[]) =>
  withDigests(containersOf({ spec: { containers: [{ name: 'app', image }] } }), pods)[0]?.digest;

describe('the digest that pods really run', () => {
  it('is the one of the repository, whichever way the runtime spells it', () => {
    expect(of('app:1', [pod('app:1', `docker.io/library/app@${digest('a')}`)])).toBe(digest('a'));
    expect(of('app:1', [pod('app:1', `docker-pullable://app@${digest('a')}`)])).toBe(digest('a'));
  });

  it('is not the id of an image that was loaded onto the node: no registry knows it', () => {
    expect(of('app:1', [pod('app:1', digest('a'))])).toBeUndefined();
  });

  it('is unknown where pods disagree: a tag was moved', () => {
    expect(of('app:1', [pod('app:1', `app@${digest('a')}`), pod('app:1', `app@${digest('b')}`)])).toBeUndefined();
  });

  it('does not come from pods of another image', () => {
    expect(of('app:2', [pod('app:1', `app@${digest('a')}`)])).toBeUndefined();
  });

  it('is what a pinned reference says, before any pod runs', () => {
    expect(of(`app@${digest('c')}`, [])).toBe(digest('c'));
  });
});
