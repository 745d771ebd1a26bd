import { converse } from '../../adapters/console/app.ts';
import type { Terminal } from '../../adapters/console/terminal.ts';
import { availableStrategies } from '../deployment/strategies/table.ts';
import type { Release } from '../release/release.ts';
import { banner } from './banner.ts';
import type { DemoHouse } from './house.ts';
import { actors } from './people.ts';
import { until } from './until.ts';

/** The demo with a keyboard, until somebody leaves. Whoever pipes their lines in still sees how it ends. */
export async function talk(house: DemoHouse, terminal: Terminal): Promise<void> {
  terminal.print({ kind: 'words', lines: banner(terminal, house.keeping) });
  const { services, environments } = house.catalog;
  const choices = {
    services: Object.keys(services),
    environments: Object.keys(environments),
    strategies: availableStrategies(),
  };
  const end = await converse({ ...house.desk, screen: terminal, people: actors, choices: () => choices }, 'ann');
  if (end === 'ended' && !terminal.live) await settled(house);
}

/** Phases that only a person ends. */
const waits = new Set<Release['phase']>(['awaiting-approval', 'scheduled', 'paused', 'errored']);

const settled = ({ world, desk }: DemoHouse): Promise<true> =>
  until('the releases under way did not end', 60_000, async () => {
    const active = await world.ledger.active();
    const shown = desk.chat.cards().every(({ final, release }) => final || active.some(({ id }) => id === release));
    return shown && active.every(({ phase }) => waits.has(phase)) ? true : undefined;
  });
