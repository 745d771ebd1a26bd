import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between us and Redis and, when told, cuts the line after Redis did what it was asked and before we hear it. */
export interface LosingProxy {
  url: string;
  /** The next `times` scripts are carried out, and their replies lost. */
  loseReplies(times: number): void;
  stop(): Promise<void>;
}

export async function startLosingProxy(port: number): Promise<LosingProxy> {
  let toLose = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    let losing = false;
    client.on('data', (chunk) => {
      losing ||= toLose > 0 && /evalsha/i.test(chunk.toString('latin1'));
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!losing) return void client.write(chunk);
      toLose -= 1;
      client.destroy();
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `redis://127.0.0.1:${address.port}`,
    loseReplies: (times) => {
      toLose = times;
    },
    stop: async () => {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}
