import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { onPath } from '../src/demo/redis-server.ts';
import { startRedis } from './servers/redis.ts';

const limit = 90_000;
const withRedis = await onPath('redis-server');
const own = 'Its ledger is a redis-server of its own';
const memory = 'Its ledger is in memory';

interface Demo {
  child: ChildProcess;
  /** Everything printed so far. */
  seen(): string;
  /** Waits until a text has been printed after what was awaited before. */
  sees(text: string): Promise<void>;
  types(...lines: string[]): void;
  exit: Promise<number | null>;
  /** The demo's own temporary folder. */
  folder: string;
}

/** `npm run demo` as somebody starts it. Without redis: a PATH on which there is none. */
async function demo(
  { onTestFinished }: TestContext,
  words: string[],
  env: { redis: boolean; url?: string },
): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), 're-demo-test-'));
  const child = spawn(process.execPath, ['src/demo.ts', ...words], {
    env: { PATH: env.redis ? process.env.PATH : folder, TMPDIR: folder, ...(env.url ? { REDIS_URL: env.url } : {}) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let text = '';
  let read = 0;
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (more) => (text += more));
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
    await gone(folder);
    await rm(folder, { recursive: true });
  });
  const sees = async (wanted: string): Promise<void> => {
    for (const end = Date.now() + 45_000; ; await pause(20)) {
      const at = text.indexOf(wanted, read);
      if (at >= 0) {
        read = at + wanted.length;
        return;
      }
      if (Date.now() > end || child.exitCode !== null) throw new Error(`"${wanted}" is not on the screen:\n${text}`);
    }
  };
  return {
    child,
    seen: () => text,
    sees,
    types: (...lines) => void child.stdin?.write(lines.map((line) => `${line}\n`).join('')),
    exit,
    folder,
  };
}

/** The redis-server of the demo removes its files when it has ended. */
async function gone(folder: string): Promise<void> {
  await vi.waitFor(async () => expect(await readdir(folder)).toEqual([]), { timeout: 5_000 });
}

/** What was said, without the frames and the line ends that a terminal needs. */
const unfolded = (text: string): string => text.replace(/[│┃]/g, ' ').replace(/\s+/g, ' ');

const told = [
  'Dan may not approve payments in prod.',
  'payments prod · SUCCEEDED · serving 2.4.1, healthy',
  'payments prod · RECOVERING · going back to 2.4.1',
  'exits with code 1',
  'panic: cannot start without DB_URL',
  'payments prod · ROLLED BACK · serving 2.4.1, healthy · cause: container app exits with code 1',
  'Everything came as expected:',
];

describe.concurrent('npm run demo -- --script', () => {
  it.skipIf(!withRedis)(
    'plays a good and a bad release on a Redis of its own, and leaves nothing behind',
    async (context) => {
      const { exit, seen, folder } = await demo(context, ['--script'], { redis: true });
      expect(await exit, seen()).toBe(0);
      expect(seen()).toContain(own);
      for (const line of told) expect(unfolded(seen())).toContain(line);
      expect(seen()).not.toContain('\u001b');
      await gone(folder);
    },
    limit,
  );

  it(
    'plays the same without any Redis, and says that it forgets everything',
    async (context) => {
      const { exit, seen } = await demo(context, ['--script'], { redis: false });
      expect(await exit, seen()).toBe(0);
      expect(seen()).toContain(memory);
      expect(seen()).toContain('UNSAFE: The ledger is in memory');
      for (const line of told) expect(unfolded(seen())).toContain(line);
      for (const line of seen()
        .split('\n')
        .filter((one) => /^[│╭╰]/.test(one)))
        expect(line).toHaveLength(80);
    },
    limit,
  );

  it('does not take words that it does not know', async (context) => {
    const { exit, seen } = await demo(context, ['--scrpt'], { redis: false });
    expect(await exit).toBe(2);
    expect(seen()).toContain('I do not know --scrpt');
  });
});

