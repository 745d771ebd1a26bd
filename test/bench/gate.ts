import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A check that answers when we let it: until then the look that asked is under way in the worker that asked. */
export interface Gate {
  url: string;
  /** When somebody first asked after `since`, ms: they wait until the gate opens. */
  asked(since: number): Promise<number>;
  /** Lets everybody pass who waits. */
  open(): void;
  close(): Promise<void>;
}

export async function openGate(): Promise<Gate> {
  let waiting: { at: number; answer: ServerResponse }[] = [];
  const server = createServer((_, answer) => {
    waiting.push({ at: Date.now(), answer });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked: async (since) => {
      for (;;) {
        const found = waiting.find(({ at }) => at >= since);
        if (found) return found.at;
        await pause(2);
      }
    },
    open: () => {
      for (const { answer } of waiting) answer.writeHead(200).end();
      waiting = [];
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
