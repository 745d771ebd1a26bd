import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** One process under test, and what can be done to it. */
export interface Process {
  name: string;
  /** ms from its birth to its line "ready"; undefined when it ended before. */
  ready: Promise<number | undefined>;
  /** Where it listens, once it is ready. */
  url: () => string | undefined;
  isAlive: () => boolean;
  kill: () => void;
  freeze: () => void;
  thaw: () => void;
  exited: Promise<void>;
}

const alive = new Set<ChildProcess>();

/** Whatever happens to the run, its processes end with it. */
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export interface Spawn {
  name: string;
  script: string;
  args?: string[];
  env: Record<string, string>;
  log: string;
}

/** Starts a script that says `{"msg":"ready","url":…}` on a line of its stdout. */
export function startProcess({ name, script, args = [], env, log }: Spawn): Process {
  const born = performance.now();
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  alive.add(child);
  const file = createWriteStream(log, { flags: 'a' });
  file.write(`--- ${name} pid ${child.pid} ${new Date().toISOString()}\n`);
  child.stderr.pipe(file, { end: false });
  const exited = once(child, 'close').then(() => {
    alive.delete(child);
    file.end(`--- ${name} pid ${child.pid} ended: ${child.signalCode ?? child.exitCode}\n`);
  });
  let url: string | undefined;
  const ready = new Promise<number | undefined>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      file.write(`${line}\n`);
      const said = line.includes('"ready"') && readyUrl(line);
      if (!said) return;
      url = said;
      resolve(performance.now() - born);
    });
    void exited.then(() => resolve(undefined));
  });
  return {
    name,
    ready,
    url: () => url,
    isAlive: () => alive.has(child),
    kill: () => void child.kill('SIGKILL'),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    exited,
  };
}

function readyUrl(line: string): string | undefined {
  try {
    const said = JSON.parse(line) as { msg?: string; url?: string };
    return said.msg === 'ready' ? said.url : undefined;
  } catch {
    return undefined;
  }
}
