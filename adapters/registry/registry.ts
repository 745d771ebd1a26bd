import { createHash } from 'node:crypto';
import { z } from 'zod';
import { digestForm, splitImageName, tagForm } from '../../src/config/image-name.ts';
import type { SecretReader } from '../../src/config/secrets.ts';
import type { Registry, Resolved } from '../../src/ports.ts';
import { parseChallenge } from './challenge.ts';
import {
  answer as answerChallenge,
  type Credentials,
  jsonOf,
  type Pass,
  type Repository,
  refused,
} from './credentials.ts';
import { type Answer, ask, Denied, isLoopback, type Wire } from './http.ts';
import { nearTags } from './near.ts';

/** Versions → digests over the OCI distribution API: https://github.com/opencontainers/distribution-spec */

export interface RegistryOptions {
  /** What the catalog says now about a registry, by its host. */
  credentials: (host: string) => Credentials | undefined;
  secrets: SecretReader;
  /** For each request, ms. */
  timeoutMs?: number;
  fetch?: typeof fetch;
}

const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const tagPage = z.object({ tags: z.array(z.string()).nullish() });
/** Enough to find a near one; nobody waits longer for a suggestion. */
const mostPages = 10;

/** Docker Hub is called docker.io and answers elsewhere. */
function baseOf(host: string): URL {
  const api = host === 'docker.io' || host === 'index.docker.io' ? 'registry-1.docker.io' : host;
  return isLoopback(new URL(`http://${api}`)) ? new URL(`http://${api}/v2/`) : new URL(`https://${api}/v2/`);
}

interface Caller {
  ask(where: Repository, method: 'GET' | 'HEAD', url: URL): Promise<Answer>;
}

/** Asks with the pass we have, and once more with a new one when the registry wants another. */
function caller(wire: Wire, secrets: SecretReader): Caller {
  const passes = new Map<string, Pass & { until: number }>();
  return {
    async ask(where, method, url) {
      const key = `${where.host}/${where.repository}`;
      const known = passes.get(key);
      const headers = (pass?: Pass) => ({ accept, ...(pass && { authorization: pass.header }) });
      const first = await ask(
        wire,
        { method, url, headers: headers(known && known.until > Date.now() ? known : undefined) },
        where.host,
      );
      if (first.status !== 401) return first;
      const pass = await answerChallenge(wire, secrets, parseChallenge(first.headers.get('www-authenticate')), where);
      passes.set(key, { ...pass, until: Date.now() + pass.forMs });
      const second = await ask(wire, { method, url, headers: headers(pass) }, where.host);
      if (second.status !== 401) return second;
      passes.delete(key);
      throw refused(where);
    },
  };
}

/** The next page, only ever of the same repository at the same registry. */
function nextPage(header: string | null, current: URL): URL | undefined {
  const [, link] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(header ?? '') ?? [];
  if (!link || !URL.canParse(link, current.href)) return undefined;
  const next = new URL(link, current);
  return next.origin === current.origin && next.pathname === current.pathname ? next : undefined;
}

async function tagsOf(call: Caller, where: Repository): Promise<string[]> {
  const tags: string[] = [];
  let page: URL | undefined = new URL(`${where.repository}/tags/list?n=1000`, baseOf(where.host));
  for (let pages = 0; page && pages < mostPages; pages += 1) {
    const { status, headers, body }: Answer = await call.ask(where, 'GET', page);
    if (status !== 200) break;
    tags.push(...(tagPage.safeParse(jsonOf(body)).data?.tags ?? []));
    page = nextPage(headers.get('link'), page);
  }
  return tags;
}

// Suggestions are a courtesy: a registry that will not list its tags has still answered the question.
const near = (call: Caller, where: Repository, version: string): Promise<string[]> =>
  digestForm.test(version)
    ? Promise.resolve([])
    : tagsOf(call, where).then(
        (tags) => nearTags(version, tags),
        () => [],
      );

/** The digest the registry tells, else that of the manifest itself; undefined when there is none. */
async function digestOf(call: Caller, where: Repository, version: string): Promise<string | undefined> {
  const url = new URL(`${where.repository}/manifests/${version}`, baseOf(where.host));
  const head = await call.ask(where, 'HEAD', url);
  const told = head.headers.get('docker-content-digest');
  if (head.status === 200 && told && digestForm.test(told)) return told;
  if (head.status === 404) return undefined;
  if (head.status === 403) throw refused(where);
  const { status, body } = await call.ask(where, 'GET', url);
  if (status === 200) return `sha256:${createHash('sha256').update(body).digest('hex')}`;
  if (status === 404) return undefined;
  if (status === 403) throw refused(where);
  throw new Denied(
    `The registry ${where.host} answers HTTP ${status} to ${where.repository}:${version}.`,
    'Check the image and the registry.',
  );
}

async function resolve(call: Caller, where: Repository, version: string): Promise<Resolved> {
  const image = `${where.host}/${where.repository}`;
  const digest = await digestOf(call, where, version);
  if (!digest) return { found: false, near: await near(call, where, version) };
  if (digestForm.test(version) && digest !== version)
    throw new Denied(
      `The registry ${where.host} answers ${digest} when asked for ${version}.`,
      'Do not trust this registry; look at it.',
    );
  return { found: true, digest, ref: `${image}@${digest}` };
}

/** The port `Registry` for any registry of the OCI distribution API: anonymous, basic and token, plain http only here. */
export function ociRegistry(options: RegistryOptions): Registry {
  const wire: Wire = { fetch: options.fetch ?? fetch, timeoutMs: options.timeoutMs ?? 5_000 };
  const call = caller(wire, options.secrets);
  return {
    async resolve(image, version) {
      const { host, repository } = splitImageName(image);
      const where: Repository = { host, repository, credentials: options.credentials(host) };
      try {
        // Nothing of another form can be a tag; asking would only put it into a URL.
        if (!tagForm.test(version) && !digestForm.test(version))
          return { found: false, near: await near(call, where, version) };
        return await resolve(call, where, version);
      } catch (error) {
        if (error instanceof Denied) return { denied: true, say: error.message, hint: error.hint };
        throw error;
      }
    },
  };
}
