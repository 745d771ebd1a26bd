import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, mkdtemp } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface OwnRedis {
  url: string;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Where a program is on PATH. */
export async function onPath(program: string, path = process.env.PATH ?? ''): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const file = join(folder, program);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}

/** The server lives as long as the pipe to its guard is open: it ends with us, even when we are killed. */
const guard = '"$@" >"$0/log" 2>&1 & server=$!; read -r _; kill -9 $server; wait $server 2>/dev/null; rm -rf "$0"';

/** With the settings that we ask of users. */
const safe = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'];

/**
 * A redis-server of our own in a temporary folder.
 *
 * @throws Error when it does not answer within 5 s
 */
export async function startRedis(program: string): Promise<OwnRedis> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'release-engineer-demo-'));
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...safe];
  const child = spawn('/bin/sh', ['-c', guard, folder, program, ...settings], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: Ctrl-C in the terminal must reach us first, or the ledger is gone before the last word.
    detached: true,
  });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${program} did not start`)));
  });
  failed.catch(() => undefined);
  const stop = () => end(child);
  try {
    await Promise.race([answers(port), failed]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis://127.0.0.1:${port}`, stop };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.stdin?.end();
  await gone;
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await pong(port)) return;
    await pause(25);
  }
  throw new Error('the redis-server of the demo does not answer');
}

function pong(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const done = (ok: boolean) => {
      socket.destroy();
      resolve(ok);
    };
    socket.once('data', (data) => done(String(data).startsWith('+PONG')));
    socket.once('error', () => done(false));
    socket.setTimeout(1_000, () => done(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}