/** Deploys as Ann, lets Dan and Bob press, rolls back: what a person would try first. */
async function evening({ types, sees, exit }: Demo): Promise<void> {
  await sees('/quit');
  types('deploy payments 2.4.1 to staging');
  await sees('payments staging · SUCCEEDED · serving 2.4.1, healthy');
  await sees('[1] Roll back to 2.4.0');
  types('depoly payments 2.4.1 to prod');
  await sees('Did you mean "deploy payments 2.4.1 to prod"?');
  types('deploy payments 2.4.2 to prod overriding order because it is urgent');
  await sees('payments prod · AWAITING APPROVAL · 2.4.2');
  await sees('[1] Approve   [2] Reject   [3] Abort');
  types('1', 'y');
  await sees('was requested by you');
  types('/as dan', '1', 'y');
  await sees('Dan may not approve payments in prod.');
  types('/as bob', '1');
  await sees('payments 2.4.2 to prod (from 2.4.0), rolling.');
  types('y');
  await sees('Approved payments-');
  await sees('payments prod · DEPLOYING · 2.4.2');
  await sees('[3] Roll back to 2.4.0');
  types('3');
  await sees('payments in prod: 2.4.2 → 2.4.0.');
  types('y');
  await sees('payments prod · ROLLED BACK · serving 2.4.0, healthy');
  await sees('asked for it');
  types('status prod');
  await sees('payments prod: 2.4.0');
  types('/quit');
  expect(await exit).toBe(0);
}

describe.concurrent('npm run demo', () => {
  it.skipIf(!withRedis)(
    'is driven by keyboard, on a Redis of its own',
    async (context) => {
      const running = await demo(context, [], { redis: true });
      await evening(running);
      expect(running.seen()).toContain(own);
      await gone(running.folder);
    },
    limit,
  );

  it(
    'is driven by keyboard, in memory',
    async (context) => {
      const running = await demo(context, [], { redis: false });
      await evening(running);
      expect(running.seen()).toContain(memory);
    },
    limit,
  );

  it(
    'shows how it ends to whoever pipes their lines in',
    async (context) => {
      const { child, exit, seen, types } = await demo(context, [], { redis: false });
      types('deploy payments 2.5.2-missing to staging');
      child.stdin?.end();
      expect(await exit, seen()).toBe(0);
      expect(seen()).toContain('payments staging · ROLLED BACK · serving 2.4.0, healthy');
      expect(seen()).toContain('the registry does not have');
    },
    limit,
  );

  it.skipIf(!withRedis).for(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'takes its redis-server with it when it ends by %s',
    async (signal, context) => {
      const { child, exit, sees, folder } = await demo(context, [], { redis: true });
      await sees('/quit');
      expect(await readdir(folder)).toHaveLength(1);
      child.kill(signal);
      await exit;
      await gone(folder);
    },
  );

  it.skipIf(!withRedis)('uses the Redis of REDIS_URL and leaves none of its keys there', async (context) => {
    const redis = await startRedis();
    context.onTestFinished(() => redis.stop());
    const { exit, sees, types } = await demo(context, [], { redis: true, url: redis.url });
    await sees('the Redis of REDIS_URL');
    types('freeze prod because lunch');
    await sees('prod is frozen');
    expect(await sizeOf(redis.port)).toBeGreaterThan(0);
    types('/quit');
    expect(await exit).toBe(0);
    expect(await sizeOf(redis.port)).toBe(0);
  });

  it('says which Redis it cannot reach', async (context) => {
    const { exit, seen } = await demo(context, [], { redis: false, url: 'redis://127.0.0.1:1' });
    expect(await exit).toBe(1);
    expect(seen()).toContain('Redis at 127.0.0.1:1 cannot be reached');
  });
});

/** How many keys a Redis holds. */
async function sizeOf(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.write('DBSIZE\r\n');
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return Number(/^:(\d+)/.exec(String(answer))?.[1]);
}
