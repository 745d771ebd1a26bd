import { TerminalError } from '../errors.ts';
import type { KeptTemplate } from '../release/keys.ts';
import type { World } from '../world.ts';

/** @throws TerminalError when the ledger no longer keeps it: then there is nothing to return to. */
export async function templateOf(world: World, record: string): Promise<KeptTemplate> {
  const { records } = await world.ledger.read([record]);
  const kept = records[0]?.value as KeptTemplate | undefined;
  if (kept) return kept;
  throw new TerminalError(
    'misconfigured',
    `the ledger has no ${record}`,
    'Restore the workload by hand with the commands in the thread.',
  );
}
