import { type StrategyName, strategyNames } from '../../src/release/command.ts';
import type { Actor } from '../../src/release/event.ts';
import type { Console } from './app.ts';
import { submit } from './conversation.ts';

/** The form behind a bare `/release`: five questions; Enter alone at one that must be answered leaves it. */
export async function fillForm(desk: Console, actor: Actor): Promise<void> {
  const { screen } = desk;
  const { services, environments, strategies } = desk.choices();
  screen.print({ kind: 'words', lines: [`  ${screen.paint(['bold'], '? Release')} (Enter alone leaves the form)`] });
  const service = await choose(desk, 'service', services);
  const version = service && (await screen.ask('    version › '))?.trim();
  const environment = version && (await choose(desk, 'environment', environments));
  if (!environment) return left(desk);
  const strategy = await choose(desk, 'strategy', strategies, 'as the catalog says');
  const reason = strategy === undefined ? undefined : await screen.ask('    reason (Enter: none) › ');
  // Whoever walks away (Ctrl-C, Ctrl-D) in the middle has not asked for anything.
  if (strategy === undefined || reason === undefined) return left(desk);
  await submit(desk, actor, {
    verb: 'deploy',
    target: { service, environment },
    version,
    ...(isStrategy(strategy) ? { strategy } : {}),
    ...(reason.trim() ? { reason: reason.trim() } : {}),
  });
}

const isStrategy = (word: string): word is StrategyName => strategyNames.some((name) => name === word);

/** One of several, by its beginning; asks again for what is none of them. Empty for Enter, undefined at the end. */
async function choose(desk: Console, what: string, all: string[], otherwise?: string): Promise<string | undefined> {
  const { screen } = desk;
  const enter = otherwise ? `; Enter: ${otherwise}` : '';
  for (;;) {
    const typed = (await screen.ask(`    ${what} (${all.join(', ')}${enter}) › `))?.trim().toLowerCase();
    if (!typed) return typed;
    const found = all.filter((name) => name === typed || name.startsWith(typed));
    const one = all.find((name) => name === typed) ?? (found.length === 1 ? found[0] : undefined);
    if (one) return one;
    screen.print({
      kind: 'words',
      lines: [`    ${screen.paint(['yellow'], `There is no ${what} ${JSON.stringify(typed)}.`)}`],
    });
  }
}

function left({ screen }: Console): void {
  screen.print({ kind: 'words', lines: [`    ${screen.paint(['gray'], 'Left; nothing was asked.')}`] });
}
