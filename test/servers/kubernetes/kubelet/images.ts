import { isImageReference } from '../api/validation.ts';
import { sha256 } from '../json.ts';

export type Behaviour = 'good' | 'crash' | 'missing' | 'unready' | 'config' | 'oom' | 'invalid';

const named = ['crash', 'missing', 'unready', 'config', 'oom'] as const;

/** The digest that this stand-in gives to `repository:tag`; a registry stand-in that uses it too agrees with the pods. */
export const digestOf = (image: string): string => `sha256:${sha256(image)}`;

/** What images do: the tag says it. An image that is named only by digest does what its tag was taught to do. */
export class Images {
  readonly #tags = new Map<string, string>();

  /** @param tag a tag (or whole reference) that an image with this `sha256:…` digest behaves like */
  teach(digest: string, tag: string): void {
    this.#tags.set(digest, tag);
  }

  behaviour(image: string): Behaviour {
    if (!isImageReference(image)) return 'invalid';
    const tag = this.tag(image);
    return named.find((word) => tag.includes(word)) ?? 'good';
  }

  tag(image: string): string {
    const { tag, digest } = split(image);
    if (tag) return tag;
    const taught = digest && this.#tags.get(digest);
    return taught ? split(taught).tag || taught : digest || 'latest';
  }

  /** The imageID of a pulled image: `docker.io/demo/payments@sha256:…`. */
  id(image: string): string {
    const { repository, tag, digest } = split(image);
    return `${fullName(repository)}@${digest || digestOf(`${repository}:${tag || 'latest'}`)}`;
  }
}

function split(image: string): { repository: string; tag: string; digest: string } {
  const [name, digest = ''] = image.split('@') as [string, string?];
  const colon = name.lastIndexOf(':');
  if (colon <= name.lastIndexOf('/')) return { repository: name, tag: '', digest };
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1), digest };
}

/** `demo/payments:1` → `docker.io/demo/payments:1`, as the runtime writes image names into a status. */
export function fullName(image: string): string {
  const [first, ...rest] = image.split('/') as [string, ...string[]];
  if (rest.length === 0) return `docker.io/library/${image}`;
  return first.includes('.') || first.includes(':') || first === 'localhost' ? image : `docker.io/${image}`;
}
