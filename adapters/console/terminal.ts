import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Block, Screen } from './chat.ts';
import { paintFor } from './paint.ts';

/** A screen with a keyboard. */
export interface Terminal extends Screen {
  /** The next line that somebody types; undefined when there is no more to come (Ctrl-C, Ctrl-D, end of a pipe). */
  ask(prompt: string): Promise<string | undefined>;
  /** Whether somebody sits before it. */
  live: boolean;
  close(): void;
}

export type Output = Writable & { isTTY?: boolean; columns?: number };

/** Nobody reads longer lines, and a card is made for 80 columns. */
const widest = 92;
const narrowest = 48;

/** A screen alone, for what plays without a keyboard. */
export function screenOn(output: Output, noColor: string | undefined): Screen {
  const write = spaced((text) => void output.write(text));
  return { ...sheetOf(output, noColor), print: write };
}

const sheetOf = (output: Output, noColor: string | undefined) => ({
  get width() {
    return Math.max(narrowest, Math.min(widest, output.columns ?? 80));
  },
  paint: paintFor(output.isTTY === true, noColor),
});

/** A card, and what somebody is told at the beginning, stand apart from what is above. */
function spaced(write: (text: string) => void): Screen['print'] {
  return ({ kind, lines }: Block) => {
    const apart = kind === 'card' || kind === 'loud' ? [''] : [];
    write(`${[...apart, ...lines].join('\n')}\n`);
  };
}

/** Keyboard and screen. What is printed meanwhile goes above the line that is being typed, which stays as it is. */
export function terminalOn(
  input: Readable & { isTTY?: boolean },
  output: Output,
  noColor: string | undefined,
): Terminal {
  const live = input.isTTY === true && output.isTTY === true;
  const reader = live
    ? createInterface({ input, output, terminal: true })
    : createInterface({ input, terminal: false });
  const lines = queueOf(reader);
  let asking = false;
  const above = (text: string): void => {
    if (live && asking) wipe(reader, output);
    output.write(text);
    if (live && asking) reader.prompt(true);
  };
  const sheet = sheetOf(output, noColor);
  return {
    live,
    get width() {
      return sheet.width;
    },
    paint: sheet.paint,
    print: spaced(above),
    ask: async (prompt) => {
      asking = true;
      reader.setPrompt(prompt);
      if (live) reader.prompt();
      const line = await lines.next();
      asking = false;
      // Nobody's keys are echoed from a pipe; whoever reads the output wants to see who said what.
      if (!live && line !== undefined) output.write(`${prompt}${line}\n`);
      return line;
    },
    close: () => reader.close(),
  };
}

function wipe(reader: Interface, output: Writable): void {
  const { rows } = reader.getCursorPos();
  moveCursor(output, 0, -rows);
  cursorTo(output, 0);
  clearScreenDown(output);
  // Readline remembers how many rows it drew, and would wipe as many of ours when it draws them again.
  Object.assign(reader, { prevRows: 0 });
}

/** Lines in the order in which they were typed, also those that came before anybody asked. */
function queueOf(reader: Interface): { next: () => Promise<string | undefined> } {
  const waiting: string[] = [];
  let wanted: ((line: string | undefined) => void) | undefined;
  let ended = false;
  const give = (line: string | undefined): boolean => {
    const taker = wanted;
    wanted = undefined;
    taker?.(line);
    return taker !== undefined;
  };
  reader.on('line', (line) => void (give(line) || waiting.push(line)));
  reader.on('SIGINT', () => reader.close());
  reader.on('close', () => {
    ended = true;
    give(undefined);
  });
  return {
    next: () => {
      if (waiting.length > 0) return Promise.resolve(waiting.shift());
      if (ended) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        wanted = resolve;
      });
    },
  };
}
