import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { vi } from 'vitest';

/** Somebody who uses the service without a pause, each time on a new connection. */
export interface Customer {
  /** What was answered by which version, how often. */
  served: Map<string, number>;
  /** Every answer that was not a 200, in words. */
  failures: string[];
  leave(): Promise<void>;
}

const hands = 4;
const patience = 5_000;

/**
 * Comes once the Service answers at all: it does a moment after its pods are ready.
 *
 * @param address host of a Service, port 80
 */
export async function customerOf(address: string): Promise<Customer> {
  await vi.waitFor(() => ask(address), { timeout: 20_000, interval: 50 });
  const served = new Map<string, number>();
  const failures: string[] = [];
  const left = new AbortController();
  const asking = Array.from({ length: hands }, async () => {
    while (!left.signal.aborted) {
      const version = await ask(address).catch((error: Error) => void failures.push(`${Date.now()} ${error.message}`));
      if (version) served.set(version, (served.get(version) ?? 0) + 1);
      await pause(10);
    }
  });
  return {
    served,
    failures,
    leave: async () => {
      left.abort();
      await Promise.all(asking);
    },
  };
}

/** @returns the version that answered */
function ask(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port: 80, path: '/', agent: false, timeout: patience }, (answer) => {
      answer.resume();
      answer.on('error', reject);
      answer.on('end', () =>
        answer.statusCode === 200
          ? resolve(String(answer.headers['x-version']))
          : reject(new Error(`HTTP ${answer.statusCode}`)),
      );
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${patience} ms`)));
    asked.on('error', reject);
    asked.end();
  });
}
