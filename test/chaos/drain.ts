import { setTimeout as pause } from 'node:timers/promises';
import type { Release } from '../../src/release/release.ts';
import type { Estate } from './estate.ts';
import { readLedger } from './ledger-log.ts';
import type { People } from './people.ts';

/** How long everything may take to come to its end after the last fault, ms. */
const patience = 180_000;

/**
 * After the last fault: waits until every release has ended and every card shows it. What waits for a person gets one.
 *
 * @returns how long it took, ms; it gives up after three minutes, and then the checker finds what is left
 */
export async function drain({ url, people, estate }: { url: string; people: People; estate: Estate }): Promise<number> {
  const began = performance.now();
  const asked = new Map<string, number>();
  for (;;) {
    const ledger = await readLedger(url);
    const open = ledger.releases.filter(({ snapshot }) => snapshot.finishedAt === undefined);
    if (open.length === 0 && ledger.dirty.length === 0) return performance.now() - began;
    if (performance.now() - began > patience) return performance.now() - began;
    await Promise.all(open.map(({ snapshot }) => help(snapshot)));
    await pause(500);
  }

  /** Once for each state, then again every few seconds: a person who sees no change tries something stronger. */
  async function help(release: Release): Promise<void> {
    const target = estate.targets.find(
      ({ service, environment }) => service === release.target.service && environment === release.target.environment,
    )!;
    const tries = asked.get(release.id) ?? 0;
    const verb = verbFor(release, tries);
    if (!verb) return;
    asked.set(release.id, tries + 1);
    const person = estate.people.find(({ name }) => release.by.principal !== `${name}@example.com`)!;
    await people.types(person.id, verb, target, `${verb} ${release.id}`);
  }
}

function verbFor({ phase, touched }: Release, tries: number): string | undefined {
  if (phase === 'awaiting-approval') return 'approve';
  if (phase !== 'paused' && phase !== 'errored') return undefined;
  if (tries < 3) return 'resume';
  return tries < 8 || touched.length === 0 ? 'abort' : 'take over';
}
