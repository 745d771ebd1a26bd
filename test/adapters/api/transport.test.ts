import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { metrics } from '../../../adapters/api/metrics.ts';
import { apiServer } from '../../../adapters/api/server.ts';
import { followTls, readTls } from '../../../adapters/api/tls.ts';
import { TransientError } from '../../../src/errors.ts';
import type { Reply } from '../../../src/release/view.ts';
import { deployBody, keptLog, type Rig, startRig } from './gateway.ts';

let rig: Rig | undefined;
const start = async (...how: Parameters<typeof startRig>) => {
  rig = await startRig(...how);
  return rig;
};
afterEach(async () => {
  await rig?.server.close();
  rig = undefined;
});

const shape = {
  code: expect.any(String),
  message: expect.any(String),
  hint: expect.any(String),
  requestId: expect.any(String),
};

describe('what goes wrong has one shape', () => {
  test.each([
    ['GET', '/nothing', {}, 404, 'not-found'],
    ['GET', '/api/v1/releases/', {}, 400, 'bad-request'],
    ['GET', '/api/v1/releases/a/b/c', {}, 404, 'not-found'],
    ['DELETE', '/api/v1/releases', {}, 405, 'method-not-allowed'],
    ['POST', '/healthz', { body: {} }, 405, 'method-not-allowed'],
    ['PROPFIND', '/api/v1/releases/payments-222', {}, 405, 'method-not-allowed'],
    ['GET', '/api/v1/commands', {}, 405, 'method-not-allowed'],
    ['GET', '/%zz', {}, 400, 'bad-request'],
    ['POST', '/api/v1/releases', { body: '{' }, 400, 'bad-request'],
    ['POST', '/api/v1/releases', { body: '{"__proto__":{"a":1}}' }, 400, 'bad-request'],
    ['POST', '/api/v1/releases', { body: '{"constructor":{"prototype":{"a":1}}}' }, 400, 'bad-request'],
    ['POST', '/api/v1/releases', { body: 'a=b', headers: { 'content-type': 'text/plain' } }, 415, 'not-json'],
    ['POST', '/api/v1/releases', { body: 'a=b', headers: { 'content-type': '' } }, 415, 'not-json'],
    ['POST', '/api/v1/releases', { body: `"${'x'.repeat(65_536)}"` }, 413, 'too-large'],
  ])('%s %s', async (method, path, how, status, code) => {
    const { ask, token } = await start();
    const told = await ask(method, path, { token: await token('boss'), ...how });

    expect([told.status, told.json?.error.code]).toEqual([status, code]);
    expect(told.json).toEqual({ error: shape });
    expect(told.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  test('a wrong method says which are right', async () => {
    const { ask } = await start();

    expect((await ask('PUT', '/api/v1/releases')).headers.get('allow')).toBe('GET, POST');
  });

  test('what is not HTTP is answered too', async () => {
    const { server } = await start();
    const socket = connectTcp(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('HELLO\r\n\r\n');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    await once(socket, 'close');
    const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');

    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(body)).toEqual({ error: { ...shape, code: 'bad-request' } });
  });

  test('headers without end are refused', async () => {
    const { ask } = await start();
    const told = await ask('GET', '/healthz', { headers: { 'x-long': 'x'.repeat(20_000) } });

    expect([told.status, told.json.error.code]).toEqual([431, 'too-large']);
  });

  test('an unexpected error is told to operators, and to the asker as a number', async () => {
    const { ask, token, log } = await start({}, () => ({
      handle: () => Promise.reject(new Error('password=hunter2 at db.internal')),
    }));
    const told = await ask('POST', '/api/v1/commands', { token: await token('boss'), body: { text: 'help' } });

    expect([told.status, told.json.error.code]).toEqual([500, 'internal']);
    expect(told.text).not.toMatch(/hunter2|db\.internal/);
    expect(log.lines).toContainEqual({
      level: 'error',
      message: 'a request failed',
      fields: expect.objectContaining({ requestId: told.json.error.requestId, route: '/api/v1/commands' }),
    });
  });

  test('a ledger that does not answer means: not accepted, nothing will happen', async () => {
    const { ask, token } = await start({}, () => ({
      handle: () => Promise.reject(new TransientError('redis at 10.0.0.7 is away', { retryAfterMs: 2_500 })),
    }));
    const told = await ask('POST', '/api/v1/releases', { token: await token('boss'), body: deployBody() });

    expect([told.status, told.headers.get('retry-after')]).toEqual([503, '3']);
    expect(told.json.error).toMatchObject({ code: 'not-accepted', message: 'Not accepted, nothing will happen.' });
    expect(told.json.error.hint).toContain('Idempotency-Key');
    expect(told.text).not.toContain('10.0.0.7');
  });

  test('so does one that cannot even say who asks', async () => {
    const { ask } = await start({}, ({ ledger }) => ({
      ledger: { ...ledger, take: () => Promise.reject(new TransientError('away')) },
    }));
    const told = await ask('POST', '/api/v1/releases', { token: 'any', body: deployBody() });

    expect([told.status, told.json.error.code]).toEqual([503, 'not-accepted']);
  });

  test('a reply that does not fit its schema is our own mistake, and does not leave', async () => {
    const wrong = { ok: true, private: true, view: { kind: 'answer', tone: 'good', title: 7, lines: ['secret'] } };
    const { ask, token } = await start({}, () => ({ handle: async () => wrong as unknown as Reply }));
    const told = await ask('POST', '/api/v1/commands', { token: await token('boss'), body: { text: 'help' } });

    expect(told.status).toBe(500);
    expect(told.text).not.toContain('secret');
  });
});

describe('every reply', () => {
  test('tells browsers not to run, frame, guess or keep it', async () => {
    const { ask } = await start();
    for (const path of ['/healthz', '/nothing', '/docs', '/api/v1/services']) {
      const { headers } = await ask('GET', path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('of HEAD is the one of GET without its body', async () => {
    const { ask, token } = await start();
    const told = await ask('HEAD', '/api/v1/services', { token: await token('boss') });

    expect([told.status, told.text]).toEqual([200, '']);
  });
});

describe('mounted paths', () => {
  const echo = {
    method: 'POST' as const,
    path: '/slack/events',
    handle: async (raw: Buffer, headers: Record<string, unknown>) => ({
      status: 200,
      headers: { 'content-type': 'text/plain', 'x-signature': String(headers['x-slack-signature']) },
      body: raw.toString('hex'),
    }),
  };

  test.each(['application/json', 'application/x-www-form-urlencoded', 'text/plain', 'application/x-unknown'])(
    'get the very bytes of %j',
    async (type) => {
      const { ask } = await start({ mounts: [echo] });
      const body = '{"a": 1,\n "__proto__" :2}ü';
      const told = await ask('POST', '/slack/events', {
        body,
        headers: { 'content-type': type, 'x-slack-signature': 'v0=1' },
      });

      expect(told.status).toBe(200);
      expect(Buffer.from(told.text, 'hex').toString()).toBe(body);
      expect(told.headers.get('x-signature')).toBe('v0=1');
    },
  );

  test('get nothing too large, no other method, and an empty body as such', async () => {
    const { ask } = await start({ mounts: [echo] });

    expect((await ask('POST', '/slack/events', { body: 'x'.repeat(70_000) })).status).toBe(413);
    expect((await ask('GET', '/slack/events')).status).toBe(405);
    expect((await ask('POST', '/slack/events')).text).toBe('');
  });

  test('that fail are answered in our shape', async () => {
    const { ask } = await start({ mounts: [{ ...echo, handle: () => Promise.reject(new TransientError('away')) }] });
    const told = await ask('POST', '/slack/events', { body: {} });

    expect([told.status, told.json.error.code]).toEqual([503, 'not-accepted']);
  });

  test('are not there on a process that only works', async () => {
    const { ask, token } = await start({ mounts: [echo], hears: false });

    expect((await ask('POST', '/slack/events', { body: {} })).status).toBe(404);
    expect((await ask('GET', '/api/v1/services', { token: await token('boss') })).status).toBe(404);
    expect((await ask('GET', '/healthz')).status).toBe(200);
  });
});

describe('closing', () => {
  test('lets what is under way end, and takes nothing new', async () => {
    let goOn = () => {};
    let arrived = () => {};
    const reached = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { ask, token, server } = await start({}, () => ({
      handle: () => {
        arrived();
        return new Promise<Reply>((resolve) => {
          goOn = () =>
            resolve({ ok: true, private: true, view: { kind: 'answer', tone: 'good', title: 'done', lines: [] } });
        });
      },
    }));
    const asked = ask('POST', '/api/v1/commands', { token: await token('boss'), body: { text: 'help' } });
    await reached;
    const closed = server.close();
    await expect(
      vi.waitUntil(async () =>
        ask('GET', '/healthz').then(
          () => false,
          () => true,
        ),
      ),
    ).resolves.toBe(true);
    goOn();

    expect((await asked).json.message).toBe('done');
    await closed;
  });

  test('does not wait for ever', async () => {
    let arrived = () => {};
    const reached = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { ask, token, server } = await start({}, () => ({
      handle: () => {
        arrived();
        return new Promise<Reply>(() => {});
      },
    }));
    const asked = ask('POST', '/api/v1/commands', { token: await token('boss'), body: { text: 'help' } }).catch(
      () => 'cut off',
    );
    await reached;
    await server.close(50);

    expect(await asked).toBe('cut off');
  });

  test('a taken port is named, with the setting', async () => {
    const { server, gateway } = await start();
    const port = Number(new URL(server.url).port);

    await expect(apiServer({ gateway, http: { host: '127.0.0.1', port } })).rejects.toThrow(`PORT ${port}`);
  });
});

describe('TLS', () => {
  let dir: string;
  const certificate = (name: string) => {
    const files = { certFile: join(dir, `${name}.crt`), keyFile: join(dir, `${name}.key`) };
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
    execFileSync('openssl', [...args, ...subject, '-out', files.certFile, '-keyout', files.keyFile], {
      stdio: 'ignore',
    });
    return files;
  };
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 're-tls-'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  /** The name on the certificate that the server shows now, and the protocol. */
  async function handshake(
    url: string,
    ca: string,
    options: object = {},
  ): Promise<{ name: string; protocol: string | null }> {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca: readFileSync(ca), ...options });
    await once(socket, 'secureConnect');
    const shown = { name: String(socket.getPeerCertificate().subject.CN), protocol: socket.getProtocol() };
    socket.destroy();
    return shown;
  }

  const secure = async (tls: { certFile: string; keyFile: string }) => {
    const { gateway } = await start();
    return apiServer({ gateway, http: { host: '127.0.0.1', port: 0, tls } });
  };

  test('is spoken from 1.2 on, and tells browsers to stay with it', async () => {
    const files = certificate('first');
    const server = await secure(files);

    expect(server.url).toMatch(/^https:/);
    expect(await handshake(server.url, files.certFile)).toEqual({ name: 'first', protocol: 'TLSv1.3' });
    expect(await handshake(server.url, files.certFile, { maxVersion: 'TLSv1.2' })).toMatchObject({
      protocol: 'TLSv1.2',
    });
    // OpenSSL's own default may forbid 1.1 as well; what we ask for must not depend on it.
    expect(readTls(files)).toMatchObject({ minVersion: 'TLSv1.2' });
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(handshake(server.url, files.certFile, old)).rejects.toThrow(/protocol version/i);
    const [reply] = await once(get(`${server.url}/healthz`, { ca: readFileSync(files.certFile) }), 'response');
    reply.resume();
    expect([reply.statusCode, reply.headers['strict-transport-security']]).toEqual([200, 'max-age=31536000']);
    await server.close();
  });

  test('follows a renewed certificate, and keeps the old one when the new one is broken', async () => {
    const [files, renewed] = [certificate('old'), certificate('new')];
    const app = createServer(readTls(files));
    app.listen(0, '127.0.0.1');
    await once(app, 'listening');
    const url = `https://127.0.0.1:${(app.address() as { port: number }).port}`;
    const log = keptLog();
    const stop = followTls(app, files, log, 20);
    writeFileSync(files.certFile, 'not a certificate');
    await vi.waitUntil(() => log.lines.some(({ level }) => level === 'error'), { timeout: 10_000 });
    copyFileSync(renewed.keyFile, files.keyFile);
    copyFileSync(renewed.certFile, files.certFile);
    await vi.waitUntil(() => log.lines.some(({ level }) => level === 'info'), { timeout: 10_000 });

    expect((await handshake(url, renewed.certFile)).name).toBe('new');
    stop();
    app.close();
  });

  test('that cannot be used is told with the file and the setting', () => {
    const files = certificate('lonely');

    expect(() => readTls({ ...files, keyFile: '/nowhere/key.pem' })).toThrow(/TLS_KEY_FILE names \/nowhere\/key\.pem/);
    expect(() => readTls({ certFile: files.certFile, keyFile: certificate('other').keyFile })).toThrow(
      /not a certificate and its key/,
    );
  });
});

test('a request is logged with its route and its principal, not with its URL', async () => {
  const { ask, token, log } = await start();
  await ask('GET', '/api/v1/releases?service=hidden-words', { token: await token('boss') });
  await vi.waitUntil(() => log.lines.some(({ message }) => message === 'a request was answered'));
  const line = log.lines.find(({ message }) => message === 'a request was answered');

  expect(line?.fields).toMatchObject({
    method: 'GET',
    route: '/api/v1/releases',
    status: 200,
    principal: 'boss@example.com',
  });
  expect(JSON.stringify(log.lines)).not.toContain('hidden-words');
});

test('two gateways in one process do not share their numbers', async () => {
  const [one, other] = [metrics(), metrics()];
  one.command({ verb: 'deploy', via: 'rest', outcome: 'ok' });
  const { ledger } = await start();

  expect(await one.text(ledger)).toContain('commands_total{verb="deploy",via="rest",outcome="ok"} 1');
  expect(await other.text(ledger)).not.toContain('verb="deploy"');
});
