import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { eventually } from '../servers/cluster.ts';
import { atEnd } from './at-end.ts';

/** `node src/main.ts` as an operator starts it, and everything it said. */
export interface Bot {
  /** Where it listens; fails, with all it said, when it ends before. */
  url: () => Promise<string>;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string>;
  signal: (name: NodeJS.Signals) => void;
  isAlive: () => boolean;
  /** All of stdout and stderr, in the order in which it came. */
  said: () => string;
  /** The lines of its log. */
  lines: () => LogLine[];
  /** Waits for a line of its log. */
  logs: (message: string | RegExp, withinMs?: number) => Promise<LogLine>;
}

export interface LogLine {
  level: number;
  msg: string;
  [field: string]: unknown;
}

export interface Start {
  env: Record<string, string>;
  /** Before the script: `['--import', …]`. */
  node?: string[];
  /** Another composition root, with its arguments. */
  script?: string[];
}

/** Starts it with these variables and nothing of ours; it ends with the file at the latest. */
export function startBot({ env, node = [], script = ['src/main.ts'] }: Start): Bot {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [...node, ...script], {
    env: { PATH, HOME, HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const all: string[] = [];
  const hear = (line: string) => void all.push(line);
  const read = [child.stdout, child.stderr].map((input) => once(createInterface({ input }).on('line', hear), 'close'));
  let alive = true;
  const ended = once(child, 'exit').then(async ([code, signal]: unknown[]) => {
    alive = false;
    await Promise.all(read);
    return (code ?? signal) as number | string;
  });
  atEnd(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines = () => all.map(parsed).filter((line) => line !== undefined);
  const logs = (message: string | RegExp, withinMs = 45_000) =>
    eventually(
      `the log to say ${message}`,
      async () => {
        const found = lines().find(({ msg }) => (typeof message === 'string' ? msg === message : message.test(msg)));
        if (!found && !alive) throw new Error(`it ended before it said ${message}:\n${all.join('\n')}`);
        return found;
      },
      withinMs,
    );
  return {
    url: async () => String((await logs('ready')).url),
    ended,
    signal: (name) => void child.kill(name),
    isAlive: () => alive,
    said: () => all.join('\n'),
    lines,
    logs,
  };
}

function parsed(line: string): LogLine | undefined {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
}
