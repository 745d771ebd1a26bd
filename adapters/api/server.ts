import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type AppOptions, apiApp } from './app.ts';
import type { Gateway } from './route.ts';
import { followTls, readTls, type TlsFiles } from './tls.ts';

export interface ServerOptions extends Omit<AppOptions, 'tls'> {
  gateway: Gateway;
  /** Port 0 takes any free one. */
  http: { host: string; port: number; tls?: TlsFiles };
}

export interface ApiServer {
  /** Where it listens: `https://127.0.0.1:3000`. */
  url: string;
  /** Takes nothing new, and lets what is under way end, for at most `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

/**
 * The API Gateway, listening: the one HTTP port, on which chat platforms' paths are mounted too.
 *
 * @throws Error naming the setting and the fix, when it cannot listen or the certificate cannot be used
 */
export async function apiServer({ gateway, http, ...options }: ServerOptions): Promise<ApiServer> {
  const { host, port, tls } = http;
  const app = apiApp(gateway, { ...options, tls: tls && readTls(tls) });
  await app.listen({ host, port }).catch((cause: Error) => {
    throw new Error(`HOST ${host}, PORT ${port} cannot be listened on: ${cause.message}. Choose another.`, { cause });
  });
  const stop = tls ? followTls(app.server as unknown as Server, tls, gateway.log) : () => {};
  return { url: urlOf(app, host, tls !== undefined), close: (graceMs = 10_000) => close(app, stop, graceMs) };
}

function urlOf(app: FastifyInstance, host: string, secure: boolean): string {
  const { port } = app.server.address() as AddressInfo;
  return `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function close(app: FastifyInstance, stop: () => void, graceMs: number): Promise<void> {
  stop();
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await app.close();
  clearTimeout(timer);
}
