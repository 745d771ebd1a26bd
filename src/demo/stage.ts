import { stripVTControlCharacters } from 'node:util';
import type { Screen } from '../../adapters/console/chat.ts';
import { press, say } from '../../adapters/console/conversation.ts';
import type { Phase, Release } from '../release/release.ts';
import { isFinished } from '../release/release.ts';
import type { Reply } from '../release/view.ts';
import { phaseWords } from '../release/words.ts';
import type { DemoHouse } from './house.ts';
import { actors, type PersonName, people } from './people.ts';
import { until } from './until.ts';

/** How long anything in the play may take, ms. */
const patience = 30_000;

/** People who play without a keyboard, and what must be true meanwhile. */
export interface Stage {
  says(person: PersonName, text: string): Promise<Reply>;
  /** Presses a button of the newest card, by the beginning of its label, as soon as it is there. */
  presses(person: PersonName, label: string): Promise<Reply>;
  /** Waits on the ledger. @throws Error when the release ends in another phase, or takes too long */
  reaches(reply: Reply, phase: Phase): Promise<Release>;
  /** Waits until a line is on the screen. */
  shows(what: string, text: string): Promise<void>;
  /** @throws Error naming what was expected and what was seen */
  expect(what: string, ok: boolean, saw: unknown): void;
  /** What has come true so far. */
  kept: string[];
}

/** Everything printed, to look for what a person would see. */
export function recorded(screen: Screen): { screen: Screen; lines: string[] } {
  const lines: string[] = [];
  const print: Screen['print'] = (block) => {
    lines.push(...block.lines);
    screen.print(block);
  };
  return { screen: { width: screen.width, paint: screen.paint, print }, lines };
}

export function stageFor({ desk, world }: DemoHouse, lines: string[]): Stage {
  const kept: string[] = [];
  const does = (person: PersonName, what: string): void => {
    const name = desk.screen.paint(['bold', 'cyan'], people[person].name);
    desk.screen.print({ kind: 'words', lines: ['', `${name} › ${desk.screen.paint(['bold'], what)}`] });
  };
  const button = (label: string) => desk.chat.newest()?.buttons.find((one) => one.label.startsWith(label));
  return {
    kept,
    says: async (person, text) => {
      does(person, text);
      return say(desk, actors[person], text);
    },
    presses: async (person, label) => {
      const found = await until(`the newest card has a button ${label}`, patience, () => button(label));
      does(person, `presses ${found.label}`);
      return press(desk, actors[person], found);
    },
    reaches: async ({ release: id, view }, phase) => {
      if (id === undefined) throw new Error(`It was not accepted: ${view.title} ${view.hint ?? ''}`.trim());
      const load = async () => (await world.ledger.load(id))?.release;
      const release = await until(
        `${id} is ${phase}`,
        patience,
        async () => arrived(await load(), phase),
        async () => `It is ${(await load())?.phase ?? 'not there'}.`,
      );
      kept.push(`${id}: ${phaseWords[phase]}`);
      return release;
    },
    shows: async (what, text) => {
      await until(
        `${what} is on the screen ("${text}")`,
        patience,
        () => unfolded(lines).includes(unfolded([text])) || undefined,
      );
      kept.push(what);
    },
    expect: (what, ok, saw) => {
      if (!ok) throw new Error(`${what}: no. Seen: ${typeof saw === 'string' ? saw : JSON.stringify(saw)}`);
      kept.push(what);
    },
  };
}

/** What was printed without boxes and line breaks: a narrow terminal folds it. */
const unfolded = (lines: string[]): string => stripVTControlCharacters(lines.join(' ')).replace(/[│┃\s]+/g, ' ');

function arrived(release: Release | undefined, phase: Phase): Release | undefined {
  if (!release || release.phase === phase) return release;
  if (!isFinished(release)) return undefined;
  const why = release.finding?.message ?? release.refusal?.say ?? release.trouble?.say ?? '';
  throw new Error(`${release.id} is ${phase}: no, it is ${release.phase}. ${why}`.trim());
}
