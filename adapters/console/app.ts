import type { Actor } from '../../src/release/event.ts';
import { type Desk, refuse, say } from './conversation.ts';
import { fillForm } from './form.ts';
import { pressNumber } from './pressing.ts';
import type { Terminal } from './terminal.ts';

/** A terminal that several people share: `/as bob` hands the keyboard over. */
export interface Console extends Desk {
  screen: Terminal;
  /** Who may sit here, by the word that names them. */
  people: Record<string, Actor>;
  /** What the form offers: names of the catalog, as it is now. */
  choices: () => { services: string[]; environments: string[]; strategies: string[] };
}

/** Talks until somebody leaves. @param first whoever sits here at the beginning */
export async function converse(desk: Console, first: string): Promise<'left' | 'ended'> {
  let who = first;
  for (;;) {
    const line = await desk.screen.ask(promptOf(desk, who));
    if (line === undefined) return 'ended';
    const word = line.trim();
    if (/^\/(quit|exit)$/i.test(word)) return 'left';
    const next = /^\/as\b\s*(.*)$/i.exec(word);
    if (next) who = handOver(desk, who, next[1]!.toLowerCase());
    else await obey(desk, desk.people[who]!, word);
  }
}

/** A blank line keeps what is typed apart from what moves above it. */
const promptOf = ({ screen, people }: Console, who: string): string =>
  `\n${screen.paint(['bold', 'cyan'], people[who]!.name)} › `;

function handOver({ screen, people }: Console, who: string, word: string): string {
  if (Object.hasOwn(people, word)) return word;
  const names = Object.keys(people);
  refuse(
    screen,
    `${word === '' ? 'You did not say who' : `Nobody here is called ${word}`}.`,
    `/as ${names.join(' · /as ')}`,
  );
  return who;
}

async function obey(desk: Console, actor: Actor, line: string): Promise<void> {
  if (line === '') return;
  if (/^\d{1,2}$/.test(line)) return pressNumber(desk, actor, Number(line));
  if (/^\/clear$/i.test(line)) return clear(desk);
  const slash = /^\/(?!release\b)(\S*)/i.exec(line);
  if (slash && !/^\/help$/i.test(line)) return refuse(desk.screen, `I do not know ${slash[0]}.`, ways);
  const reply = await say(desk, actor, line.replace(/^\/help$/i, 'help'));
  if (reply.form) await fillForm(desk, actor);
}

const ways = '"help" lists what you can ask; /as <name>, /clear and /quit are for this terminal.';

/** Whoever cleared the screen sees a card again as soon as it moves. */
function clear({ screen, chat }: Console): void {
  chat.forgetAll();
  screen.print({ kind: 'words', lines: [screen.live ? '\u001b[2J\u001b[3J\u001b[H' : ''] });
}
