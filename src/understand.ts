import type { Asked } from './asked.ts';
import type { Catalog } from './config/catalog.ts';
import { isRefusal, type Refusal, refuse } from './errors.ts';
import { proper } from './proper.ts';
import { openButton } from './release/button.ts';
import type { Command } from './release/command.ts';
import { parse } from './release/grammar.ts';
import type { World } from './world.ts';

/** What is meant: a typed command as it is, a line by the grammar, a button by its sealed reference. */
export async function understand(world: World, asked: Asked): Promise<{ command: Command } | Refusal> {
  const catalog = world.catalog();
  if (asked.command) return checked(catalog, { command: asked.command });
  if (asked.button) return checked(catalog, await pressed(world, asked.button));
  const words = { services: Object.values(catalog.services), environments: Object.values(catalog.environments) };
  const parsed = parse(asked.text ?? '', words);
  if (parsed.ok) return { command: parsed.command };
  const did = parsed.didYouMean.map((line) => `"${line}"`).join(' or ');
  return refuse('not-understood', parsed.say, did ? `Did you mean ${did}?` : parsed.hint);
}

function checked(catalog: Catalog, meant: { command: Command } | Refusal): { command: Command } | Refusal {
  if (isRefusal(meant)) return meant;
  const command = proper(catalog, meant.command);
  return isRefusal(command) ? command : { command };
}

/** A button means the release as it is now; only a decision is bound to the plan that was shown. */
async function pressed(
  world: World,
  { ref, reason }: NonNullable<Asked['button']>,
): Promise<{ command: Command } | Refusal> {
  const opened = openButton(await world.ledger.secret('buttons'), ref);
  if (!opened)
    return refuse('stale-button', 'This button is not one of ours any more.', 'Use the buttons of the newest card.');
  const { verb, release, plan } = opened;
  switch (verb) {
    case 'approve':
    case 'reject':
      return { command: { verb, release, planHash: plan, reason } };
    case 'rollback': {
      const loaded = await world.ledger.load(release);
      if (!loaded) return refuse('unknown-release', `There is no release ${release} any more.`, 'Ask for "status".');
      return { command: { verb, target: loaded.release.target, of: release, reason } };
    }
    case 'details':
      return { command: { verb: 'why', release } };
    default:
      return { command: { verb, on: { release }, reason } };
  }
}
