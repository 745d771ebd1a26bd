import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { KubeClient } from '../../../adapters/kubernetes/client.ts';
import { connect, loadKubeConfig } from '../../../adapters/kubernetes/connection.ts';
import { pods, workloads } from '../../../adapters/kubernetes/resource.ts';
import { TerminalError, TransientError } from '../../../src/errors.ts';
import { kubeconfigFor } from '../../servers/kubernetes/kubeconfig.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server | undefined;
let client: KubeClient | undefined;
afterEach(async () => {
  await client?.close();
  server?.closeAllConnections();
  server?.close();
});

const seen = { sockets: new Set<unknown>(), requests: [] as string[] };

async function serve(handler: Handler): Promise<KubeClient> {
  seen.sockets.clear();
  server = createServer((request, response) => {
    seen.sockets.add(request.socket);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const content = kubeconfigFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  seen.requests = [];
  const onRequest = (verb: string, resource: string) => seen.requests.push(`${verb} ${resource}`);
  client = new KubeClient({ cluster: 'eu', connection: connect(loadKubeConfig({ content })), onRequest });
  return client;
}

const answer =
  (status: number, body: object | string, headers: Record<string, string> = {}): Handler =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

const read = { verb: 'get', resource: workloads.deployment.resource, namespace: 'prod', name: 'payments' };
const failure = (status: number, message: string, reason = '') => ({
  kind: 'Status',
  status: 'Failure',
  code: status,
  reason,
  message,
});
const thrown = async (work: Promise<unknown>): Promise<Error> => {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof Error)) throw new Error('expected it to throw');
  return error;
};

describe('the client', () => {
  it('keeps its connections, says who it is, and counts', async () => {
    const agents: (string | undefined)[] = [];
    const kube = await serve((request, response) => {
      agents.push(request.headers['user-agent']);
      answer(200, {})(request, response);
    });
    for (let n = 0; n < 50; n++) await kube.read(read);
    // A second one opens when a request comes before the first connection was given back.
    expect(seen.sockets.size).toBeLessThanOrEqual(2);
    expect(new Set(agents)).toEqual(new Set(['release-engineer']));
    expect(seen.requests).toEqual(Array(50).fill('get deployments'));
  });

  it('opens at most 16 connections', async () => {
    const kube = await serve((request, response) => {
      setTimeout(() => answer(200, {})(request, response), 20);
    });
    await Promise.all(Array.from({ length: 64 }, () => kube.read(read)));
    expect(seen.sockets.size).toBeLessThanOrEqual(16);
  });

  it.each([
    [401, 'the API server does not accept our credentials'],
    [429, 'slow down'],
    [500, 'etcd is sad'],
    [503, 'starting'],
  ])('a %i may pass', async (status, why) => {
    const kube = await serve(answer(status, failure(status, why), { 'retry-after': '7' }));
    const error = await thrown(kube.read(read));
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toBe(`cluster eu: get deployments payments in namespace prod answered ${status}: ${why}`);
    expect((error as TransientError).retryAfterMs).toBe(7_000);
  });

  it('a reset may pass, and so may silence', async () => {
    const kube = await serve((request) => request.socket.destroy());
    expect(await thrown(kube.read(read))).toBeInstanceOf(TransientError);
    await kube.close();
    const mute = await serve(() => {});
    const error = await thrown(mute.read({ ...read, timeoutMs: 50 }));
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toContain('no answer within 0.05 s');
  });

  it('a body that ends too early may pass', async () => {
    const kube = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"kind":');
      setTimeout(() => response.destroy(), 10);
    });
    expect(await thrown(kube.read(read))).toBeInstanceOf(TransientError);
  });

  it('names the right that is missing, and the rule to add', async () => {
    const message =
      'deployments.apps "payments" is forbidden: User "bot" cannot get resource "deployments" in API group "apps"';
    const kube = await serve(answer(403, failure(403, message, 'Forbidden')));
    const error = await thrown(kube.read(read));
    expect(error).toMatchObject({ name: 'TerminalError', code: 'forbidden' });
    expect(error.message).toContain('get deployments payments in namespace prod is not allowed');
    expect((error as TerminalError).hint).toContain('apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"]');
  });

  it.each([
    [403, 'admission webhook "policy" denied the request: images must be pinned', 'rejected'],
    [422, 'Deployment.apps "payments" is invalid', 'rejected'],
    [400, 'the object is malformed', 'rejected'],
  ])('a %i that says "%s" is final', async (status, message, code) => {
    const kube = await serve(answer(status, failure(status, message)));
    const error = await thrown(kube.read(read));
    expect(error).toMatchObject({ name: 'TerminalError', code });
    expect(error.message).toContain(message);
  });

  it('never repeats a credential', async () => {
    const secret = ['eyJ', 'hbGciOiJSUzI1NiIsImtpZCI6IiJ9.eyJpc3MiOiJrIn0.c2ln'].join('');
    const kube = await serve(answer(422, failure(422, `token ${secret} is bad, password=hunter22`)));
    const error = await thrown(kube.read(read));
    expect(error.message).toContain('[redacted]');
    expect(error.message).not.toMatch(/hunter22|hbGciOi|stand-in/);
  });

  it('reads every page of a list', async () => {
    const kube = await serve((request, response) => {
      const next = new URL(request.url ?? '', 'http://x').searchParams.get('continue');
      const body = next
        ? { items: [{ n: 2 }], metadata: { resourceVersion: '9' } }
        : { items: [{ n: 1 }], metadata: { resourceVersion: '9', continue: 'more' } };
      answer(200, body)(request, response);
    });
    const listed = await kube.list({ verb: 'list', resource: pods, namespace: 'prod' });
    expect(listed).toMatchObject({ items: [{ n: 1 }, { n: 2 }], resourceVersion: '9' });
  });

  it("tells the API server's time", async () => {
    const kube = await serve(answer(200, {}, { date: 'Mon, 05 Jan 2026 09:00:00 GMT' }));
    const answered = await kube.read(read);
    expect(answered?.serverTime).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 5, 9));
    expect(answered?.serverTime).toBeLessThan(Date.UTC(2026, 0, 5, 9, 0, 2));
  });
});

describe('a kubeconfig that cannot be used', () => {
  it.each([
    ['no file', { kubeconfig: '/nowhere/kubeconfig' }, '/nowhere/kubeconfig cannot be read (ENOENT)'],
    ['no such context', { content: kubeconfigFor('http://x'), context: 'us' }, 'has no context "us"'],
    ['no cluster', { content: 'apiVersion: v1\nclusters: []\nusers: []\ncontexts: []' }, 'names no cluster'],
  ])('says so: %s', (_name, access, say) => {
    expect(() => loadKubeConfig(access)).toThrow(
      expect.objectContaining({ code: 'misconfigured', message: expect.stringContaining(say) }),
    );
  });

  it('says so when it wants plain HTTP without saying that this is meant', async () => {
    const content = kubeconfigFor('http://127.0.0.1:1').replace('insecure-skip-tls-verify: true', '');
    const kube = new KubeClient({ cluster: 'eu', connection: connect(loadKubeConfig({ content })) });
    expect(await thrown(kube.read(read))).toBeInstanceOf(TerminalError);
  });
});
