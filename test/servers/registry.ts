import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry that keeps to the OCI distribution specification and forgives nothing: what it does not know is a 400. */
export interface StandInRegistry {
  /** `127.0.0.1:port`: the host of image names. */
  host: string;
  /** Stores a manifest under a tag; returns its digest. */
  push(repository: string, tag: string, manifest?: object): string;
  /** Every request: `HEAD /v2/… bearer` with the scheme of its credentials. */
  requests: string[];
  /** What the next requests get instead, first come, first served. */
  interject(...answers: Interjection[]): void;
  close(): Promise<void>;
}

export type Interjection = Reply | 'hang' | 'hang-up';

export interface StandInOptions {
  auth?: 'none' | 'basic' | 'bearer';
  user?: string;
  password?: string;
  /** Leaves `Docker-Content-Digest` out, as the specification allows. */
  silentAboutDigest?: boolean;
  headNotAllowed?: boolean;
  pageSize?: number;
  /** Where a test needs images under one name here and on a node; a free one when absent. */
  port?: number;
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const wanted = [
  manifestType,
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

const digestOf = (body: string): string => `sha256:${createHash('sha256').update(body).digest('hex')}`;

function send(response: ServerResponse, { status, headers, body = '' }: Reply): void {
  response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
  // A HEAD has the headers of the GET, and no body.
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

interface Store {
  options: StandInOptions;
  host: () => string;
  /** repository → tag or digest → manifest */
  manifests: Map<string, Map<string, string>>;
  tokens: Map<string, string>;
}

interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

const jsonReply = (value: unknown, headers: Record<string, string> = {}): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

const schemeOf = (request: IncomingMessage): string =>
  request.headers.authorization?.split(' ')[0]?.toLowerCase() ?? 'anonymous';

const basicOf = ({ options }: Store): string =>
  `Basic ${Buffer.from(`${options.user}:${options.password}`).toString('base64')}`;

function token(store: Store, request: IncomingMessage, url: URL): Reply {
  const scope = url.searchParams.get('scope') ?? '';
  if (url.searchParams.get('service') !== 'stand-in') return { status: 400 };
  if (!/^repository:[a-z/]+:pull$/.test(scope)) return { status: 400 };
  if (store.options.user && request.headers.authorization !== basicOf(store)) return { status: 401 };
  const value = `token-${store.tokens.size + 1}`;
  store.tokens.set(value, scope);
  return jsonReply({ token: value, expires_in: 300 });
}

/** Undefined when the request may go on. */
function challenge(store: Store, request: IncomingMessage, repository: string): Reply | undefined {
  const { auth = 'none' } = store.options;
  const given = request.headers.authorization ?? '';
  if (auth === 'none') return given === '' ? undefined : { status: 400 };
  if (auth === 'basic' && given === basicOf(store)) return undefined;
  const scope = `repository:${repository}:pull`;
  if (auth === 'bearer' && store.tokens.get(given.replace(/^Bearer /, '')) === scope) return undefined;
  const bearer = `Bearer realm="http://${store.host()}/token",service="stand-in",scope="${scope}"`;
  return { status: 401, headers: { 'www-authenticate': auth === 'basic' ? 'Basic realm="stand-in"' : bearer } };
}

function manifest(store: Store, request: IncomingMessage, repository: string, reference: string): Reply {
  if (request.method === 'HEAD' && store.options.headNotAllowed) return { status: 405 };
  const accepts = request.headers.accept?.split(/,\s*/) ?? [];
  if (!wanted.every((type) => accepts.includes(type))) return { status: 400 };
  const body = store.manifests.get(repository)?.get(reference);
  if (body === undefined) return { status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' };
  const headers: Record<string, string> = { 'content-type': manifestType };
  if (!store.options.silentAboutDigest) headers['docker-content-digest'] = digestOf(body);
  return { status: 200, headers, body };
}

function tags(store: Store, repository: string, url: URL): Reply {
  const held = store.manifests.get(repository);
  if (!held) return { status: 404 };
  const all = [...held.keys()].filter((name) => !name.startsWith('sha256:')).sort();
  const size = Math.min(Number(url.searchParams.get('n') ?? 100), store.options.pageSize ?? 100);
  const left = all.filter((tag) => tag > (url.searchParams.get('last') ?? ''));
  const page = left.slice(0, size);
  const next = `<${url.pathname}?n=${size}&last=${page.at(-1)}>; rel="next"`;
  return jsonReply({ name: repository, tags: page }, left.length > size ? { link: next } : {});
}

function replyTo(store: Store, request: IncomingMessage): Reply {
  const url = new URL(request.url!, `http://${store.host()}`);
  if (url.pathname === '/token') return token(store, request, url);
  const [, repository, kind, reference] = /^\/v2\/([a-z/]+)\/(manifests|tags)\/([^/]+)$/.exec(url.pathname) ?? [];
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!repository || !reference || !reads) return { status: 400 };
  const refusal = challenge(store, request, repository);
  if (refusal) return refusal;
  if (kind === 'manifests') return manifest(store, request, repository, reference);
  return reference === 'list' && request.method === 'GET' ? tags(store, repository, url) : { status: 400 };
}

/** Starts a stand-in registry on a free port of 127.0.0.1, or on the one that is asked for. */
export async function startRegistry(options: StandInOptions = {}): Promise<StandInRegistry> {
  const pending: Interjection[] = [];
  const requests: string[] = [];
  const store: Store = { options, host: () => host, manifests: new Map(), tokens: new Map() };
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${schemeOf(request)}`);
    const instead = pending.shift();
    if (instead === 'hang-up') request.socket.destroy();
    else if (instead !== 'hang') send(response, instead ?? replyTo(store, request));
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    requests,
    push(repository, tag, content = { schemaVersion: 2, tag }) {
      const body = JSON.stringify(content);
      const held = store.manifests.get(repository) ?? new Map<string, string>();
      store.manifests.set(repository, held.set(tag, body).set(digestOf(body), body));
      return digestOf(body);
    },
    interject: (...answers) => void pending.push(...answers),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
