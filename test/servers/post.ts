import { type IncomingHttpHeaders, request } from 'node:http';

/** What came back, and after how many milliseconds. */
export type Posted =
  | { outcome: 'answered'; after: number; status: number; headers: IncomingHttpHeaders; text: string }
  | { outcome: 'timeout' | 'unreachable'; after: number };

export interface Letter {
  body: string;
  headers: Record<string, string>;
  /** Milliseconds until we hang up. */
  within: number;
}

/** Posts as a platform does. No keep-alive: an app that stops must not wait for our idle connections. */
export function post(url: string, { body, headers, within }: Letter): Promise<Posted> {
  const started = performance.now();
  const after = () => Math.round(performance.now() - started);
  return new Promise((resolve) => {
    const call = request(url, { method: 'POST', agent: false, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => done({ outcome: 'unreachable', after: after() }));
      response.on('end', () => {
        const { statusCode: status = 0, headers: said } = response;
        done({ outcome: 'answered', after: after(), status, headers: said, text: Buffer.concat(chunks).toString() });
      });
    });
    const timer = setTimeout(() => done({ outcome: 'timeout', after: after() }), within);
    const done = (posted: Posted) => {
      clearTimeout(timer);
      resolve(posted);
      call.destroy();
    };
    call.on('error', () => done({ outcome: 'unreachable', after: after() }));
    call.end(body);
  });
}
