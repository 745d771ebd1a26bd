import { afterEach, describe, expect, it } from 'vitest';
import { secretReader } from '../../../adapters/files/secrets.ts';
import { ociRegistry } from '../../../adapters/registry/registry.ts';
import { TransientError } from '../../../src/errors.ts';
import { type StandInOptions, type StandInRegistry, startRegistry } from '../../servers/registry.ts';

const account = { user: 'bot', password: 'hunter2-planted' };
const credentials = {
  username: { from: 'env', name: 'REG_USER' },
  password: { from: 'env', name: 'REG_PASS' },
} as const;

const open: StandInRegistry[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(options: StandInOptions = {}) {
  const server = await startRegistry(options);
  open.push(server);
  const digest = server.push('team/payments', '2.4.1');
  const image = `${server.host}/team/payments`;
  const client = (env: Record<string, string> = {}, known = Boolean(options.user)) =>
    ociRegistry({ credentials: () => (known ? credentials : undefined), secrets: secretReader(env), timeoutMs: 500 });
  return { server, digest, image, client };
}

const right = { REG_USER: account.user, REG_PASS: account.password };

describe('a version becomes a digest', () => {
  it('by one HEAD, when anybody may read', async () => {
    const { server, digest, image, client } = await start();
    expect(await client().resolve(image, '2.4.1')).toEqual({ found: true, digest, ref: `${image}@${digest}` });
    expect(server.requests).toEqual(['HEAD /v2/team/payments/manifests/2.4.1 anonymous']);
  });

  it('by a token, fetched once and used until it expires', async () => {
    const { server, digest, image, client } = await start({ auth: 'bearer', ...account });
    const registry = client(right);
    expect(await registry.resolve(image, '2.4.1')).toMatchObject({ found: true, digest });
    expect(await registry.resolve(image, '2.4.1')).toMatchObject({ found: true, digest });
    expect(server.requests.map((line) => line.replace(/\?.*? /, ' '))).toEqual([
      'HEAD /v2/team/payments/manifests/2.4.1 anonymous',
      'GET /token basic',
      'HEAD /v2/team/payments/manifests/2.4.1 bearer',
      'HEAD /v2/team/payments/manifests/2.4.1 bearer',
    ]);
  });

  it('by an anonymous token, where the registry gives those', async () => {
    const { server, digest, image, client } = await start({ auth: 'bearer' });
    expect(await client().resolve(image, '2.4.1')).toMatchObject({ found: true, digest });
    expect(server.requests[1]).toMatch(/^GET \/token.* anonymous$/);
  });

  it('by user and password', async () => {
    const { digest, image, client } = await start({ auth: 'basic', ...account });
    expect(await client(right).resolve(image, '2.4.1')).toMatchObject({ found: true, digest });
  });

  it('fetches a new token when the old one is no longer taken', async () => {
    const { server, digest, image, client } = await start({ auth: 'bearer', ...account });
    const registry = client(right);
    await registry.resolve(image, '2.4.1');
    server.interject({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="http://${server.host}/token",service="stand-in"` },
    });
    expect(await registry.resolve(image, '2.4.1')).toMatchObject({ found: true, digest });
    expect(server.requests.filter((line) => line.startsWith('GET /token'))).toHaveLength(2);
  });

  it('passes a digest through, once the registry has it', async () => {
    const { digest, image, client } = await start();
    expect(await client().resolve(image, digest)).toEqual({ found: true, digest, ref: `${image}@${digest}` });
    expect(await client().resolve(image, `sha256:${'0'.repeat(64)}`)).toEqual({ found: false, near: [] });
  });

  it.each([{ silentAboutDigest: true }, { headNotAllowed: true }])(
    'counts the digest itself where the registry does not tell: %o',
    async (options) => {
      const { digest, image, client } = await start(options);
      expect(await client().resolve(image, '2.4.1')).toMatchObject({ found: true, digest });
    },
  );

  it('does not believe a registry that answers another digest than was asked for', async () => {
    const { server, digest, image, client } = await start();
    server.interject({ status: 200, headers: { 'docker-content-digest': `sha256:${'1'.repeat(64)}` } });
    expect(await client().resolve(image, digest)).toMatchObject({ denied: true, say: expect.stringContaining(digest) });
  });
});

describe('a version that is not there', () => {
  it('comes back with the nearest ones, over all pages', async () => {
    const { server, image, client } = await start({ pageSize: 3, auth: 'bearer', ...account });
    for (const tag of ['1.0.0', '2.3.9', '2.4.0', '2.4.2', '2.4.11', '3.4.1', 'latest', `sha256-${'a'.repeat(64)}.sig`])
      server.push('team/payments', tag);
    expect(await client(right).resolve(image, '2.4.3')).toEqual({
      found: false,
      near: ['2.4.2', '2.4.1', '2.4.0', '2.4.11', '2.3.9'],
    });
    expect(server.requests.filter((line) => line.includes('/tags/list')).length).toBe(3);
  });

  it('is found by its v, or without it', async () => {
    const { server, image, client } = await start();
    server.push('team/payments', 'v3.0.0');
    expect(await client().resolve(image, '3.0.0')).toEqual({ found: false, near: ['v3.0.0', '2.4.1'] });
  });

  it('of a repository that is not there has nothing near', async () => {
    const { server, client } = await start();
    expect(await client().resolve(`${server.host}/team/paymentz`, '2.4.1')).toEqual({ found: false, near: [] });
  });

  it('is still an answer when the tags cannot be listed', async () => {
    const { server, image, client } = await start();
    server.interject({ status: 404 }, { status: 503 });
    expect(await client().resolve(image, '9')).toEqual({ found: false, near: [] });
  });

  it.each(['../../../token', '2.4.1?x=1', 'a b', '', '.hidden', 'x'.repeat(129), 'sha256:short'])(
    'never puts %j into a URL',
    async (version) => {
      const { server, image, client } = await start();
      expect(await client().resolve(image, version)).toMatchObject({ found: false });
      expect(server.requests).toEqual(['GET /v2/team/payments/tags/list?n=1000 anonymous']);
    },
  );
});

describe('a registry that says no', () => {
  it.each(['basic', 'bearer'] as const)(
    'to wrong credentials (%s): named by reference, never by value',
    async (auth) => {
      const { server, image, client } = await start({ auth, ...account });
      const resolved = await client({ REG_USER: 'bot', REG_PASS: 'wrong-planted' }).resolve(image, '2.4.1');
      expect(resolved).toEqual({
        denied: true,
        say: `The registry ${server.host} refuses env:REG_USER with env:REG_PASS for team/payments.`,
        hint: 'Check that both are right and not expired, and that this user may pull the image.',
      });
      expect(JSON.stringify(resolved)).not.toContain('planted');
    },
  );

  it.each([[{ auth: 'basic', ...account } as const], [{ auth: 'bearer', ...account } as const]])(
    'to nobody in particular: %o',
    async (options) => {
      const { server, image, client } = await start(options);
      expect(await client({}, false).resolve(image, '2.4.1')).toEqual({
        denied: true,
        say: `The registry ${server.host} lets nobody without credentials read team/payments, or has no such repository.`,
        hint: `Check the name of the image, or add registries["${server.host}"] with username and password to the catalog.`,
      });
    },
  );

  it('with 403', async () => {
    const { server, image, client } = await start();
    server.interject({ status: 403 });
    expect(await client().resolve(image, '2.4.1')).toMatchObject({ denied: true });
  });

  it('in a way nobody knows', async () => {
    const { server, image, client } = await start();
    server.interject({ status: 418 }, { status: 418 });
    expect(await client().resolve(image, '2.4.1')).toMatchObject({
      denied: true,
      say: expect.stringContaining('HTTP 418'),
    });
  });

  it('names a secret that cannot be read', async () => {
    const { image, client } = await start({ auth: 'basic', ...account });
    expect(await client({ REG_USER: 'bot' }).resolve(image, '2.4.1')).toEqual({
      denied: true,
      say: 'The secret env:REG_PASS cannot be read: it is empty.',
      hint: 'Set the variable REG_PASS for this process.',
    });
  });
});

describe('a registry that is not well', () => {
  it.each([
    [{ status: 429, headers: { 'retry-after': '7' } }, 'asks us to slow down (HTTP 429)', 7_000],
    [{ status: 503 }, 'has trouble of its own (HTTP 503)', 2_000],
    [{ status: 500, headers: { 'retry-after': '3600' } }, 'has trouble of its own (HTTP 500)', 60_000],
    ['hang' as const, 'is not answering within 0.5 s', 2_000],
    ['hang-up' as const, 'is not answering', 2_000],
  ])('is tried again: %o', async (instead, say, retryAfterMs) => {
    const { server, image, client } = await start();
    server.interject(instead);
    const failed = await client()
      .resolve(image, '2.4.1')
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(TransientError);
    expect(failed).toMatchObject({
      message: expect.stringContaining(`The registry ${server.host} ${say}`),
      retryAfterMs,
    });
  });

  it('is tried again when nobody listens there', async () => {
    const { server, image, client } = await start();
    await server.close();
    await expect(client().resolve(image, '2.4.1')).rejects.toThrow(/is not answering \(ECONNREFUSED\)/);
  });
});

describe('redirects', () => {
  it('are followed, and our token stays at home', async () => {
    const { server, image, client } = await start({ auth: 'basic', ...account });
    const elsewhere = await start();
    const registry = client(right);
    await registry.resolve(image, '2.4.1');
    server.interject({
      status: 307,
      headers: { location: `http://${elsewhere.image.replace('/team', '/v2/team')}/manifests/2.4.1` },
    });
    expect(await registry.resolve(image, '2.4.1')).toMatchObject({ found: true, digest: elsewhere.digest });
    expect(elsewhere.server.requests).toEqual(['HEAD /v2/team/payments/manifests/2.4.1 anonymous']);
  });

  it('in a circle end', async () => {
    const { server, image, client } = await start();
    const circle = { status: 302, headers: { location: '/v2/team/payments/manifests/2.4.1' } };
    server.interject(...Array(9).fill(circle));
    expect(await client().resolve(image, '2.4.1')).toMatchObject({
      denied: true,
      say: expect.stringContaining('in circles'),
    });
    expect(server.requests).toHaveLength(6);
  });

  it.each(['http://registry.example.com/x', 'ftp://127.0.0.1/x', 'file:///etc/passwd'])(
    'to %s are not followed',
    async (location) => {
      const { server, image, client } = await start();
      server.interject({ status: 302, headers: { location } });
      expect(await client().resolve(image, '2.4.1')).toMatchObject({
        denied: true,
        say: expect.stringContaining('without https'),
      });
    },
  );
});

describe('addresses', () => {
  const asked: string[] = [];
  const wire = (answer: (url: URL, headers: Headers) => Response): typeof fetch =>
    (async (input: URL, init: RequestInit) => {
      const headers = new Headers(init.headers);
      asked.push(`${input} ${headers.get('authorization')?.split(' ')[0] ?? 'anonymous'}`);
      return answer(new URL(input), headers);
    }) as typeof fetch;
  const digest = `sha256:${'d'.repeat(64)}`;
  const found = () => new Response(null, { headers: { 'docker-content-digest': digest } });
  const registry = (answer: (url: URL, headers: Headers) => Response) => {
    asked.length = 0;
    return ociRegistry({ credentials: () => credentials, secrets: secretReader(right), fetch: wire(answer) });
  };
  const challenge = (realm: string) =>
    new Response(null, {
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${realm}",service="s",scope="repository:a:*"` },
    });

  it.each([
    ['registry.example.com/a', 'https://registry.example.com/v2/a/manifests/1 anonymous'],
    ['registry.example.com:5000/a/b', 'https://registry.example.com:5000/v2/a/b/manifests/1 anonymous'],
    ['docker.io/library/nginx', 'https://registry-1.docker.io/v2/library/nginx/manifests/1 anonymous'],
    ['localhost:5000/a', 'http://localhost:5000/v2/a/manifests/1 anonymous'],
    ['127.evil.example.com/a', 'https://127.evil.example.com/v2/a/manifests/1 anonymous'],
  ])('%s is asked at %s', async (image, url) => {
    expect(await registry(found).resolve(image, '1')).toEqual({ found: true, digest, ref: `${image}@${digest}` });
    expect(asked).toEqual([url]);
  });

  it('fetches its token at another host by https, and never for more than pull', async () => {
    const answer = (url: URL, headers: Headers) => {
      if (url.host === 'auth.example.com') return Response.json({ access_token: 't' });
      return headers.has('authorization') ? found() : challenge('https://auth.example.com/token');
    };
    expect(await registry(answer).resolve('registry.example.com/a', '1')).toMatchObject({ found: true });
    expect(asked[1]).toBe('https://auth.example.com/token?service=s&scope=repository%3Aa%3Apull Basic');
  });

  it.each(['http://auth.example.com/token', 'http://registry.example.com/token', 'nonsense'])(
    'sends no credentials to %s',
    async (realm) => {
      const resolved = await registry(() => challenge(realm)).resolve('registry.example.com/a', '1');
      expect(resolved).toMatchObject({ denied: true, say: expect.stringContaining('no credentials were sent') });
      expect(asked).toEqual(['https://registry.example.com/v2/a/manifests/1 anonymous']);
    },
  );
});
