import { screenOn, terminalOn } from '../adapters/console/terminal.ts';
import { type DemoHouse, openHouse } from './demo/house.ts';
import { play } from './demo/script.ts';
import { recorded } from './demo/stage.ts';
import { talk } from './demo/talk.ts';

/** `npm run demo`: a whole Release Engineer in a terminal, without Slack, cluster or key. `--script` plays by itself. */
async function main(words: string[]): Promise<number> {
  if (words.some((word) => word !== '--script')) {
    process.stderr.write(`I do not know ${words.join(' ')}. Use: npm run demo, or npm run demo -- --script\n`);
    return 2;
  }
  return words.includes('--script') ? scripted() : interactive();
}

async function scripted(): Promise<number> {
  const { screen, lines } = recorded(screenOn(process.stdout, process.env.NO_COLOR));
  const house = await opened(openHouse(screen, process.env));
  return play(house, lines).finally(house.close);
}

async function interactive(): Promise<number> {
  const terminal = terminalOn(process.stdin, process.stdout, process.env.NO_COLOR);
  const house = await opened(openHouse(terminal, process.env));
  await talk(house, terminal).finally(() => {
    terminal.close();
    terminal.print({ kind: 'words', lines: ['', 'Stopped. Nothing of the demo is left behind.'] });
    return house.close();
  });
  return 0;
}

/** From here on a signal closes the house before the process ends. */
async function opened(opening: Promise<DemoHouse>): Promise<DemoHouse> {
  const house = await opening;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void house.close().finally(() => process.exit(130)));
  }
  return house;
}

// Whoever reads us has gone (a closed pipe): there is nobody to tell.
process.stdout.on('error', () => process.exit(0));

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  },
);
