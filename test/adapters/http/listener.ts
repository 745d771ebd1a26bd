import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { freePort } from '../../servers/redis.ts';

/** A real HTTP server for one test. */
export async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Where nobody listens. */
export const nobody = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;

export interface Call {
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: unknown;
}

export interface Webhook {
  url: string;
  calls: Call[];
  /** What the next calls are answered with; 200 when there is nothing left. */
  answers: number[];
}

/** Somebody's webhook, on a path that is a secret. */
export async function webhook(): Promise<Webhook> {
  const calls: Call[] = [];
  const answers: number[] = [];
  const url = await listen(async (request, response) => {
    calls.push({ path: request.url, headers: request.headers, body: JSON.parse(await text(request)) });
    const status = answers.shift() ?? 200;
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('an answer');
  });
  return { url: `${url}/T0/planted-path`, calls, answers };
}
