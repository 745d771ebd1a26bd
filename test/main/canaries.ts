import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Redis } from 'ioredis';
import { atEnd } from './at-end.ts';

/** Secrets that are planted wherever one may turn up. Each holds the word, so that half of one is found, too. */
const planted = (...parts: string[]) => parts.join('');

/** What the process is given to use. */
export const used = {
  botToken: planted('xox', 'b-1234567890-CANARY0bot'),
  signingSecret: 'CANARY0signing0secret0123',
  redisPassword: 'CANARY%redis/password',
  registryPassword: 'CANARY-registry-password',
  kubeconfigToken: 'CANARY-kubeconfig-token',
  webhookPath: 'T0/CANARY-webhook-path',
  teamsPassword: 'CANARY-teams-password',
  anthropicKey: planted('sk-ant', '-api03-CANARY0123456789'),
};

/** What containers, servers and people say by mistake. */
export const said = [
  planted('xox', 'p-9876543210-CANARY0user'),
  planted('xapp', '-1-A012-345-CANARY0app0123'),
  planted('AKIA', 'CANARYEXAMPLE012'),
  planted('eyJ', 'hbGciOiJIUzI1NiJ9.eyJDQU5BUlki.CANARY0signature'),
  planted('ghp_', 'CANARY0123456789abcdefghij'),
  'Authorization: Bearer CANARY.bearer.0123',
  'Basic Q0FOQVJZCANARY==',
  'postgres://app:CANARY-db-password@db:5432/pay',
  planted('https://hooks.slack', '.com/services/T0/B0/CANARY0hook'),
  'password=CANARY-plain',
  'DB_PASSWORD="CANARY in quotes"',
  '{"client_secret":"CANARY-json"}',
  'api_key: CANARY-api-key',
  'GET /hook?access_token=CANARY-query&x=1',
  planted('sk-', 'CANARY0123456789abcdef'),
];

const pem = ['-----BEGIN RSA PRIVATE KEY-----', 'CANARYMIIEow', 'CANARYAAAA', '-----END RSA PRIVATE KEY-----'];

/** What a container that leaks writes before it ends. */
export const leakyLog = ['starting', ...said.map((one) => `fatal: cannot connect with ${one}`), ...pem, 'gone'].join(
  '\n',
);

export interface Front {
  url: string;
  /** Bearer tokens that came. */
  tokens: Set<string>;
  /** How many answers said too much. */
  failed: () => number;
  /** The next reads of workloads get a 500 that says too much. */
  fail: (times: number) => void;
}

/** Stands before the API server: containers leak in their logs, and its errors hold what they should not. */
export async function leakyFront(to: string): Promise<Front> {
  const tokens = new Set<string>();
  let failures = 0;
  let failed = 0;
  const server = createServer((asked, answer) => {
    tokens.add(asked.headers.authorization ?? '');
    if (/\/log(\?|$)/.test(asked.url ?? '')) return void answer.writeHead(200).end(leakyLog);
    const read = asked.method === 'GET' && /\/deployments\/[^/?]+$/.test(asked.url ?? '');
    if (read && failures > 0) {
      failures -= 1;
      failed += 1;
      const message = `etcd is away: ${said.join(' ')}`;
      const body = { kind: 'Status', status: 'Failure', reason: 'InternalError', code: 500, message };
      return void answer.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }
    pipe(to, asked, answer);
  }).listen(0, '127.0.0.1');
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    tokens,
    failed: () => failed,
    fail: (times) => {
      failures = times;
    },
  };
}

function pipe(to: string, asked: IncomingMessage, answer: ServerResponse): void {
  const onward = request(`${to}${asked.url}`, { method: asked.method, headers: asked.headers }, (given) => {
    answer.writeHead(given.statusCode ?? 502, given.headers);
    given.pipe(answer);
    given.on('error', () => answer.destroy());
  });
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
  answer.on('close', () => onward.destroy());
}

/** Everything that a Redis holds: key → content. */
export async function dump(redis: Redis): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const keys of redis.scanStream({ count: 1_000 }))
    for (const key of keys as string[]) {
      const content = await contentOf(redis, key);
      // Some live for a second only, and are gone between the list and the look.
      if (content !== undefined) found.set(key, JSON.stringify(content));
    }
  return found;
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      return undefined;
  }
}

/** Where the word stands in a text, with what is around it; empty in a text that is clean. */
export const leaks = (text: string): string[] => [...text.matchAll(/.{0,60}CANARY.{0,20}/g)].map(([around]) => around);
