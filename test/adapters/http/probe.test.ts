import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { httpProbe } from '../../../adapters/http/probe.ts';
import { listen, nobody } from './listener.ts';

const probe = httpProbe();
/** Long enough for any answer here; only what never answers takes as long. */
const patience = 5_000;

test.each([200, 204, 404, 500, 503])('tells the status %i', async (status) => {
  const url = await listen((_, response) => response.writeHead(status).end(status === 204 ? undefined : 'said'));
  expect(await probe.get(url, patience)).toEqual({ status, body: status === 204 ? '' : 'said' });
});

test('does not follow a redirect: what is checked is what was named', async () => {
  const asked: (string | undefined)[] = [];
  const url = await listen((request, response) => {
    asked.push(request.url);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect(await probe.get(`${url}/healthz`, patience)).toMatchObject({ status: 302 });
  expect(asked).toEqual(['/healthz']);
});

test('says who asks', async () => {
  const url = await listen((request, response) => response.end(request.headers['user-agent']));
  expect(await probe.get(url, patience)).toMatchObject({ body: 'release-engineer' });
});

test('reads a body in pieces, a character cut in two included', async () => {
  const [first, second] = [Buffer.from('zäh').subarray(0, 2), Buffer.from('zäh').subarray(2)];
  const url = await listen((_, response) => {
    response.write(first);
    setImmediate(() => response.end(second));
  });
  expect(await probe.get(url, patience)).toEqual({ status: 200, body: 'zäh' });
});

test('takes the beginning of an endless body and hangs up', async () => {
  const { promise: hungUp, resolve } = Promise.withResolvers<void>();
  const url = await listen((_, response) => {
    const pour = () => {
      while (response.write('x'.repeat(64_000)));
    };
    response.on('drain', pour).on('close', resolve);
    pour();
  });
  const answer = await probe.get(url, patience);
  expect(answer).toEqual({ status: 200, body: 'x'.repeat(2_000) });
  await hungUp;
});

test.each([
  ['never answers', () => {}],
  ['hangs after the headers', (response: { flushHeaders: () => void }) => response.flushHeaders()],
  ['hangs in the body', (response: { write: (text: string) => void }) => response.write('half')],
] as const)('gives up on who %s', async (_, behave) => {
  const url = await listen((_request, response) => behave(response as never));
  const started = performance.now();
  expect(await probe.get(url, 150)).toEqual({ failed: 'no answer within 150 ms' });
  expect(performance.now() - started).toBeLessThan(patience);
});

test('says that nobody listens', async () => {
  expect(await probe.get(await nobody(), patience)).toEqual({ failed: 'nobody listens there (ECONNREFUSED)' });
});

test('says that the connection was cut', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const answer = await probe.get(`http://127.0.0.1:${port}/`, patience);
  expect(answer).toEqual({ failed: expect.stringMatching(/^the connection was cut/) });
});

test('does not repeat a password that somebody put into an address', async () => {
  const answer = await probe.get('http://user:planted-password@127.0.0.1:1/', patience);
  expect(JSON.stringify(answer)).toMatch(/failed/);
  expect(JSON.stringify(answer)).not.toContain('planted-password');
});
