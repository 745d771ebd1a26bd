import type { Resolved } from '../ports.ts';

/** `registry/name:tag@digest` in its parts. */
function parts(ref: string): { repository: string; tag?: string; digest?: string } {
  const [name = '', digest] = ref.split('@');
  const colon = name.lastIndexOf(':');
  const tagged = colon > name.lastIndexOf('/');
  return { repository: tagged ? name.slice(0, colon) : name, tag: tagged ? name.slice(colon + 1) : undefined, digest };
}

/** The repository in its full form: Docker's short names (`nginx`, `acme/app`) mean its own hub. */
export function repositoryOf(ref: string): string {
  const { repository } = parts(ref);
  const [first = '', ...rest] = repository.split('/');
  if (rest.length === 0) return `docker.io/library/${first}`;
  return /[.:]|^localhost$/.test(first) ? repository : `docker.io/${repository}`;
}

/** What people call an image: its tag, else the first letters of its digest. */
export function versionOf(ref: string): string {
  const { tag, digest } = parts(ref);
  return tag ?? (digest ? digest.slice(0, 'sha256:'.length + 12) : 'latest');
}

/** The reference we write: the tag for people, the digest for the cluster. */
export function withDigest(
  image: string,
  version: string,
  resolved: Resolved,
): { ref: string; digest: string } | undefined {
  if ('denied' in resolved || !resolved.found) return undefined;
  const tag = version.startsWith('sha256:') ? '' : `:${version}`;
  return { ref: `${image}${tag}@${resolved.digest}`, digest: resolved.digest };
}

/** The same reference with the digest that really ran. */
export function pinned(ref: string, digest: string | undefined): string {
  if (!digest) return ref;
  const { repository, tag } = parts(ref);
  return `${repository}${tag ? `:${tag}` : ''}@${digest}`;
}
