import { sha256 } from '../../src/release/plan.ts';

/** The digest that a version of an image has in every memory adapter: the registry and the cluster agree on it. */
export const memoryDigest = (image: string, version: string): string => `sha256:${sha256(`${image}:${version}`)}`;

export interface ImageRef {
  image: string;
  version?: string;
  digest?: string;
}

/** `host:5000/app:2.4.0@sha256:…` taken apart. */
export function parseRef(ref: string): ImageRef {
  const [named = '', digest] = ref.split('@');
  const colon = named.lastIndexOf(':');
  if (colon <= named.lastIndexOf('/')) return { image: named, digest };
  return { image: named.slice(0, colon), version: named.slice(colon + 1), digest };
}
