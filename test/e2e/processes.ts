import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** One process of the bot, started as people start it. */
export interface Bot {
  /** Where it listens. */
  url: string;
  /** Lines of its log that say something went wrong which we did not foresee. */
  errors: string[];
  /** Its whole log, for the message of a test that failed. */
  said: string[];
  /** `kill -9`. */
  kill(): Promise<void>;
}

/** Starts `node src/main.ts` with these settings and nothing of ours; resolves once it is ready. */
export async function startBot(settings: Record<string, string>): Promise<Bot> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, HOST: '127.0.0.1', PORT: '0', ...settings };
  const child = spawn(process.execPath, ['src/main.ts'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  const said: string[] = [];
  const url = await ready(child, errors, said);
  return { url, errors, said, kill: () => kill(child) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const errorLevel = 50;

function ready(child: ChildProcess, errors: string[], said: string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  createInterface(child.stdout!).on('line', (line) => {
    said.push(line);
    const { level, msg, url } = parsed(line);
    if (level >= errorLevel) errors.push(line);
    if (msg === 'ready' && url) resolve(url);
  });
  createInterface(child.stderr!).on('line', (line) => {
    said.push(line);
    errors.push(line);
  });
  child.once('exit', (code) => reject(new Error(`the bot ended (${code}) before it was ready:\n${said.join('\n')}`)));
  return promise;
}

function parsed(line: string): { level: number; msg?: string; url?: string } {
  try {
    return JSON.parse(line) as { level: number; msg?: string; url?: string };
  } catch {
    return { level: 0 };
  }
}
