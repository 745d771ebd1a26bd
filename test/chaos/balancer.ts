import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * What stands before the gateways, as a Kubernetes Service would: connections go round to every gateway that was ready,
 * to the next one when nobody listens there. It cannot tell a frozen one from a slow one.
 */
export interface Balancer {
  url: string;
  close(): Promise<void>;
}

export async function startBalancer(targets: () => string[]): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
    const ports = targets().map((url) => Number(new URL(url).port));
    turn += 1;
    forward(socket, [...ports.slice(turn % ports.length), ...ports.slice(0, turn % ports.length)]);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function forward(socket: Socket, [port, ...others]: number[]): void {
  if (port === undefined) return void socket.destroy();
  const upstream = connect(port, '127.0.0.1');
  let connected = false;
  upstream.on('connect', () => {
    connected = true;
    socket.pipe(upstream).pipe(socket);
  });
  upstream.on('error', () => (connected ? socket.destroy() : forward(socket, others)));
  upstream.on('close', () => connected && socket.destroy());
  socket.on('close', () => upstream.destroy());
}
