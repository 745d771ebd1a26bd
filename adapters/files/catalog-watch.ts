import type { Catalog, Parsed } from '../../src/config/catalog.ts';
import { problemText } from '../../src/config/problem.ts';
import type { Log } from '../../src/ports.ts';
import { parseCatalogText, readText } from './catalog-file.ts';

export interface CatalogWatch {
  /** The last good catalog. */
  current(): Catalog;
  close(): void;
}

export interface WatchOptions {
  log: Log;
  onChange?: (catalog: Catalog) => void;
  /** How often the file is read, ms. Notices of the file system miss a mounted ConfigMap, which is swapped by a link. */
  everyMs?: number;
}

/** How soon a change is read again before it counts, ms. */
const settleMs = 200;

/** Follows the file: a good change is taken over at once, a bad one is refused whole and the old catalog stays. */
export function watchCatalog(path: string, first: Catalog, options: WatchOptions): CatalogWatch {
  const { log, onChange, everyMs = 2_000 } = options;
  let catalog = first;
  let seen: string | undefined;
  let pending: string | undefined;

  const judge = (read: Parsed) => {
    if (!read.ok) {
      const problems = read.problems.map(problemText);
      log.error({ path, problems }, 'the changed catalog is refused, the one before it stays in force; mend the file');
    } else if (read.catalog.policyVersion !== catalog.policyVersion) {
      catalog = read.catalog;
      log.info({ path, policyVersion: catalog.policyVersion }, 'the changed catalog is in force');
      onChange?.(catalog);
    }
  };
  const look = async () => {
    const text = await readText(path);
    const now = typeof text === 'string' ? `text:${text}` : `problem:${text.say}`;
    // A bad file is told once, not every two seconds.
    if (now === seen || closed) return;
    // An editor may be in the middle of writing: what is read twice alike is what is meant.
    if (now !== pending) {
      pending = now;
      return;
    }
    seen = now;
    judge(typeof text === 'string' ? parseCatalogText(text) : { ok: false, problems: [text] });
  };

  let closed = false;
  let timer: NodeJS.Timeout;
  const again = () => {
    timer = setTimeout(
      () => {
        look()
          .catch((error) => log.error({ path, error }, 'the catalog could not be looked at; it will be tried again'))
          .finally(() => closed || again());
      },
      pending === seen ? everyMs : Math.min(everyMs, settleMs),
    ).unref();
  };
  again();
  return {
    current: () => catalog,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
