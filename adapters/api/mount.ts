import type { FastifyInstance } from 'fastify';

export type Headers = Record<string, string | string[] | undefined>;

/** Somebody else's path on our port. The body stays as it came: signatures are over the very bytes. */
export interface Mount {
  method: 'POST' | 'GET';
  path: string;
  handle: (
    rawBody: Buffer,
    headers: Headers,
  ) => Promise<{ status: number; headers?: Record<string, string>; body?: string }>;
  /** Bytes; the usual limit when absent. */
  bodyLimit?: number;
}

/** Hands requests to who owns the path. They verify them by themselves; we only limit the size. */
export function addMounts(app: FastifyInstance, mounts: readonly Mount[]): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const { method, path: url, handle, bodyLimit } of mounts) {
      scope.route({
        method,
        url,
        bodyLimit,
        handler: async (request, reply) => {
          const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
          const answer = await handle(rawBody, request.headers);
          return reply
            .code(answer.status)
            .headers(answer.headers ?? {})
            .send(answer.body ?? '');
        },
      });
    }
  });
}
