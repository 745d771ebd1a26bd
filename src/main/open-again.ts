import type { TerminalError } from '../errors.ts';
import type { Cluster, Log } from '../ports.ts';

export interface Closable extends Cluster {
  close(): Promise<void>;
}

/** How long a cluster that could not be opened stays so before it is tried again, ms. */
const again = 5_000;

/**
 * A cluster that opens when it can be opened: at once, or else with a call some seconds after somebody mended what it
 * needs. Until then every call says why it cannot be used.
 *
 * @param open throws the TerminalError that people are to read
 */
export async function openAgain(
  open: () => Promise<Closable>,
  { cluster: name, log }: { cluster: string; log: Log },
): Promise<Closable> {
  let opening = { at: performance.now(), cluster: open(), failed: false };
  const told = (at: typeof opening) =>
    at.cluster.catch((err: unknown) => {
      at.failed = true;
      const { message, hint } = err as TerminalError;
      log.error({ cluster: name, why: message, fix: hint }, 'a cluster cannot be used; its releases wait for a person');
    });
  await told(opening);
  const current = (): Promise<Closable> => {
    if (!opening.failed || performance.now() - opening.at < again) return opening.cluster;
    opening = { at: performance.now(), cluster: open(), failed: false };
    void told(opening);
    return opening.cluster;
  };
  const opened = await opening.cluster.catch(() => undefined);
  return opened ?? late(current);
}

/** Each call on whatever there is by then. */
function late(current: () => Promise<Closable>): Closable {
  return {
    inspect: async (...asked) => (await current()).inspect(...asked),
    dryRun: async (change) => (await current()).dryRun(change),
    apply: async (change) => (await current()).apply(change),
    observe: async (...asked) => (await current()).observe(...asked),
    unstick: async (...asked) => (await current()).unstick(...asked),
    evidence: async (...asked) => (await current()).evidence(...asked),
    missingRights: async (namespaces) => (await current()).missingRights(namespaces),
    watch: (...asked) => void current().then((cluster) => cluster.watch(...asked), ignored),
    unwatch: (release) => void current().then((cluster) => cluster.unwatch(release), ignored),
    close: async () => (await current().catch(ignored))?.close(),
  };
}

/** A watch only wakes: whoever looks by itself hears why there is no cluster. */
const ignored = (): undefined => undefined;
