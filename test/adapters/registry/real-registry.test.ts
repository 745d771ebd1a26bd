import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { secretReader } from '../../../adapters/files/secrets.ts';
import { ociRegistry } from '../../../adapters/registry/registry.ts';

/** The reference implementation, where it is installed: what the stand-in promises must hold there as well. */
function binary(): string | undefined {
  try {
    return execFileSync('sh', ['-c', 'command -v docker-registry'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
const program = binary();
const title = program
  ? 'a real registry'
  : 'a real registry (skipped: docker-registry is not installed; apt-get install docker-registry)';

const [user, password] = ['bot', 'pull-me'];
// bcrypt of the password above: the registry takes no other kind.
const htpasswd = `${user}:$2b$04$e2wsJcJB32.N1/Dvdx3X2ereMfSZr5f7OSGnXuA3oEypyArCtVNoC\n`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const digestOf = (body: string): string => `sha256:${createHash('sha256').update(body).digest('hex')}`;
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

describe.skipIf(!program)(title, () => {
  let folder: string;
  let host: string;
  let running: ChildProcess;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  async function put(path: string, body: string, type: string): Promise<void> {
    const url = URL.canParse(path) ? path : `http://${host}${path}`;
    const response = await fetch(url, { method: 'PUT', body, headers: { authorization, 'content-type': type } });
    expect(response.status).toBe(201);
  }

  async function pushBlob(body: string): Promise<{ digest: string; size: number }> {
    const opened = await fetch(`http://${host}/v2/team/payments/blobs/uploads/`, {
      method: 'POST',
      headers: { authorization },
    });
    const place = new URL(opened.headers.get('location')!, `http://${host}`);
    place.searchParams.set('digest', digestOf(body));
    await put(place.href, body, 'application/octet-stream');
    return { digest: digestOf(body), size: body.length };
  }

  async function push(tag: string): Promise<string> {
    const config = { mediaType: 'application/vnd.oci.image.config.v1+json', ...(await pushBlob(`{"tag":"${tag}"}`)) };
    const body = JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers: [] });
    await put(`/v2/team/payments/manifests/${tag}`, body, manifestType);
    return digestOf(body);
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-'));
    host = `127.0.0.1:${await freePort()}`;
    await writeFile(join(folder, 'htpasswd'), htpasswd);
    const config = {
      version: '0.1',
      log: { level: 'error' },
      storage: { inmemory: {} },
      http: { addr: host },
      auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } },
    };
    await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
    running = spawn(program!, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
    await vi.waitFor(async () => expect((await fetch(`http://${host}/v2/`)).status).toBe(401), { timeout: 10_000 });
  });

  afterAll(async () => {
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill();
    await ended;
    await rm(folder, { recursive: true });
  });

  const credentials = { username: { from: 'env', name: 'U' }, password: { from: 'env', name: 'P' } } as const;
  const client = (env: Record<string, string>) =>
    ociRegistry({ credentials: () => credentials, secrets: secretReader(env) });

  it('gives the digest of a pushed manifest, by tag and by digest, and names near tags', async () => {
    const [digest] = [await push('2.4.1'), await push('2.4.2')];
    const [registry, image] = [client({ U: user, P: password }), `${host}/team/payments`];
    const expected = { found: true, digest, ref: `${image}@${digest}` };
    expect(await registry.resolve(image, '2.4.1')).toEqual(expected);
    expect(await registry.resolve(image, digest)).toEqual(expected);
    expect(await registry.resolve(image, '2.4.3')).toEqual({ found: false, near: ['2.4.2', '2.4.1'] });
    expect(await registry.resolve(`${host}/team/nothing`, '2.4.1')).toEqual({ found: false, near: [] });
  });

  it('says no to a wrong password', async () => {
    const resolved = await client({ U: user, P: 'wrong' }).resolve(`${host}/team/payments`, '2.4.1');
    expect(resolved).toMatchObject({ denied: true, say: expect.stringContaining('env:P') });
  });
});
